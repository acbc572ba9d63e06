"""
When it happened, in the citizen's own words: "sáng nay", "3 hôm nay", "tối qua", "lúc 7h", "12/4".

Kept as said, not turned into an instant: "3 hôm nay" tells an officer more than a date that we would have to guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.intake.lexicon import expand, load
from core.intake.patterns import Book
from core.intake.words import Text


@dataclass(frozen=True)
class TimeReading:
    """The times of a text in its own words, in order, and where they stood."""

    phrases: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def text(self) -> str:
        """All phrases in one line."""
        return ", ".join(dict.fromkeys(self.phrases))


@lru_cache(maxsize=1)
def shapes() -> Book:
    """The patterns of times, compiled on first use."""
    words = load("times")
    return Book(expand(shape, words["macros"]) for shape in words["shapes"])


def read_time(text: Text, *, taken: tuple[tuple[int, int], ...] = ()) -> TimeReading:
    """The times a text tells. `taken`: stretches that are something else, as "3/2" inside a street's name."""
    free = text.without(taken)
    found = sorted({match.span() for match in shapes().find_all(free)}, key=by_place)
    kept: list[tuple[int, int]] = []
    for start, end in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return TimeReading(tuple(" ".join(text.raw[start:end].split()) for start, end in kept), tuple(kept))


def by_place(span: tuple[int, int]) -> tuple[int, int]:
    """Order of appearance, the longest first."""
    return span[0], -span[1]
