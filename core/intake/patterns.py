"""
Patterns over Vietnamese as people type it: with all marks, with some, or with none.

A pattern is written once, with marks. In a text without marks it matches the bare letters; in a text with marks an
unmarked word is a word of its own ("cho" is not "chợ", "xa" is not "xã"), so the marks must be there.

Most patterns begin with words. Those are looked for only where one of these words stands, and there only the
alternatives that begin with it are tried: the answers are the same, a long text is read many times faster.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter

from core.intake.fold import compose, lower_canonical
from core.intake.openings import Openings, alternatives
from core.intake.spelling import spell
from core.intake.words import Text, beginning_at, blanked

EDGE = r"(?<![^\W_])(?:{})(?![^\W_])"


@dataclass(frozen=True)
class Form:
    """Some alternatives in one form: strict for texts with marks, lenient for those without. Compiled on first use."""

    sources: tuple[str, ...]
    strict: bool

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The alternatives, in order, at word borders only."""
        spelled = "|".join(spaced(spell(source, strict=self.strict)) for source in self.sources)
        return re.compile(EDGE.format(spelled), re.MULTILINE)


@dataclass(frozen=True)
class Pattern:
    """A pattern as its alternatives, in lower case with marks."""

    sources: tuple[str, ...]

    def finditer(self, text: Text) -> Iterator[re.Match[str]]:
        """All matches; their positions are positions in the text."""
        if self._openings is None:
            yield from self._whole[text.marked].regex.finditer(text.low)
            return
        end = 0
        for start, form in self._places(text, self._openings):
            if start >= end and (match := form.regex.match(text.low, start)):
                yield match
                end = match.end()

    def search(self, text: Text) -> re.Match[str] | None:
        """The first match."""
        return next(self.finditer(text), None)

    def match(self, text: Text, start: int = 0) -> re.Match[str] | None:
        """A match that begins exactly at `start`."""
        form = self._form_at(text, start)
        return form.regex.match(text.low, start) if form else None

    def fullmatch(self, text: Text) -> re.Match[str] | None:
        """A match of the whole text."""
        form = self._form_at(text, 0)
        return form.regex.fullmatch(text.low) if form else None

    def sub_all(self, text: Text) -> str:
        """The text without its matches."""
        return blanked(text.raw, tuple(match.span() for match in self.finditer(text)))

    @cached_property
    def _openings(self) -> Openings | None:
        return Openings.of(self.sources)

    @cached_property
    def _whole(self) -> tuple[Form, Form]:
        """All alternatives: lenient, strict."""
        return form_of(self.sources, strict=False), form_of(self.sources, strict=True)

    @cached_property
    def _by_word(self) -> tuple[Mapping[str, Form], Mapping[str, Form]]:
        """The alternatives for each opening word: lenient, strict."""
        known = self._openings.words if self._openings else {}
        return (
            {word: self._chosen(numbers, strict=False) for word, numbers in known.items()},
            {word: self._chosen(numbers, strict=True) for word, numbers in known.items()},
        )

    def _chosen(self, numbers: tuple[int, ...], *, strict: bool) -> Form:
        return form_of(tuple(self.sources[number] for number in numbers), strict=strict)

    def _places(self, text: Text, openings: Openings) -> list[tuple[int, Form]]:
        """Where a match may begin, in order, and which alternatives may match there."""
        by_word, beginnings = self._by_word[text.marked], text.beginnings
        forms = [(by_word[word], beginnings[word]) for word in by_word.keys() & beginnings.keys()]
        if openings.any_stem:
            longer = [word for word in beginnings if word.startswith(openings.any_stem) and word not in by_word]
            chosen = [(self._chosen(openings.beginning_with(word), strict=text.marked), word) for word in longer]
            forms += [(form, beginnings[word]) for form, word in chosen]
        return sorted(((start, form) for form, starts in forms for start in starts), key=itemgetter(0))

    def _form_at(self, text: Text, start: int) -> Form | None:
        """The alternatives that may match at `start`; None where no opening word stands there."""
        if self._openings is None:
            return self._whole[text.marked]
        word = beginning_at(text.folded, start)
        numbers = self._openings.beginning_with(word) if word else ()
        return self._chosen(numbers, strict=text.marked) if numbers else None


@lru_cache(maxsize=8192)
def form_of(sources: tuple[str, ...], *, strict: bool) -> Form:
    """The form of these alternatives, one for all patterns that hold them."""
    return Form(sources, strict)


@lru_cache(maxsize=2048)
def vi(source: str) -> Pattern:
    """
    Compile a pattern written in Vietnamese with marks; it matches at word borders only.

    Spaces in the source match any white space; ^ and $ are borders of lines. Letters with marks must not stand inside
    a character class. " ?" means white space that may be missing.
    """
    return Pattern(tuple(alternatives(lower_marked(source))))


def spaced(source: str) -> str:
    """Spaces as any white space, " ?" as white space that may be missing."""
    return source.replace(" ?", r"\s*").replace(" ", r"\s+")


def lower_marked(source: str) -> str:
    """Tones in one position; escapes such as \\W and \\S keep their case."""
    canonical = lower_canonical(source)
    return "".join(old if old.isascii() else new for old, new in zip(compose(source), canonical, strict=True))
