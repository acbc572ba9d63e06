"""Vietnamese sentences of what the dialogue wants to say. Pure: the texts are read once from `texts/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from ruamel.yaml import YAML

from core.intake.effects import Button, Phrase, Say

FILES = ("dialogue.yaml", "buttons.yaml")
Asked = Literal["", "phone", "place"]
ASKED: Mapping[str, Asked] = MappingProxyType(
    {
        "ask.phone": "phone",
        "ask_again.phone": "phone",
        "ask.contact": "phone",
        "ask_again.contact": "phone",
        "ask.place": "place",
        "ask_again.place": "place",
    }
)
"""Templates whose answer a phone can give by itself."""


@dataclass(frozen=True)
class Rendered:
    """What is sent: the text, the buttons as (title, payload) pairs, and what it asks for that a phone can share."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    asks: Asked = ""


@lru_cache(maxsize=1)
def texts() -> Mapping[str, str]:
    """All texts by dotted key."""
    flat: dict[str, str] = {}
    for name in FILES:
        content = files("core.intake.texts").joinpath(name).read_text(encoding="utf-8")
        flatten(YAML(typ="safe").load(content), "", flat)
    return MappingProxyType(flat)


def flatten(node: object, prefix: str, into: dict[str, str]) -> None:
    """Nested headings as dotted keys."""
    if isinstance(node, dict):
        for key, value in node.items():
            flatten(value, f"{prefix}.{key}" if prefix else str(key), into)
    else:
        into[prefix] = str(node)


def render(effect: Say, said: Mapping[str, str] | None = None) -> Rendered:
    """
    The words and buttons of a `Say`; `said`: a deployment's own words instead of ours.

    A citizen's words stand as they are, whatever they look like. Raises KeyError for a template, phrase or parameter
    that is missing: a slip of ours, found by tests.
    """
    words = said or texts()
    params = {name: resolve(value, words) for name, value in effect.params.items()}
    lines = words[effect.template].format_map(params).splitlines()
    text = "\n".join(" ".join(line.split()) for line in lines if line.strip())
    buttons = tuple((title(button), button.payload) for button in effect.buttons)
    return Rendered(text, buttons, ASKED.get(effect.template, ""))


def resolve(value: str | Phrase, words: Mapping[str, str]) -> str:
    """A parameter's own words, or the phrase it names."""
    return words[value.key].format_map(value.params) if isinstance(value, Phrase) else value


def title(button: Button) -> str:
    """A button's own title, or the one of its payload, the whole of it before its first part."""
    kind, _, rest = button.payload.partition(":")
    return button.title or texts().get(f"buttons.{kind}_{rest}") or texts()[f"buttons.{kind}"]
