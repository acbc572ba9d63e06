"""
Patterns over Vietnamese as people type it: with all marks, with some, or with none.

A pattern is written once, with marks. In a text without marks it matches the bare letters; in a text with marks an
unmarked word is a word of its own ("cho" is not "chợ", "xa" is not "xã"), so the marks must be there.

Most patterns begin with words. Those are looked for only where one of these words stands, or two, and there only the
alternatives that begin so are tried: the answers are the same, a long text is read many times faster.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from operator import itemgetter

from core.intake.fold import compose, lower_canonical
from core.intake.openings import Openings, alternatives
from core.intake.spelling import spell
from core.intake.words import Beginning, Text, beginning_at, blanked

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


Opened = tuple[tuple[int, Form], ...]
"""Patterns by number, each with some of its alternatives."""
Places = Mapping[int, Sequence[tuple[int, Form]]]
"""For each pattern where its matches may begin, and which of its alternatives there."""


class Book:
    """
    Patterns that are looked for together, in one walk over the words of a text.

    For each opening, one word or two, it knows the patterns, by number, and their alternatives that may begin so.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.sources = tuple(tuple(alternatives(lower_marked(source))) for source in patterns)

    def patterns(self) -> tuple[Pattern, ...]:
        """Its patterns, each by itself."""
        return tuple(Pattern(self, number) for number in range(len(self.sources)))

    def find_all(self, text: Text) -> Iterator[re.Match[str]]:
        """The matches of all its patterns, each looked for as by itself."""
        for number, known in enumerate(self.openings):
            if known is None:
                yield from Pattern(self, number).finditer(text)
        low, ends = text.low, [0] * len(self.sources)
        for start, opened in self.walk(text.beginnings, strict=text.marked):
            for number, form in opened:
                if start >= ends[number] and (match := form.regex.match(low, start)):
                    yield match
                    ends[number] = match.end()

    @cached_property
    def openings(self) -> tuple[Openings | None, ...]:
        """What each pattern may begin with; None where it may begin anywhere."""
        return tuple(map(Openings.of, self.sources))

    @cached_property
    def stemmed(self) -> Mapping[int, Openings]:
        """The patterns that may begin with words of any length."""
        return {number: known for number, known in enumerate(self.openings) if known and known.stems}

    @cached_property
    def words(self) -> frozenset[str]:
        """All known openings."""
        return frozenset(word for known in self.openings if known for word in known.words)

    @cached_property
    def opened(self) -> tuple[Mapping[str, Opened], Mapping[str, Opened]]:
        """What each known opening opens: lenient, strict."""
        return Opening(self, strict=False), Opening(self, strict=True)

    @cached_property
    def stems(self) -> Mapping[str, tuple[str, ...]]:
        """Beginnings of further words that open something, by their first letter."""
        known = sorted({stem for openings in self.stemmed.values() for stem in openings.any_stem})
        return {letter: tuple(stems) for letter, stems in groupby(known, key=itemgetter(0))}

    def form(self, number: int, chosen: Iterable[int] | None = None, *, strict: bool) -> Form:
        """Some alternatives of a pattern, or all."""
        sources = self.sources[number]
        return form_of(sources if chosen is None else tuple(sources[each] for each in chosen), strict=strict)

    def places(self, text: Text) -> Places:
        """For each pattern where in a text a match may begin, in order, and what may match there."""
        known: Places | None = text.notes.get(self)
        if known is None:
            known = text.notes[self] = self.look_up(text)
        return known

    def look_up(self, text: Text) -> Places:
        """Walk over the words of a text once."""
        found: defaultdict[int, list[tuple[int, Form]]] = defaultdict(list)
        for start, opened in self.walk(text.beginnings, strict=text.marked):
            for number, form in opened:
                found[number].append((start, form))
        return found

    def walk(self, beginnings: Iterable[Beginning], *, strict: bool) -> Iterator[tuple[int, Opened]]:
        """Where something is opened by the words of a text, and what, word by word."""
        known, opened, stems = self.words, self.opened[strict], self.stems
        for word, pair, start in beginnings:
            words = pair if pair in known else word
            if words in known:
                yield start, opened[words]
            elif word.startswith(stems.get(word[0], ())):
                begun = tuple(stem for stem in stems[word[0]] if word.startswith(stem))
                yield start, opened_by(self, begun, strict=strict)


class Opening(dict[str, Opened]):
    """What the known openings of a book open, each worked out when it is first met."""

    def __init__(self, book: Book, *, strict: bool) -> None:
        super().__init__()
        self._book, self._strict = book, strict

    def __missing__(self, words: str) -> Opened:
        book, strict = self._book, self._strict
        begun = ((number, known.beginning_with(words)) for number, known in enumerate(book.openings) if known)
        opened = self[words] = tuple((number, book.form(number, some, strict=strict)) for number, some in begun if some)
        return opened


@dataclass(frozen=True)
class Pattern:
    """One pattern of a book, by its number."""

    book: Book
    number: int = 0

    def finditer(self, text: Text) -> Iterator[re.Match[str]]:
        """All matches; their positions are positions in the text."""
        if self.book.openings[self.number] is None:
            yield from self.whole(strict=text.marked).regex.finditer(text.low)
            return
        end = 0
        for start, form in self.places(text):
            if start >= end and (match := form.regex.match(text.low, start)):
                yield match
                end = match.end()

    def search(self, text: Text) -> re.Match[str] | None:
        """The first match."""
        if self.book.openings[self.number] is None:
            return self.whole(strict=text.marked).regex.search(text.low)
        for start, form in self.places(text):
            if match := form.regex.match(text.low, start):
                return match
        return None

    def places(self, text: Text) -> Iterable[tuple[int, Form]]:
        """Where a match may begin; one that is alone in its book goes only as far as it is followed."""
        if len(self.book.sources) == 1:
            return ((start, form) for start, ((_, form),) in self.book.walk(text.beginnings, strict=text.marked))
        return self.book.places(text).get(self.number, ())

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

    def whole(self, *, strict: bool) -> Form:
        """All its alternatives."""
        return self.book.form(self.number, strict=strict)

    def _form_at(self, text: Text, start: int) -> Form | None:
        """The alternatives that may match at `start`; None where no opening word stands there."""
        if self.book.openings[self.number] is None:
            return self.whole(strict=text.marked)
        opened = next(self.book.walk(beginning_at(text.folded, start), strict=text.marked), (start, ()))[1]
        return next((form for number, form in opened if number == self.number), None)


@lru_cache(maxsize=1024)
def opened_by(book: Book, stems: tuple[str, ...], *, strict: bool) -> Opened:
    """What a word opens that is not known itself but begins with these stems."""
    chosen = {
        number: tuple(dict.fromkeys(each for stem, each in known.stems if stem in stems))
        for number, known in book.stemmed.items()
    }
    return tuple((number, book.form(number, some, strict=strict)) for number, some in chosen.items() if some)


@lru_cache(maxsize=8192)
def form_of(sources: tuple[str, ...], *, strict: bool) -> Form:
    """The form of these alternatives, one for all patterns that hold them."""
    return Form(sources, strict)


@lru_cache(maxsize=256)
def vi(source: str) -> Pattern:
    """
    Compile a pattern written in Vietnamese with marks; it matches at word borders only.

    Spaces in the source match any white space; ^ and $ are borders of lines. Letters with marks must not stand inside
    a character class. " ?" means white space that may be missing.
    """
    return Pattern(Book([source]))


def spaced(source: str) -> str:
    """Spaces as any white space, " ?" as white space that may be missing."""
    return source.replace(" ?", r"\s*").replace(" ", r"\s+")


def lower_marked(source: str) -> str:
    """Tones in one position; escapes such as \\W and \\S keep their case."""
    canonical = lower_canonical(source)
    return "".join(old if old.isascii() else new for old, new in zip(compose(source), canonical, strict=True))
