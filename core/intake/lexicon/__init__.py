"""Word lists of the intake as data: YAML beside this file, read once, compared as `core.intake.words` compares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML

from core.intake.fold import fold_aligned, lower_canonical
from core.intake.tokens import Token
from core.intake.words import Pattern, spell_word, vi

Entry = tuple[str, ...]
MACRO = re.compile(r"<([A-Z]+)>")


@dataclass(frozen=True)
class Lexicon:
    """A set of phrases that can be looked up at a place in a row of tokens."""

    entries: Mapping[Entry, tuple[Entry, ...]]
    longest: int

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Lexicon:
        """A lexicon of phrases written with marks."""
        by_letters: dict[Entry, list[Entry]] = {}
        for phrase in phrases:
            words = tuple(lower_canonical(phrase).split())
            by_letters.setdefault(tuple(map(fold_aligned, words)), []).append(words)
        longest = max(map(len, by_letters), default=0)
        return cls(MappingProxyType({key: tuple(found) for key, found in by_letters.items()}), longest)

    def at(self, tokens: Sequence[Token], index: int, *, marked: bool) -> int:
        """How many tokens from `index` on make a phrase of this lexicon, the longest; 0 for none."""
        for length in range(min(self.longest, len(tokens) - index), 0, -1):
            piece = tokens[index : index + length]
            spelled = self.entries.get(tuple(token.folded for token in piece), ())
            if any(same_words(piece, entry, marked=marked) for entry in spelled):
                return length
        return 0

    def __contains__(self, word: str) -> bool:
        """Whether the bare letters of a phrase are known."""
        return tuple(fold_aligned(word).split()) in self.entries


def same_words(tokens: Sequence[Token], entry: Entry, *, marked: bool) -> bool:
    """Whether tokens with the letters of `entry` are that entry, as far as their marks tell."""
    return all(same_word(token, word, marked=marked) for token, word in zip(tokens, entry, strict=True))


def same_word(token: Token, word: str, *, marked: bool) -> bool:
    """One word, spelled as `words.spell_word` allows."""
    return token.low == word or spelling(word, marked).fullmatch(token.low) is not None


@lru_cache(maxsize=16384)
def spelling(word: str, marked: bool) -> re.Pattern[str]:
    """The spellings of one word, compiled."""
    return re.compile(spell_word(word, strict=marked))


@lru_cache(maxsize=8)
def load(name: str) -> Mapping[str, Any]:
    """The word lists of one file, by heading."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return MappingProxyType(YAML(typ="safe").load(text))


@lru_cache(maxsize=64)
def lexicon(name: str, *headings: str) -> Lexicon:
    """The lists under these headings as one lexicon; a heading that is one long text counts word by word."""
    phrases: list[str] = []
    for heading in headings:
        listed = load(name)[heading]
        phrases += listed.split() if isinstance(listed, str) else listed
    return Lexicon.of(phrases)


@lru_cache(maxsize=256)
def pattern(name: str, *headings: str) -> Pattern:
    """The patterns under these headings as one; `<WORD>` in them stands for an entry under "macros"."""
    sources = (source for heading in headings for source in load(name)[heading])
    return vi("|".join(expand(source, load(name).get("macros", {})) for source in sources))


def expand(source: str, macros: Mapping[str, str]) -> str:
    """A pattern with its macros written out, innermost last."""
    while macro := MACRO.search(source):
        source = source.replace(macro.group(), f"(?:{macros[macro.group(1)]})")
    return source
