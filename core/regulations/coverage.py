"""
Every rule of the catalogue against every regulation and every test: what `langnghe regulation rules --all` prints.

A rule binds the packs of its own text; units and overlay bind every pack; a reading binds the packs that choose it. It
is carried by the pack entries that cite it and proved by the tests that are marked with it. A rule whose text has no
pack yet counts as well: nothing is left out because nobody has begun with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.regulations.catalogue import Catalogue, load_catalogue
from core.regulations.lint.walk import entries
from core.regulations.loader import load_pack, pack_names
from core.regulations.marks import proofs_by_rule
from core.regulations.model import Pack
from core.regulations.rules import ROOT, rules_of
from core.regulations.standing import RuleRow, Standings, standing_of, unknown_marks

PAGE = Path("docs/rules.md")
SHOWN_TESTS, SHOWN_ENTRIES = 3, 4
REWRITE = "langnghe regulation rules --all --write"


@dataclass(frozen=True)
class Line(RuleRow):
    """
    One rule: the packs that it binds, the entries that cite it ("moves.accept", over all packs), the tests marked.

    `packs` is empty for a rule that no pack carries out yet.
    """

    packs: tuple[str, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True)
class Coverage(Standings[Line]):
    """The whole table."""

    packs: tuple[str, ...]

    def text(self) -> str:
        """For a terminal: one line a rule, then each problem, then the counts."""
        rows = [f"{i.rule.id:<16}{i.standing.value:<9}{_packs(i, self.packs):<44}{_proof(i)}" for i in self.rows]
        return "\n".join([*rows, *self.problems(), self.summary()])

    def markdown(self, catalogue: Catalogue) -> str:
        """`docs/rules.md`: a table a source; ends with a newline."""
        return "\n".join([*_HEAD, f"{self.summary()}.", "", *self._tables(catalogue)])

    def _tables(self, catalogue: Catalogue) -> Iterator[str]:
        for source, file in catalogue.files.items():
            yield f"## {source.value}: {file.title}\n"
            yield "| rule | what it asks | regulations | carried by | standing | proof |"
            yield "| --- | --- | --- | --- | --- | --- |"
            yield from (_row(line, self.packs) for line in self.rows if line.rule.source is source)
            yield ""


_HEAD = (
    "# Rules",
    "",
    "Every rule of the five regulations, the units of time, the national overlay and the readings: the regulations it",
    f"binds, the entries of packs that carry it out, the tests that prove it. Written by `{REWRITE}`",
    "and checked to be current; nobody types it. `proved`: a test marked with the rule · `human`: binds people, the",
    "feature that serves them is named · `later`: the work that will carry it is named (tests there prove a part of",
    "it, such as its dates) · `missing`: nobody proves it, and the check fails.",
    "",
)


def coverage(*, root: Path = ROOT) -> Coverage:
    """
    The table over all packs that are shipped and all tests below `root`.

    Raises: PackError: a broken pack · FileNotFoundError: `root` holds no tests · UnreadableMark.
    """
    return cover(load_catalogue(), [load_pack(name) for name in pack_names()], proofs_by_rule(root))


def cover(catalogue: Catalogue, packs: Iterable[Pack], tests: Mapping[str, tuple[str, ...]]) -> Coverage:
    """The table over these packs and these tests by rule id."""
    known = {pack.id: pack for pack in packs}
    bound = {name: {r.id for r in rules_of(catalogue, name, pack.readings)} for name, pack in known.items()}
    carried = _carried(known.values())
    lines = tuple(
        Line(
            rule=rule,
            standing=standing_of(rule, tests),
            packs=tuple(name for name, ids in bound.items() if rule.id in ids),
            entries=tuple(carried.get(rule.id, ())),
            tests=tests.get(rule.id, ()),
        )
        for rule in catalogue
    )
    return Coverage(lines, unknown_marks(catalogue, tests), tuple(known))


def _carried(packs: Iterable[Pack]) -> dict[str, dict[str, None]]:
    """Which entries cite each rule, by their path, each once however many packs have it."""
    found: dict[str, dict[str, None]] = {}
    for pack in packs:
        for path, entry in entries(pack):
            cites: Iterable[str] = getattr(entry, "cites", ())
            for rule_id in cites:
                found.setdefault(rule_id, {})[".".join(path)] = None
    return found


def _packs(line: Line, packs: tuple[str, ...]) -> str:
    return "all" if packs and line.packs == packs else ", ".join(line.packs) or "–"


def _proof(line: Line) -> str:
    shown = ", ".join(_short(test) for test in line.tests[:SHOWN_TESTS])
    more = f" +{len(line.tests) - SHOWN_TESTS}" if len(line.tests) > SHOWN_TESTS else ""
    return "; ".join(filter(None, [shown + more, line.note]))


def _short(test: str) -> str:
    """File and name: `test_hue_rules.py::test_hue_2_…`; names of tests are sentences, folders are not needed."""
    return test.rpartition("/")[2]


def _row(line: Line, packs: tuple[str, ...]) -> str:
    tests = [f"`{_short(test)}`" for test in line.tests[:SHOWN_TESTS]]
    more = ["and more"] if len(line.tests) > SHOWN_TESTS else []
    note = [f"*{line.note}*"] if line.note else []
    carried = [f"`{entry}`" for entry in line.entries[:SHOWN_ENTRIES]]
    rest = ["and more"] if len(line.entries) > SHOWN_ENTRIES else []
    value = f" `{line.rule.value}`" if line.rule.value else ""
    cells = (
        line.rule.id,
        f"{line.rule.text}{value}",
        _packs(line, packs),
        "<br>".join([*carried, *rest]) or "–",
        line.standing.value,
        "<br>".join([*tests, *more, *note]) or "–",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
