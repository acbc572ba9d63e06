"""
Figures of a period: facts of counted cases (`counted`), added up, and the cases behind each sum by the same query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Subquery, exists, func, select, union_all

from core.storage.counted import KINDS, Period, facts
from core.storage.tables import case
from core.storage.tables import case_event as event

__all__ = ["Asked", "Behind", "Fact", "Numbers", "Period", "behind", "flows", "how_many", "numbers", "still", "written"]


class Fact(NamedTuple):
    """What is said alike of several cases; the meaning of each field by kind: `counted.facts`."""

    kind: str
    name: str
    agency: str
    fresh: bool
    open: bool
    late: bool


Numbers = Counter[Fact]
"""How often each fact holds. Those of two disjoint sets of cases add up."""


@dataclass(frozen=True)
class Asked:
    """Which facts a figure counts; None: whatever it is."""

    kind: str
    name: str | None = None
    agency: str | None = None
    fresh: bool | None = None
    open: bool | None = None
    late: bool | None = None

    @property
    def fixed(self) -> Mapping[str, str | bool]:
        """What is asked for, field by field."""
        return {name: value for name, value in self.__dict__.items() if value is not None}

    def takes(self, fact: Fact) -> bool:
        """Whether this fact is among what is asked for."""
        return (
            self.kind == fact.kind
            and self.name in (None, fact.name)
            and self.agency in (None, fact.agency)
            and self.fresh in (None, fact.fresh)
            and self.open in (None, fact.open)
            and self.late in (None, fact.late)
        )

    def of(self, counted: Mapping[Fact, int]) -> int:
        """How many there are."""
        return sum(number for fact, number in counted.items() if self.takes(fact))


@dataclass(frozen=True)
class Behind:
    """One fact of one case. `at`: when it happened, or a running limit ends; `subject`: the clock of a limit."""

    fact: Fact
    case_id: str
    code: str
    category: str
    received_at: datetime
    subject: str
    at: datetime | None


def numbers(connection: Connection, period: Period, *, only: Collection[str] | None = None) -> Numbers:
    """Every figure of a period at once; `only`: as far as these cases go."""
    found = union_all(*facts(period, only=only)).subquery("fact")
    columns = [found.c[name] for name in Fact._fields]
    rows = connection.execute(select(*columns, func.count()).group_by(*columns))
    return Counter({_fact(row): row[-1] for row in rows})


def behind(
    connection: Connection, period: Period, asked: Asked | None = None, *, most: int | None = None, skip: int = 0
) -> list[Behind]:
    """The cases behind a figure, the newest first; as many rows as the figure says. None: those behind all of them."""
    found = _found(period, asked)
    ordered = _rows(found, asked).order_by(case.c.received_at.desc(), case.c.id, *_sorts(found)).limit(most)
    return [Behind(_fact(row), *row[len(Fact._fields) :]) for row in connection.execute(ordered.offset(skip))]


def still(connection: Connection, period: Period, *, since: datetime, most: int) -> list[Behind]:
    """Open cases to which nothing has happened since then, the oldest first: those that are stuck (TG-12.4)."""
    found = _found(period, Asked("case", open=True))
    moved = exists().where(event.c.case_id == case.c.id, event.c.at >= since, event.c.at < period.until)
    query = _rows(found, Asked("case", open=True)).where(~moved, case.c.received_at < since)
    ordered = query.order_by(case.c.received_at, case.c.id).limit(most)
    return [Behind(_fact(row), *row[len(Fact._fields) :]) for row in connection.execute(ordered)]


def flows(connection: Connection, stretches: Sequence[tuple[datetime, datetime]]) -> list[tuple[int, int]]:
    """From each instant to before the other (aware): cases that came, and cases that ended."""
    return [
        (
            _between(connection, case.c.received_at, since, until),
            _between(connection, case.c.closed_at, since, until),
        )
        for since, until in stretches
    ]


def _between(connection: Connection, column: ColumnElement[datetime], since: datetime, until: datetime) -> int:
    query = select(func.count(column)).where(column >= since, column < until)
    return int(connection.scalar(query) or 0)


def how_many(connection: Connection, period: Period, asked: Asked) -> int:
    """The figure itself, counted anew."""
    return int(connection.scalar(select(func.count()).select_from(_rows(_found(period, asked), asked).subquery())) or 0)


def written(connection: Connection, period: Period, asked: Asked) -> str:
    """The query behind a figure as SQL, with the values it is asked with: to be read, not to be run again from text."""
    query = _rows(_found(period, asked), asked)
    return str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))


def _found(period: Period, asked: Asked | None) -> Subquery:
    return union_all(*facts(period, (asked.kind,) if asked else KINDS)).subquery("fact")


def _rows(found: Subquery, asked: Asked | None) -> Select[Any]:
    columns = [found.c[name] for name in Fact._fields]
    query = select(*columns, case.c.id, case.c.code, case.c.category, case.c.received_at, found.c.subject, found.c.at)
    joined = query.select_from(found.join(case, case.c.id == found.c.case_id))
    return joined.where(*(found.c[name] == value for name, value in _bound(asked)))


def _bound(asked: Asked | None) -> list[tuple[str, str | int]]:
    """As columns hold it: truth is a number there."""
    fixed = asked.fixed if asked else {}
    return [(name, int(value) if isinstance(value, bool) else value) for name, value in fixed.items()]


def _sorts(found: Subquery) -> list[Any]:
    return [found.c.kind, found.c.name, found.c.agency, found.c.subject, found.c.at]


def _fact(row: Any) -> Fact:
    return Fact(row[0], row[1], row[2], bool(row[3]), bool(row[4]), bool(row[5]))
