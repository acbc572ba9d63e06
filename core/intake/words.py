"""
Patterns over Vietnamese as people type it: with all marks, with some, or with none.

A pattern is written once, with marks. In a text without marks it matches the bare letters; in a text with marks an
unmarked word is a word of its own ("cho" is not "chợ", "xa" is not "xã"), so the marks must be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from itertools import product
from operator import ne
from typing import Any, TypeVar

from core.intake.fold import bare, compose, fold_aligned, lower_canonical, split_tone

WORD = re.compile(r"[^\W\d_]+")
MARKED_SHARE = 0.3
READ_LIMIT = 4000
Found = TypeVar("Found")


@dataclass(frozen=True)
class Text:
    """A message to read: `raw` composed, `low` in lower case, `folded` without marks; positions agree in all three."""

    raw: str
    whole_marked: bool | None = None

    @classmethod
    def of(cls, text: str) -> Text:
        """A text ready for matching; of an endless one only the beginning is read for facts."""
        return cls(compose(text)[:READ_LIMIT])

    @cached_property
    def notes(self) -> dict[Any, Any]:
        """What readers found in it already; see `noted`."""
        return {}

    @cached_property
    def low(self) -> str:
        """Lower case, tones in one position."""
        return lower_canonical(self.raw)

    @cached_property
    def folded(self) -> str:
        """Without marks and case."""
        return fold_aligned(self.raw)

    @cached_property
    def marked(self) -> bool:
        """Whether its writer types marks."""
        if self.whole_marked is not None:
            return self.whole_marked
        words, letters = WORD.findall(self.low), WORD.findall(self.folded)
        return bool(words) and sum(map(ne, words, letters)) / len(words) >= MARKED_SHARE

    def part(self, start: int, end: int) -> Text:
        """A piece of it, read in the same manner."""
        if start == 0 and end >= len(self.raw):
            return self
        piece = Text(self.raw[start:end], self.marked)
        if not (self.cuts_word(start) or self.cuts_word(end)):
            piece.prepare(self.low[start:end], self.folded[start:end])
        return piece

    def without(self, spans: tuple[tuple[int, int], ...]) -> Text:
        """The text with these stretches blanked out; positions stay."""
        if not spans:
            return self
        rest = Text(blanked(self.raw, spans), self.marked)
        if not any(self.cuts_word(border) for span in spans for border in span):
            rest.prepare(blanked(self.low, spans), blanked(self.folded, spans))
        return rest

    def cuts_word(self, index: int) -> bool:
        """Whether a cut there would divide a word; the tone of what is left might move."""
        return 0 < index < len(self.raw) and self.raw[index - 1].isalpha() and self.raw[index].isalpha()

    def prepare(self, low: str, folded: str) -> None:
        """Take over forms that are known already."""
        self.__dict__.update(low=low, folded=folded)


def blanked(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """A text with these stretches blanked out."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


class Texts(dict[str, Text]):
    """
    The texts of one step, each prepared and read once, by their words.

    It holds what citizens said and must end with the step, or with the handful of steps about the same message.
    """

    def __missing__(self, words: str) -> Text:
        text = self[words] = Text.of(words)
        return text


def noted(reader: Callable[[Text], Found]) -> Callable[[Text], Found]:
    """Let a reader of a text write what it found beside the text, so that it reads each text once."""

    @wraps(reader)
    def remembering(text: Text) -> Found:
        if reader not in text.notes:
            text.notes[reader] = reader(text)
        found: Found = text.notes[reader]
        return found

    return remembering


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern in its strict (marked text) and lenient (unmarked text) form."""

    strict: re.Pattern[str]
    lenient: re.Pattern[str]

    def finditer(self, text: Text) -> Iterator[re.Match[str]]:
        """All matches; their positions are positions in the text."""
        return self._for(text).finditer(text.low)

    def search(self, text: Text) -> re.Match[str] | None:
        """The first match."""
        return self._for(text).search(text.low)

    def match(self, text: Text, start: int = 0) -> re.Match[str] | None:
        """A match that begins exactly at `start`."""
        return self._for(text).match(text.low, start)

    def fullmatch(self, text: Text) -> re.Match[str] | None:
        """A match of the whole text."""
        return self._for(text).fullmatch(text.low)

    def sub_all(self, text: Text) -> str:
        """The text without its matches."""
        return text.without(tuple(match.span() for match in self.finditer(text))).raw

    def _for(self, text: Text) -> re.Pattern[str]:
        return self.strict if text.marked else self.lenient


@lru_cache(maxsize=2048)
def vi(source: str, *, whole: bool = True) -> Pattern:
    """
    Compile a pattern written in Vietnamese with marks.

    `whole`: only at word borders. Spaces in the source match any white space; ^ and $ are borders of lines.
    Letters with marks must not stand inside a character class. " ?" means white space that may be missing.
    """
    canonical = lower_marked(source)
    edge = r"(?<![^\W_])(?:{})(?![^\W_])" if whole else "{}"
    forms = (edge.format(spaced(spell(canonical, strict=strict))) for strict in (True, False))
    return Pattern(*(re.compile(form, re.MULTILINE) for form in forms))


def spaced(source: str) -> str:
    """Spaces as any white space, " ?" as white space that may be missing."""
    return source.replace(" ?", r"\s*").replace(" ", r"\s+")


def lower_marked(source: str) -> str:
    """Tones in one position; escapes such as \\W and \\S keep their case."""
    canonical = lower_canonical(source)
    return "".join(old if old.isascii() else new for old, new in zip(compose(source), canonical, strict=True))


def spell(source: str, *, strict: bool) -> str:
    """The source with each word's marked letters widened to the spellings that people use for them."""
    return WORD.sub(lambda word: spell_word(word.group(), strict=strict), source)


def spell_word(word: str, *, strict: bool) -> str:
    """
    One word. One mark: it must be there in a text with marks, and may be missing in one without.

    Two marks: both or none, since half of them often makes another word ("đèn", "đền"). Three or more: each may be
    dropped, wholly or in part, since the rest still tells the word ("đưòng").
    """
    marks = count_marks(word)
    if not marks or (marks == 1 and strict):
        return word
    return "".join(map(widen, word)) if marks > 2 else f"(?:{word}|{plain(word)})"


def spellings(word: str, *, strict: bool) -> Iterable[str]:
    """All that `spell_word` lets pass for one word."""
    marks = count_marks(word)
    if not marks or (marks == 1 and strict):
        return (word,)
    return map("".join, product(*map(spellings_of_letter, word))) if marks > 2 else (word, plain(word))


def plain(word: str) -> str:
    """A word in lower case without its marks."""
    return "".join(map(bare, word))


def count_marks(word: str) -> int:
    """How many letters of a word bear marks."""
    return sum(bare(letter) != letter.lower() for letter in word)


def widen(letter: str) -> str:
    """A class of the spellings of one letter: as it is, without one of its marks, without any."""
    if bare(letter) == letter.lower():
        return letter
    return f"[{''.join(sorted(spellings_of_letter(letter)))}]"


def spellings_of_letter(letter: str) -> frozenset[str]:
    """One letter as it is, without one of its marks, without any."""
    shape, tone = split_tone(letter)
    return frozenset((letter, bare(letter), shape, compose(bare(letter) + tone)))
