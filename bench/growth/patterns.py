"""
A story as a pattern: which of its characters are its own, and must be others in every copy.

Ids, the report code, the words, the person, commitments and lengths of sealed texts become slots, filled anew for each
copy; instants and days are moved by whole weeks, once for all copies that began in the same week. Weekday and hour
stay, so that a time limit is still explained by the calendar it was counted on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from bench.growth.lives import AGENCY
from bench.growth.stories import TABLES, Opened, Row, Story
from core.cases.milestones import MilestoneKind
from core.identity.codes import format_code
from core.intake.fold import fold

_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
_MOVED = re.compile(rf'(?P<instant>{_INSTANT})|(?P<day>"\d{{4}}-\d\d-\d\d")|(?P<said>\b\d\d/\d\d/\d{{4}}\b)')
_OWN = (
    r'"commitment":"(?P<commitment>[0-9a-f]{64})","id":"(?P<text>[0-9a-f]{32})","length":(?P<length>\d+)'
    r"|(?P<id>(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f]))"
)
_BLINDS = {
    ("conversation", "address_blind"): "address",
    ("inbox_item", "conversation_key"): "talk",
    ("inbox_item", "dedupe_key"): "any",
    ("message", "provider_blind"): "any",
}
# Columns that are microseconds.
_INSTANTS = re.compile(r"at|\w+_at|provider_time")

Filled = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Slots:
    """Which value stands at which place: ids and keyed hashes to be drawn, texts to be sealed, literals to be told."""

    places: dict[tuple[str, str], int] = field(default_factory=dict)

    def at(self, kind: str, value: str) -> int:
        """The place of one value, a new one when it was not met yet."""
        return self.places.setdefault((kind, value), len(self.places))

    def of(self, kind: str) -> list[int]:
        """Every place of a kind."""
        return [place for (one, _), place in self.places.items() if one == kind]


@dataclass(frozen=True)
class Cell:
    """
    One column of one row that differs from copy to copy.

    `how`: text, bytes, blob (sealed under its contact), vault, raw (sealed under a key of its own), wrapped,
    hash, head.
    """

    column: int
    how: str
    text: str = ""
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """One row: what all copies share, and what not. `key` is the place of its own id, where it has one."""

    table: str
    constants: tuple[Any, ...]
    cells: tuple[Cell, ...]
    key: int = -1


@dataclass(frozen=True)
class Pattern:
    """A story ready to be copied."""

    story: Story
    slots: Slots
    lines: tuple[Line, ...]


class Cutter:
    """Cuts one story up; of all `tables`, or of some."""

    def __init__(self, story: Story, agency: str, *, tables: Collection[str] = TABLES) -> None:
        self._tables = [table for table in TABLES if table in tables]
        self._story, self._slots = story, Slots()
        life = story.life
        self._literals = {
            life.code: "code",
            format_code(life.code): "spoken",
            life.body: "body",
            fold(life.body): "body_folded",
            life.place: "place",
            fold(life.place): "place_folded",
            life.name: "name",
            **({life.email: "email"} if life.email else {}),
            AGENCY: "agency",
            agency: "agency_name",
            fold(agency): "agency_folded",
        }
        known = "|".join(re.escape(one) for one in sorted(self._literals, key=len, reverse=True))
        self._own = re.compile(f"{_OWN}|(?P<literal>{known})")

    def cut(self) -> Pattern:
        """The pattern."""
        self._slots.at("id", self._story.life.case_id)
        self._slots.at("id", self._story.contact_id)
        lines = [self._line(table, row) for table in self._tables for row in self._story.rows[table]]
        return Pattern(self._story, self._slots, tuple(lines))

    def _line(self, table: str, row: Row) -> Line:
        constants, cells = [], []
        for column, (name, value) in enumerate(row.items()):
            cell = self._cell(table, row, name, value, column)
            constants.append(value if cell is None else None)
            if cell is not None:
                cells.append(cell)
        key = self._slots.at("id", row["id"]) if isinstance(row.get("id"), str) else -1
        return Line(table, tuple(constants), tuple(cells), key)

    def _cell(self, table: str, row: Row, name: str, value: Any, column: int) -> Cell | None:
        if table == "inbox_raw" and name == "wrapped_key":
            return Cell(column, "wrapped")
        if table == "case_event" and name == "hash":
            return Cell(column, "hash")
        if table == "case" and name == "head":
            return Cell(column, "head")
        if isinstance(value, Opened):
            how = {"vault": "vault", "inbox_raw": "raw"}.get(table, "blob")
            return Cell(column, how, *self._template(value.text))
        if isinstance(value, bytes):
            return Cell(column, "bytes", *self._template(value.decode()))
        if not isinstance(value, str) or not value:
            return None
        return self._word(table, row, name, value, column)

    def _word(self, table: str, row: Row, name: str, value: str, column: int) -> Cell | None:
        blind = _BLINDS.get((table, name))
        if (table, name) == ("identity", "address_blind"):
            blind = "mailbox" if row["kind"] == "email" else "address"
        if (table, name) == ("report", "pin_hash"):
            scheme, _, digest = value.partition("$")
            return Cell(column, "text", f"{scheme}$%s", (self._slots.at("any", digest),))
        if blind:
            return Cell(column, "text", "%s", (self._slots.at(blind, value),))
        if (table, name) == ("vault", "subject_id"):
            return Cell(column, "text", "%s", (self._slots.at("subject", value),))
        text, places = self._template(value)
        return Cell(column, "text", text, places) if places else None

    def _template(self, text: str) -> tuple[str, tuple[int, ...]]:
        places: list[int] = []

        def cut(match: re.Match[str]) -> str:
            if match["commitment"]:
                own = match["text"]
                places.extend(
                    [self._slots.at("commitment", own), self._slots.at("id", own), self._slots.at("length", own)]
                )
                return '"commitment":"%s","id":"%s","length":%s'
            kind, value = ("id", match["id"]) if match["id"] else ("literal", self._literals[match["literal"]])
            places.append(self._slots.at(kind, value))
            return "%s"

        return self._own.sub(cut, text.replace("%", "%%")), tuple(places)


@dataclass(frozen=True)
class Weekly:
    """A pattern moved by some weeks: constants are final, texts hold slots only. `fills`: per line and cell."""

    pattern: Pattern
    lines: tuple[Line, ...]
    fills: tuple[tuple[tuple[int, str, Filled], ...], ...]
    received: int


def moved(pattern: Pattern, weeks: int) -> Weekly:
    """All of it so many weeks later (or earlier)."""
    by = timedelta(weeks=weeks)
    lines = tuple(_moved_line(pattern, line, by) for line in pattern.lines)
    fills = tuple(tuple((cell.column, cell.how, filler(cell)) for cell in line.cells) for line in lines)
    return Weekly(pattern, lines, fills, pattern.story.received + by // timedelta(microseconds=1))


def _moved_line(pattern: Pattern, line: Line, by: timedelta) -> Line:
    names = list(pattern.story.rows[line.table][0])
    micro = by // timedelta(microseconds=1)
    runs = line.table == "case_milestone" and line.constants[names.index("kind")] == MilestoneKind.RUNS
    constants = tuple(_later(name, value, micro, runs=runs) for name, value in zip(names, line.constants, strict=True))
    cells = tuple(Cell(cell.column, cell.how, move_text(cell.text, by), cell.places) for cell in line.cells)
    return Line(line.table, constants, cells, line.key)


def _later(name: str, value: Any, micro: int, *, runs: bool) -> Any:
    """A constant moved, if it is an instant; the milestone of a limit that runs has seconds for a value."""
    if not isinstance(value, int):
        return value
    if runs and name == "value":
        return value + micro // 10**6
    return value + micro if _INSTANTS.fullmatch(name) else value


def move_text(text: str, by: timedelta) -> str:
    """Every instant and day in a text, later by so much, each in its own spelling."""

    def move(match: re.Match[str]) -> str:
        if instant := match["instant"]:
            later = (datetime.fromisoformat(instant) + by).isoformat()
            return later.replace("+00:00", "Z") if instant.endswith("Z") else later
        if match["day"]:
            return f'"{(date.fromisoformat(match["day"][1:-1]) + by).isoformat()}"'
        day, month, year = map(int, match["said"].split("/"))
        return (date(year, month, day) + by).strftime("%d/%m/%Y")

    return _MOVED.sub(move, text)


def filler(cell: Cell) -> Filled:
    """Fills the slots of one cell from the values of a copy."""
    text, places = cell.text, cell.places
    if not places:
        whole = text.replace("%%", "%")
        return lambda _values: whole
    get = itemgetter(*places)
    return lambda values: text % get(values)
