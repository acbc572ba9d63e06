"""What a report must hold, and which article of the regulation asks for it: shown before anybody writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from channels.web.adapter import CHANNEL
from core.regulations.catalogue import Catalogue, Source, load_catalogue
from core.regulations.model import Pack
from core.regulations.sections import RequiredField

NATIONAL = frozenset({Source.A, Source.VN, Source.U})
"""Readings and overlays: no article that a citizen could look up."""


@dataclass(frozen=True)
class Required:
    """One thing: its label, and where it is asked for; without `article` it is needed to work on the report at all."""

    label: str
    article: str = ""
    text: str = ""


def required_of(pack: Pack, *, channel: str = CHANNEL) -> list[Required]:
    """In the regulation's order; an address to answer to is none of it where the page itself tells the answer."""
    return [
        _required(entry)
        for entry in pack.intake.required.values()
        if (entry.channels is None or channel in entry.channels) and entry.field != "reachable"
    ]


def _required(entry: RequiredField) -> Required:
    article, text = "", ""
    if not entry.beyond_text:
        article, text = next(_articles(entry), ("", ""))
    return Required(entry.label, article, text)


def _articles(entry: RequiredField) -> Iterator[tuple[str, str]]:
    catalogue = _catalogue()
    for rule in (catalogue[name] for name in entry.cites if name in catalogue):
        if rule.source not in NATIONAL:
            yield rule.cite, catalogue.files[rule.source].title


@cache
def _catalogue() -> Catalogue:
    """Read once a process: it changes only with our code."""
    return load_catalogue()
