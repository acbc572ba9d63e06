"""
Each rule that binds a regulation, with the tests that prove it: what `langnghe regulation rules` prints.

A regulation is bound by the rules of its own text, the units of time, the national overlay, and the readings that its
pack chooses. A rule that is enforced and has no test is missing, and one missing rule fails the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from textwrap import shorten

from core.regulations.catalogue import Catalogue, Rule, Source, Status, load_catalogue
from core.regulations.loader import load_pack
from core.regulations.marks import proofs_by_rule

ROOT = Path(__file__).parents[2]
TEXT_WIDTH = 60
COMMON = (Source.U, Source.VN)  # bind every regulation


class Standing(StrEnum):
    """How a rule stands: proved by a test, missing one, waiting for a feature, or binding people."""

    PROVED = "proved"
    MISSING = "missing"
    LATER = "later"
    HUMAN = "human"


@dataclass(frozen=True)
class RuleRow:
    """One rule with the tests marked with its id; `note` is what a later or human rule waits for or is served by."""

    rule: Rule
    standing: Standing
    tests: tuple[str, ...]

    @property
    def note(self) -> str:
        """Why a rule without a test is in order, or what part of a proved one waits; empty where nothing is open."""
        return self.rule.reason or self.rule.feature or self.rule.rest


@dataclass(frozen=True)
class RulesReport:
    """The rows of one regulation, and marks in tests whose id the catalogue does not know."""

    regulation: str
    rows: tuple[RuleRow, ...]
    unknown_marks: Mapping[str, tuple[str, ...]]

    @property
    def missing(self) -> tuple[RuleRow, ...]:
        """Enforced rules that no test proves."""
        return tuple(row for row in self.rows if row.standing is Standing.MISSING)

    @property
    def exit_code(self) -> int:
        """0 when every enforced rule has a test and every mark names a rule, else 1."""
        return 1 if self.missing or self.unknown_marks else 0

    def text(self) -> str:
        """The report as a table for a terminal: one line a rule, then each problem, then the counts."""
        width = max((len(row.rule.id) for row in self.rows), default=0)
        return "\n".join([*(_line(row, width) for row in self.rows), *self._problems(), self._summary()])

    def _problems(self) -> Iterator[str]:
        for row in self.missing:
            yield f"{row.rule.id} is enforced and no test is marked with it: {row.rule.text}"
        for rule_id, tests in self.unknown_marks.items():
            yield f"{rule_id} is no rule of the catalogue, but marks {', '.join(tests)}"

    def _summary(self) -> str:
        counts = Counter(row.standing for row in self.rows)
        return f"{self.regulation}: {len(self.rows)} rules, " + ", ".join(
            f"{counts[standing]} {standing.value}" for standing in Standing
        )


def rules_report(regulation: str, *, root: Path = ROOT) -> RulesReport:
    """
    Set the rules that bind `regulation` (a pack's name) against the tests below `root` that are marked with them.

    Raises: what `load_pack` raises for an unknown or broken pack; FileNotFoundError: `root` holds no tests;
            UnreadableMark: a rule mark is not written out.
    """
    catalogue = load_catalogue()
    readings = load_pack(regulation).readings
    return report_on(rules_of(catalogue, regulation, readings), proofs_by_rule(root), catalogue, regulation=regulation)


def rules_of(catalogue: Catalogue, regulation: str, readings: Iterable[str]) -> tuple[Rule, ...]:
    """
    The rules that bind one regulation: its own text's, the units, the overlay, and its readings.

    A reading of its own text (`A-HUE-…`) binds it also when the pack forgets to choose it.
    """
    source = catalogue.source_of_pack(regulation)
    own = catalogue.of(source) if source is not None else ()
    chosen = set(readings)
    read = (
        rule
        for rule in catalogue.of(Source.A)
        if rule.id in chosen or (source is not None and rule.id.startswith(f"A-{source.value}-"))
    )
    return (*own, *(rule for common in COMMON for rule in catalogue.of(common)), *read)


def report_on(
    rules: Iterable[Rule], tests: Mapping[str, tuple[str, ...]], catalogue: Catalogue, *, regulation: str
) -> RulesReport:
    """The report over `rules` from the tests of each rule id; marks are checked against the whole catalogue."""
    rows = tuple(RuleRow(rule, standing_of(rule, tests), tests.get(rule.id, ())) for rule in rules)
    unknown = {rule_id: names for rule_id, names in tests.items() if rule_id not in catalogue}
    return RulesReport(regulation, rows, unknown)


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


def _line(row: RuleRow, width: int) -> str:
    first, more = (row.tests[:1] or (row.note,))[0], len(row.tests) - 1
    proof = f"{first} (+{more})" if more > 0 else first
    text = shorten(row.rule.text, TEXT_WIDTH, placeholder="…")
    return f"{row.rule.id:<{width}}  {row.standing.value:<7}  {text:<{TEXT_WIDTH}}  {proof}"
