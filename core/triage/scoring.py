"""How good a sorter is, on reports of which it is known where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.triage.sorter import Sorter


@dataclass(frozen=True)
class Case:
    """A text and where it belongs."""

    text: str
    label: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """
    Counts of one look.

    `right`: the first guess was it; `offered`: one of three was; `sure`: it would have been suggested;
    `sure_right`: and rightly so.
    """

    seen: int = 0
    right: int = 0
    offered: int = 0
    sure: int = 0
    sure_right: int = 0

    @property
    def first(self) -> float:
        """Share of reports of which the first guess was right; 0 where none was seen."""
        return self.right / self.seen if self.seen else 0.0

    @property
    def among_three(self) -> float:
        """Share of those of which one of three guesses was right."""
        return self.offered / self.seen if self.seen else 0.0

    @property
    def covered(self) -> float:
        """Share of those for which something was suggested at all."""
        return self.sure / self.seen if self.seen else 0.0

    @property
    def sure_and_right(self) -> float:
        """Share of suggestions that were right."""
        return self.sure_right / self.sure if self.sure else 0.0


def score(sorter: Sorter, cases: Iterable[Case]) -> Card:
    """Sort them all and count."""
    seen = right = offered = sure = sure_right = 0
    for one in cases:
        found = sorter.sort(one.text, facts=one.facts)
        guessed = [guess.label for guess in found.guesses]
        first = guessed[:1] == [one.label]
        seen, right, offered = seen + 1, right + first, offered + (one.label in guessed)
        sure, sure_right = sure + found.sure, sure_right + (found.sure and first)
    return Card(seen, right, offered, sure, sure_right)
