"""How the same sentence comes from different people: without marks, in a hurry, with slips, politely, in dialect."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

from core.intake.fold import fold
from core.triage.words import data

SHORT = {"không": "ko", "được": "dc", "đường": "đg", "người": "ng", "nước": "nc", "với": "vs", "gì": "j", "rồi": "r"}
SOUTH = {"không": "hổng", "này": "nầy", "vào": "vô", "quá": "quá trời", "làm sao": "sao", "nhìn": "ngó", "ngã": "té"}
MIDDLE = {"này": "ni", "kia": "tê", "đâu": "mô", "sao": "răng", "thế": "rứa", "tôi": "tui", "bao giờ": "khi mô"}
OPENINGS = (
    "Dạ em chào anh chị, em xin phản ánh ạ. ",
    "Kính gửi quý cơ quan! ",
    "Ad ơi cho mình hỏi, ",
    "Chào trung tâm, nhà tui ở xóm Bàu. ",
    "alo alo, ",
)
CLOSINGS = (
    " Mong sớm được xử lý, xin cảm ơn.",
    " Dạ em cảm ơn nhiều ạ!",
    " Nhờ các cấp xem giùm bà con.",
    " Số tui 0900 000 001.",
    "",
)


def folded(text: str, _chance: random.Random) -> str:
    """No marks at all, as many telephones write."""
    return fold(text)


def hurried(text: str, _chance: random.Random) -> str:
    """Shortened, small letters, no full stops."""
    return _exchanged(text, SHORT).lower().replace(".", "")


def slipped(text: str, chance: random.Random) -> str:
    """A letter dropped, doubled or exchanged in one word of eight."""
    return " ".join(_slip(word, chance) if chance.random() < 0.125 else word for word in text.split())


def polite(text: str, chance: random.Random) -> str:
    """With an opening and a closing."""
    return chance.choice(OPENINGS) + text + chance.choice(CLOSINGS)


def southern(text: str, chance: random.Random) -> str:
    """As in the south, with half of the marks lost on the way."""
    words = _exchanged(text, SOUTH).split()
    return " ".join(fold(word) if chance.random() < 0.5 else word for word in words)


def middle(text: str, chance: random.Random) -> str:
    """As between Quảng Bình and Huế."""
    return polite(_exchanged(text, MIDDLE), chance)


MANNERS: tuple[Callable[[str, random.Random], str], ...] = (folded, hurried, slipped, polite, southern, middle)


def tellings(text: str) -> tuple[str, str]:
    """The sentence as it was written, and as somebody else would; always the same for the same sentence."""
    chance = random.Random(text)
    return text, chance.choice(MANNERS)(text, chance)


def held_out(name: str) -> Mapping[str, list[str]]:
    """Sentences that nothing was learnt from, by topic or kind."""
    path = files("tests.core.triage") / "held_out" / f"{name}.yaml"
    return _sentences(YAML(typ="safe").load(path.read_text(encoding="utf-8")))


def taught(name: str) -> Mapping[str, list[str]]:
    """Sentences that the product learns from."""
    return _sentences(data(name))


def _sentences(told: Any) -> Mapping[str, list[str]]:
    return MappingProxyType({str(name): [str(text) for text in texts] for name, texts in told.items()})


def _exchanged(text: str, words: Mapping[str, str]) -> str:
    for here, there in words.items():
        text = re.sub(rf"\b{here}\b", there, text)
    return text


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < 3:
        return word
    place, kind = chance.randrange(len(word) - 1), chance.randrange(3)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[: place + 1] + word[place:]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
