"""
Each rule that binds a regulation, with the tests that prove it: what `langnghe regulation rules` prints.

A regulation is bound by the rules of its own text, the units of time, the national overlay, and the readings that its
pack chooses. A rule that is enforced and has no test is missing, and one missing rule fails the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from core.regulations.catalogue import Catalogue, Rule, Source, load_catalogue
from core.regulations.loader import load_pack
from core.regulations.marks import proofs_by_rule
from core.regulations.standing import RuleRow, Standings, standing_of, unknown_marks

ROOT = Path(__file__).parents[2]
TEXT_WIDTH = 60
COMMON = (Source.U, Source.VN)  # bind every regulation


@dataclass(frozen=True)
class RulesReport(Standings[RuleRow]):
    """The rules that bind one regulation."""

    regulation: str

    def text(self) -> str:
        """The report as a table for a terminal: one line a rule, then each problem, then the counts."""
        width = max((len(row.rule.id) for row in self.rows), default=0)
        counts = f"{self.regulation}: {self.summary()}"
        return "\n".join([*(_line(row, width) for row in self.rows), *self.problems(), counts])


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
    return RulesReport(rows, unknown_marks(catalogue, tests), regulation)


def _line(row: RuleRow, width: int) -> str:
    first, more = (row.tests[:1] or (row.note,))[0], len(row.tests) - 1
    proof = f"{first} (+{more})" if more > 0 else first
    text = shorten(row.rule.text, TEXT_WIDTH, placeholder="…")
    return f"{row.rule.id:<{width}}  {row.standing.value:<7}  {text:<{TEXT_WIDTH}}  {proof}"
