"""What stays Vietnamese on an English page without saying that it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from gateway.pages.places import ALOUD

VIETNAMESE = re.compile(r"[À-ÖØ-öø-ɏḀ-ỿ]")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNSPOKEN = frozenset({"code", "pre", "script", "style", "textarea"})


class _Reader(HTMLParser):
    """Collects texts and attributes read aloud, but for elements in Vietnamese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _silent(self) -> bool:
        return any(silent for _, silent in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if not self._silent and given.get("lang") != "vi":
            self.found += [value for name, value in given.items() if name in ALOUD and value]
        if tag not in VOID:
            self._open.append((tag, given.get("lang") == "vi" or tag in UNSPOKEN))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(" ".join(data.split()))


def untranslated(page: str, names: Iterable[str]) -> set[str]:
    """Texts with a Vietnamese letter outside `lang="vi"`, once the names of people, agencies and places are gone."""
    reader = _Reader()
    reader.feed(page)
    known = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)")
    return {text for text in reader.found if VIETNAMESE.search(known.sub("", text))}
