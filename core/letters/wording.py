"""
Does an answer answer? "Đã chuyển", "ghi nhận", "sẽ xử lý" without what and when tell a citizen nothing.

Pure and forgiving: it looks for the phrases of `wording.yaml`, and for what would redeem them: something done, a date,
or enough said besides. It warns; a person may send the answer all the same and says why (the reason is logged).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from ruamel.yaml import YAML

from core.intake.fold import fold
from core.regulations.letters import AnswerWording

_FILE = Path(__file__).with_suffix(".yaml")
_WORD = re.compile(r"\w+")
_DATE = re.compile(
    r"\b\d{1,2}\s*[/.-]\s*\d{1,2}\b|\bngay \d{1,2}\b|\bthang \d{1,2}\b|\bquy (?:i{1,3}|iv|[1-4])\b"
    r"|\btrong (?:vong )?\d+ (?:gio|ngay|tuan|thang)\b|\b\d{1,2} ?(?:gio|h)\b"
)
_DONE = "da"

TOO_SHORT, ONLY_THANKS = "too_short", "only_thanks"
_HELP = {
    TOO_SHORT: "Câu trả lời quá ngắn. Nêu rõ việc đã làm, ở đâu, ngày nào.",
    ONLY_THANKS: "Câu trả lời chỉ có lời chào, lời cảm ơn. Nêu kết quả xử lý của nội dung được phản ánh.",
}


@dataclass(frozen=True)
class Objection:
    """Why an answer says nothing: a stable code, and what would mend it, in Vietnamese."""

    code: str
    help: str


@dataclass(frozen=True)
class Lexicon:
    """The words of `wording.yaml`, folded; `hollow` is phrase → kind."""

    least_words: int
    enough: int
    hollow: Mapping[str, str]
    helps: Mapping[str, str]
    courtesy: tuple[str, ...]
    small_words: frozenset[str]
    weak: tuple[str, ...]
    done: tuple[str, ...]

    def changed_by(self, own: AnswerWording) -> Lexicon:
        """With what a regulation says otherwise."""
        hollow = {phrase: kind for phrase, kind in self.hollow.items() if phrase not in map(fold, own.allowed)}
        more = {fold(phrase): "noted" for phrase in own.hollow}
        least = self.least_words if own.least_words is None else own.least_words
        return replace(self, hollow=hollow | more, least_words=least)


def objections(text: str, own: AnswerWording | None = None) -> tuple[Objection, ...]:
    """
    What is wrong with an answer, each once; nothing: it answers.

    Args:
        own: what the regulation of the case says about answers; a product default where it says nothing.
    """
    own = own or AnswerWording()
    if not own.checked:
        return ()
    lexicon = shipped_lexicon().changed_by(own)
    return tuple(_objections(" ".join(fold(text).split()), lexicon))


def _objections(folded: str, lexicon: Lexicon) -> Iterator[Objection]:
    rest = _without(folded, lexicon.courtesy)
    kinds = [kind for phrase, kind in lexicon.hollow.items() if _has(rest, phrase)]
    if len(_WORD.findall(folded)) < lexicon.least_words:
        yield Objection(TOO_SHORT, _HELP[TOO_SHORT])
        yield from (Objection(kind, lexicon.helps[kind]) for kind in dict.fromkeys(kinds))
        return
    rest = _without(rest, lexicon.hollow)
    substance = [word for word in _WORD.findall(rest) if word not in lexicon.small_words]
    if not kinds:
        if not substance:
            yield Objection(ONLY_THANKS, _HELP[ONLY_THANKS])
        return
    if len(substance) < lexicon.enough and not _DATE.search(folded):
        left = _without(rest, lexicon.weak) if "promise" in kinds else rest
        if not _tells(left, lexicon):
            yield from (Objection(kind, lexicon.helps[kind]) for kind in dict.fromkeys(kinds))


def _tells(folded: str, lexicon: Lexicon) -> bool:
    """Whether something was done: "đã" before a word that says what, or one of the words for it."""
    words = _WORD.findall(folded)
    did = any(word == _DONE and after not in lexicon.small_words for word, after in pairwise(words))
    return did or any(_has(folded, phrase) for phrase in lexicon.done)


def _has(folded: str, phrase: str) -> bool:
    return re.search(rf"\b{re.escape(phrase)}\b", folded) is not None


def _without(folded: str, phrases: Iterable[str]) -> str:
    """The text without these phrases, the longest first; what stood around one does not grow together."""
    ordered = sorted(phrases, key=len, reverse=True)
    pattern = "|".join(map(re.escape, ordered))
    return re.sub(rf"\b(?:{pattern})\b", " | ", folded) if pattern else folded


@cache
def shipped_lexicon() -> Lexicon:
    """What the product knows of empty answers."""
    raw = YAML(typ="safe", pure=True).load(_FILE)
    hollow = {fold(phrase): kind for kind, entry in raw["hollow"].items() for phrase in entry["phrases"]}
    return Lexicon(
        least_words=raw["least_words"],
        enough=raw["enough"],
        hollow=hollow,
        helps={kind: entry["help"] for kind, entry in raw["hollow"].items()},
        courtesy=tuple(map(fold, raw["courtesy"])),
        small_words=frozenset(fold(raw["small_words"]).split()),
        weak=tuple(map(fold, raw["weak"])),
        done=tuple(map(fold, raw["done"])),
    )
