"""The list of slots: what each says in Vietnamese, and which belong to an emergency. Data: `standard.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

STANDARD = Path(__file__).with_name("standard.yaml")
_SECTIONS = frozenset({"made", "words", "sentences", "english", "emergency"})


class CatalogueInvalid(ValueError):
    """A list of slots says something that is none; the message names file and slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """
    One piece of sound. `text` is the sentence; it is empty for a sound that we make ourselves (`made`).

    `section` of the list in which it stands.
    """

    name: str
    text: str = ""
    made: str = ""
    emergency: bool = False
    language: str = "vi"
    section: str = "sentences"


Catalogue = Mapping[str, Slot]


def read_catalogue(more: Sequence[Path] = ()) -> Catalogue:
    """The standard slots and a province's own lists, the later word counting. Raises: CatalogueInvalid, OSError."""
    slots: dict[str, Slot] = {}
    for path in (STANDARD, *more):
        slots.update(_read(path))
    return MappingProxyType(slots)


def _read(path: Path) -> dict[str, Slot]:
    raw = YAML(typ="safe", pure=True).load(path)
    if not isinstance(raw, dict):
        raise CatalogueInvalid(f"{path.name}: not a list of sections")
    slots: dict[str, Slot] = {}
    for section, entries in raw.items():
        if section not in _SECTIONS or not isinstance(entries, dict):
            raise CatalogueInvalid(f"{path.name}: {section}: no such section")
        slots.update({str(name): _slot(path, section, str(name), text) for name, text in entries.items()})
    return slots


def _slot(path: Path, section: str, name: str, text: Any) -> Slot:
    if not isinstance(text, str) or not text.strip() or not name.isidentifier():
        raise CatalogueInvalid(f"{path.name}: {section}: {name}: needs a plain name and a sentence")
    if section == "made":
        return Slot(name, made=text, section=section)
    language = "en" if section == "english" else "vi"
    return Slot(name, text=" ".join(text.split()), emergency=section == "emergency", language=language, section=section)
