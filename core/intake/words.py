"""A text made ready for reading: its letters in three forms, where its words begin, and what was read already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from itertools import accumulate, pairwise
from operator import ne
from typing import Any, TypeVar

from core.intake.fold import compose, fold_composed, lower_composed

WORD = re.compile(r"[^\W\d_]+")
BEGINNING = re.compile(r"(?<![^\W_])([^\W\d_]+|\d)")
A_NUMBER = "0"
"""Stands for any number where words are told apart by how they begin."""
MARKED_SHARE = 0.3
Beginning = tuple[str, str, int]
"""A word without marks, the same with the next one, whatever stands between, and where it begins."""
READ_LIMIT = 4000
Found = TypeVar("Found")


@dataclass(frozen=True)
class Text:
    """
    A message to read: `raw` composed, `low` in lower case, `folded` without marks; positions agree in all three.

    `cut_from`: the text of which this is what was left, no word divided; `notes`: what readers found in it already.
    """

    raw: str
    whole_marked: bool | None = None
    cut_from: Text | None = field(default=None, compare=False, repr=False)
    notes: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, text: str) -> Text:
        """A text ready for matching; of an endless one only the beginning is read for facts."""
        return cls(compose(text)[:READ_LIMIT])

    @cached_property
    def length(self) -> int:
        """How many words it has, as people count: between spaces."""
        return len(self.raw.split())

    @cached_property
    def low(self) -> str:
        """Lower case, tones in one position."""
        return lower_composed(self.raw)

    @cached_property
    def folded(self) -> str:
        """Without marks and case."""
        return fold_composed(self.raw)

    @cached_property
    def marked(self) -> bool:
        """Whether its writer types marks."""
        if self.whole_marked is not None:
            return self.whole_marked
        words, letters = WORD.findall(self.low), WORD.findall(self.folded)
        return bool(words) and sum(map(ne, words, letters)) / len(words) >= MARKED_SHARE

    @property
    def beginnings(self) -> Iterable[Beginning]:
        """Its words, in order."""
        return self.own_beginnings if self.cut_from is None else self.left_of(self.cut_from.beginnings)

    @cached_property
    def own_beginnings(self) -> tuple[Beginning, ...]:
        """The words of a text that was not cut from another."""
        cut = BEGINNING.split(self.folded)  # what stands before a word, the word, what stands before the next …
        words = [A_NUMBER if word.isdecimal() else word for word in cut[1::2]]
        pairs = (*map(" ".join, pairwise(words)), *words[-1:])
        return tuple(zip(words, pairs, list(accumulate(map(len, cut)))[::2], strict=False))

    def left_of(self, beginnings: Iterable[Beginning]) -> Iterator[Beginning]:
        """What is left of the words of another text in this one, which was cut from it."""
        folded, before, at = self.folded, "", 0
        for word, _, start in beginnings:
            if folded[start] != " ":
                if before:
                    yield before, f"{before} {word}", at
                before, at = word, start
        if before:
            yield before, before, at

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
        raw = blanked(self.raw, spans)
        if any(self.cuts_word(border) for span in spans for border in span):
            return Text(raw, self.marked)
        rest = Text(raw, self.marked, cut_from=self)
        rest.prepare(blanked(self.low, spans), blanked(self.folded, spans))
        return rest

    def cuts_word(self, index: int) -> bool:
        """Whether a cut there would divide a word or a number; what is left might be read in another way."""
        return 0 < index < len(self.raw) and self.raw[index - 1].isalnum() and self.raw[index].isalnum()

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
    `understood`: by which rules, which messages, what they came to.
    """

    def __init__(self) -> None:
        super().__init__()
        self.understood: list[tuple[object, tuple[Any, ...], Any]] = []

    def __missing__(self, words: str) -> Text:
        text = self[words] = Text.of(words)
        return text


def beginning_at(folded: str, start: int) -> Iterator[Beginning]:
    """The word that begins at `start` in a text without marks; nothing where none does."""
    found = BEGINNING.match(folded, start)
    following = BEGINNING.search(folded, found.end()) if found else None
    words = [A_NUMBER if word.group().isdecimal() else word.group() for word in (found, following) if word]
    if words:
        yield words[0], " ".join(words), start


def noted(reader: Callable[[Text], Found]) -> Callable[[Text], Found]:
    """Let a reader of a text write what it found beside the text, so that it reads each text once."""

    @wraps(reader)
    def remembering(text: Text) -> Found:
        if reader not in text.notes:
            text.notes[reader] = reader(text)
        found: Found = text.notes[reader]
        return found

    return remembering
