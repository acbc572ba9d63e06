"""Word lists of the intake as data: YAML beside this file, read once, compared as `core.intake.spelling` spells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from ruamel.yaml import YAML

from core.intake.fold import lower_canonical
from core.intake.patterns import Book, Pattern, vi
from core.intake.spelling import spellings
from core.intake.tokens import Token

MACRO = re.compile(r"<([A-Z]+)>")
Value = TypeVar("Value")
TOGETHER = ("emergency", "diversion", "signals")
"""Files of patterns that every message is read for: looked for in one walk over its words."""
NO_PATTERNS = frozenset({"macros", "not_names", "also_names", "ends"})
"""Headings beside patterns: what stands for longer pieces of them, and lists of words."""
NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Same(Generic[Value]):
    """A value that is the same only as itself: a key to what was made of it, found without comparing all of it."""

    value: Value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


class Node:
    """
    What may follow some words: further words, and the lists that have these words as a phrase.

    `found`: each list that has them, or as many of them as come first, with the words of its longest such phrase.
    """

    __slots__ = ("found", "further", "lists")

    def __init__(self) -> None:
        self.further: dict[str, Node] = {}
        self.lists: tuple[str, ...] = ()
        self.found: Mapping[str, int] = NOTHING

    def add(self, words: Sequence[str], name: str, *, marked: bool) -> None:
        """Take up a phrase of a list in all spellings that count."""
        if not words:
            self.lists = (*self.lists, name)
            return
        for spelling in spellings(words[0], strict=marked):
            self.further.setdefault(spelling, Node()).add(words[1:], name, marked=marked)

    def sum_up(self, so_far: Mapping[str, int] = NOTHING, length: int = 0) -> None:
        """Note what was found on the way here, and further on, once all phrases are taken up."""
        self.found = {**so_far, **dict.fromkeys(self.lists, length)} if self.lists else so_far
        for node in self.further.values():
            node.sum_up(self.found, length + 1)


@dataclass(frozen=True)
class Phrasebook:
    """Several lists of phrases, looked up together. One tree for texts with marks, one for texts without."""

    marked: Node
    unmarked: Node

    @classmethod
    def of(cls, lists: Mapping[str, Iterable[str]]) -> Phrasebook:
        """A book of named lists of phrases written with marks."""
        book = cls(Node(), Node())
        for name, phrases in lists.items():
            for phrase in phrases:
                words = lower_canonical(phrase).split()
                book.marked.add(words, name, marked=True)
                book.unmarked.add(words, name, marked=False)
        book.marked.sum_up()
        book.unmarked.sum_up()
        return book

    def at(self, tokens: Sequence[Token], index: int, *, marked: bool) -> Mapping[str, int]:
        """For each list with a phrase that begins at `index`, how many tokens its longest one has."""
        node = self.marked if marked else self.unmarked
        while index < len(tokens) and (following := node.further.get(tokens[index].low)):
            node = following
            index += 1
        return node.found

    def all(self, tokens: Sequence[Token], *, marked: bool) -> Mapping[int, Mapping[str, int]]:
        """What begins at which token, in order; tokens at which nothing may begin are left out."""
        first = (self.marked if marked else self.unmarked).further
        begun = [index for index, token in enumerate(tokens) if token.low in first]
        return {index: self.at(tokens, index, marked=marked) for index in begun}


@dataclass(frozen=True)
class Lexicon:
    """A set of phrases that can be looked up at a place in a row of tokens."""

    book: Phrasebook

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Lexicon:
        """A lexicon of phrases written with marks."""
        return cls(Phrasebook.of({"": phrases}))

    def at(self, tokens: Sequence[Token], index: int, *, marked: bool) -> int:
        """How many tokens from `index` on make a phrase of this lexicon, the longest; 0 for none."""
        return self.book.at(tokens, index, marked=marked).get("", 0) if index < len(tokens) else 0


@lru_cache(maxsize=8)
def load(name: str) -> Mapping[str, Any]:
    """The word lists of one file, by heading."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return MappingProxyType(YAML(typ="safe").load(text))


@lru_cache(maxsize=64)
def lexicon(name: str, *headings: str) -> Lexicon:
    """The lists under these headings as one lexicon."""
    return Lexicon.of(phrase for heading in headings for phrase in listed(name, heading))


@lru_cache(maxsize=8)
def phrasebook(name: str) -> Phrasebook:
    """All lists of a file, looked up together."""
    return Phrasebook.of({heading: listed(name, heading) for heading in load(name)})


def listed(name: str, heading: str) -> Sequence[str]:
    """The phrases under a heading; one long text counts word by word."""
    phrases: str | list[str] = load(name)[heading]
    return phrases.split() if isinstance(phrases, str) else phrases


@lru_cache(maxsize=256)
def pattern(name: str, *headings: str) -> Pattern:
    """The patterns under these headings as one; a single one is looked for together with the others of its file."""
    if len(headings) == 1:
        return patternbook(*(TOGETHER if name in TOGETHER else (name,)))[name, headings[0]]
    return vi("|".join(joined(name, heading) for heading in headings))


@lru_cache(maxsize=64)
def patterns_in(name: str, heading: str, *, marked: bool) -> tuple[Pattern, ...]:
    """The pattern for a text: one with marks is read for `…_marked` as well, everyday words without ("tự vẫn")."""
    further = f"{heading}_marked"
    headings = (heading, further) if marked and further in load(name) else (heading,)
    return tuple(pattern(name, one) for one in headings)


@lru_cache(maxsize=8)
def patternbook(*names: str) -> Mapping[tuple[str, str], Pattern]:
    """All patterns of these files by file and heading, looked for together."""
    headings = [(name, heading) for name in names for heading in load(name) if heading not in NO_PATTERNS]
    book = Book(joined(*heading) for heading in headings)
    return MappingProxyType(dict(zip(headings, book.patterns(), strict=True)))


def joined(name: str, heading: str) -> str:
    """The patterns under a heading as alternatives of one; `<WORD>` in them stands for an entry under "macros"."""
    return "|".join(expand(source, load(name).get("macros", {})) for source in load(name)[heading])


def expand(source: str, macros: Mapping[str, str]) -> str:
    """A pattern with its macros written out, innermost last."""
    while macro := MACRO.search(source):
        source = source.replace(macro.group(), f"(?:{macros[macro.group(1)]})")
    return source
