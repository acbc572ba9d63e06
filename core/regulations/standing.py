"""
How rules stand: proved by a test, missing one, waiting for a feature, or binding people.

What the report on one regulation (`rules`) and the table over all of them (`coverage`) share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from core.regulations.catalogue import Catalogue, Rule, Status


class Standing(StrEnum):
    """How a rule stands."""

    PROVED = "proved"
    MISSING = "missing"
    LATER = "later"
    HUMAN = "human"


@dataclass(frozen=True)
class RuleRow:
    """One rule with the tests marked with its id."""

    rule: Rule
    standing: Standing
    tests: tuple[str, ...]

    @property
    def note(self) -> str:
        """What a rule waits for, what serves the people it binds, or what part of it waits; empty: nothing is open."""
        return self.rule.reason or self.rule.feature or self.rule.rest


Row = TypeVar("Row", bound=RuleRow)


@dataclass(frozen=True)
class Standings(Generic[Row]):
    """Rules in the order of the catalogue, and marks in tests whose id the catalogue does not know."""

    rows: tuple[Row, ...]
    unknown_marks: Mapping[str, tuple[str, ...]]

    @property
    def missing(self) -> tuple[Row, ...]:
        """Enforced rules that no test proves."""
        return tuple(row for row in self.rows if row.standing is Standing.MISSING)

    @property
    def exit_code(self) -> int:
        """0 when every enforced rule has a test and every mark names a rule, else 1."""
        return 1 if self.missing or self.unknown_marks else 0

    def problems(self) -> Iterator[str]:
        """A sentence for each rule without a test and for each mark that names no rule."""
        for row in self.missing:
            yield f"{row.rule.id} is enforced and no test is marked with it: {row.rule.text}"
        for rule_id, tests in self.unknown_marks.items():
            yield f"{rule_id} is no rule of the catalogue, but marks {', '.join(tests)}"

    def summary(self) -> str:
        """How many rules there are, and how each stands."""
        counts = Counter(row.standing for row in self.rows)
        return f"{len(self.rows)} rules, " + ", ".join(f"{counts[one]} {one.value}" for one in Standing)


def unknown_marks(catalogue: Catalogue, tests: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Marks of these tests, by rule id, that name no rule of the catalogue."""
    return {rule_id: names for rule_id, names in tests.items() if rule_id not in catalogue}


def standing_of(rule: Rule, tests: Mapping[str, tuple[str, ...]]) -> Standing:
    """
    A test proves a rule; without one only an enforced rule is missing something.

    A rule that waits for another work stays `later`, whatever part of it (the arithmetic of its dates) has a test.
    """
    if rule.status is Status.LATER:
        return Standing.LATER
    if tests.get(rule.id):
        return Standing.PROVED
    return Standing.MISSING if rule.status is Status.ENFORCED else Standing(rule.status.value)
