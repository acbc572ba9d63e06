"""A text as triage reads it: words without marks and case, what telephones shorten written out, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain, pairwise
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from ruamel.yaml import YAML

from core.intake.fold import compose, fold_composed, lower_composed
from core.intake.spelling import spellings
from core.intake.words import Text

WORD = re.compile(r"[a-z0-9]+")
Found = TypeVar("Found")


class Said(NamedTuple):
    """
    One word, folded; `start` and `end` say where it stands in the composed text.

    `low`: with its marks as they were typed; empty where it was written out from a shorter one.
    """

    word: str
    low: str
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """A text and its words. `marked`: its writer types marks, so that "chạy" is no fire ("cháy")."""

    raw: str
    words: tuple[Said, ...]
    marked: bool = False

    @classmethod
    def of(cls, text: str) -> Reading:
        """Read a text as anybody typed it; of an endless one only the beginning."""
        return cls.over(Text.of(text))

    @classmethod
    def over(cls, text: Text) -> Reading:
        """Read a text that is made ready already."""
        return cls(text.raw, tuple(_said(text)), text.marked)

    def quote(self, first: int, count: int) -> str:
        """What the writer wrote for these words."""
        return self.raw[self.words[first].start : self.words[first + count - 1].end]


def words_of(text: Text) -> list[str]:
    """The words of a text as triage reads them, and nothing else of it."""
    words, written_out = WORD.findall(text.folded), _shorthand()
    if written_out.keys().isdisjoint(words):
        return words
    return [longer for word in words for longer in written_out.get(word, (word,))]


def _said(text: Text) -> Iterator[Said]:
    written_out, low = _shorthand(), text.low
    for match in WORD.finditer(text.folded):
        word, (start, end) = match.group(), match.span()
        if word in written_out:
            yield from (Said(longer, "", start, end) for longer in written_out[word])
        else:
            yield Said(word, low[start:end], start, end)


@dataclass(frozen=True)
class Phrase(Generic[Found]):
    """Words to look for; `spelled` says for each how it may be written in a text with marks."""

    words: tuple[str, ...]
    spelled: tuple[frozenset[str], ...]
    means: Found

    @classmethod
    def of(cls, text: str, means: Found) -> Phrase[Found]:
        """A phrase of a word list, written with marks."""
        composed = compose(text)
        low, found = lower_composed(composed), list(WORD.finditer(fold_composed(composed)))
        spelled = (frozenset(("", *spellings(low[one.start() : one.end()], strict=True))) for one in found)
        return cls(tuple(one.group() for one in found), tuple(spelled), means)

    def is_meant(self, said: Sequence[Said]) -> bool:
        """Whether these words, which fold to it, are it in a text with marks; a few may lack theirs."""
        right = [one.low in spelled for one, spelled in zip(said, self.spelled, strict=True)]
        if not any(right):
            return False
        bare = all(fits or one.low == one.word for one, fits in zip(said, right, strict=True))
        return all(right) or (bare and sum(right) > len(right) / 2)


@dataclass(frozen=True)
class Hit(Generic[Found]):
    """A phrase found: at which word it begins, of how many words it is, all that it stands for."""

    first: int
    count: int
    means: tuple[Found, ...]


@dataclass(frozen=True)
class Phrases(Generic[Found]):
    """
    Phrases, each with what it stands for; looked for together.

    `longest`: by the word that one begins with; `heads`: the first two words of each, of a single word that one.
    """

    known: Mapping[tuple[str, ...], tuple[Phrase[Found], ...]]
    longest: Mapping[str, int]
    heads: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, lists: Mapping[Found, Iterable[str]]) -> Phrases[Found]:
        """Several lists of phrases, each under what they stand for."""
        known: dict[tuple[str, ...], list[Phrase[Found]]] = {}
        for means, texts in lists.items():
            for one in (Phrase.of(text, means) for text in texts):
                known.setdefault(one.words, []).append(one)
        longest: dict[str, int] = {}
        for words in known:
            longest[words[0]] = max(len(words), longest.get(words[0], 0))
        heads = frozenset(words[:2] for words in known)
        return cls({words: tuple(ones) for words, ones in known.items()}, longest, heads)

    def may_stand_in(self, words: Sequence[str]) -> bool:
        """Whether it is worth looking for them among these words: any begins there as some phrase does."""
        return not self.heads.isdisjoint(chain(pairwise(words), zip(words, strict=True)))

    def find(self, reading: Reading) -> Iterator[Hit[Found]]:
        """Every phrase in a text that is no part of a longer one found before it."""
        covered = 0
        for first, said in enumerate(reading.words):
            hit = self._at(reading, first) if said.word in self.longest else None
            if hit is not None and first + hit.count > covered:
                covered = first + hit.count
                yield hit

    def _at(self, reading: Reading, first: int) -> Hit[Found] | None:
        said = reading.words[first : first + self.longest[reading.words[first].word]]
        for count in range(len(said), 0, -1):
            known = self.known.get(tuple(one.word for one in said[:count]), ())
            meant = [one.means for one in known if not reading.marked or one.is_meant(said[:count])]
            if meant:
                return Hit(first, count, tuple(dict.fromkeys(meant)))
        return None


def data(name: str) -> Any:
    """One of this package's word lists."""
    return YAML(typ="safe").load((files("core.triage") / "data" / f"{name}.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _shorthand() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({short: tuple(long.split()) for short, long in data("shorthand").items()})
