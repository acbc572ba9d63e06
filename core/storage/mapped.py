"""
Where open cases are: clusters for a map, communes for a list, and the cases behind either.

Everything is counted by one index over open cases with a place, so that it costs what is open and not what is kept.
Points are thousandths of a degree, about 110 m: nearer cases cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, column, func, literal_column, select, table, text
from sqlalchemy import case as when

from core.storage.cases import CaseRow
from core.storage.deadlines import STATES, state_of
from core.storage.tables import OPEN, PLACED, case

_PARTS = table("case_agency", column("case_id"), column("agency_id"))


@dataclass(frozen=True)
class Frame:
    """A part of the map, its edges included; thousandths of a degree."""

    south: int
    west: int
    north: int
    east: int


@dataclass(frozen=True)
class Wanted:
    """
    Which open cases; empty fields do not filter.

    Args:
        now, soon: what is late, and what is due before long. `state`: one of `STATES`.
        urgent: tiers that cannot wait; `urgent_only`: no others.
        agencies: only cases in which one of them has a part; None: all.
    """

    now: datetime
    soon: datetime
    urgent: frozenset[str] = frozenset()
    category: str = ""
    state: str = ""
    urgent_only: bool = False
    commune: str = ""
    frame: Frame | None = None
    agencies: frozenset[str] | None = None


@dataclass(frozen=True)
class Cell:
    """Cases near each other. `latitude`, `longitude`: their middle in degrees; `one`: the id of a single one."""

    latitude: float
    longitude: float
    count: int
    overdue: int
    soon: int
    urgent: bool
    one: str


@dataclass(frozen=True)
class Area:
    """The open cases of one commune ("": of none that is known)."""

    commune: str
    count: int
    overdue: int
    soon: int
    urgent: int


def extent(connection: Connection, wanted: Wanted) -> Frame | None:
    """The smallest frame around all of them; None where no point is known."""
    columns = (func.min(case.c.latitude), func.min(case.c.longitude))
    query = select(*columns, func.max(case.c.latitude), func.max(case.c.longitude))
    edges = connection.execute(query.where(*_conditions(connection, wanted), case.c.latitude.is_not(None))).one()
    return None if edges[0] is None else Frame(*edges)


def cells(connection: Connection, wanted: Wanted, *, step: int, most: int) -> list[Cell]:
    """
    The cases with a point in squares of so many thousandths; those that cannot wait by themselves, and first.

    Squares do not move with the frame, so that a cluster stays together while the map is moved.
    """
    row, place = (side // literal_column(str(int(step))) for side in (case.c.latitude, case.c.longitude))
    middle = (func.avg(case.c.latitude), func.avg(case.c.longitude))
    query = (
        select(*middle, *_sums(wanted), _urgent(wanted).label("urgent"), func.min(case.c.id))
        .add_columns(row.label("grid_row"), place.label("grid_column"))
        .where(*_conditions(connection, wanted), case.c.latitude.is_not(None))
        .group_by(text("urgent"), text("grid_row"), text("grid_column"))
        .order_by(text("urgent DESC"), func.count().desc(), func.min(case.c.id))
        .limit(most)
    )
    return [_cell(*found[:7]) for found in connection.execute(query)]


def _cell(north: Any, east: Any, count: int, overdue: int, soon: int, urgent: int, first: str) -> Cell:
    return Cell(
        latitude=float(north) / 1000,
        longitude=float(east) / 1000,
        count=count,
        overdue=overdue,
        soon=soon,
        urgent=bool(urgent),
        one=first if count == 1 else "",
    )


def areas(connection: Connection, wanted: Wanted) -> list[Area]:
    """By commune: those with what cannot wait first, then the latest, then the most."""
    commune, late = func.coalesce(case.c.commune_code, ""), _count_of(_state(wanted) == "overdue")
    urgent = _count_of(_urgent(wanted) == 1)
    query = (
        select(commune, *_sums(wanted), urgent)
        .where(*_conditions(connection, wanted))
        .group_by(commune)
        .order_by(urgent.desc(), late.desc(), func.count().desc(), commune)
    )
    return [Area(*found) for found in connection.execute(query)]


def listed(connection: Connection, wanted: Wanted, *, most: int, skip: int = 0) -> list[CaseRow]:
    """The cases themselves: what cannot wait first, then by due time."""
    due = case.c.next_due_at
    order = (_urgent(wanted).desc(), due.is_(None), due, case.c.id)
    found = select(case.c.id).where(*_conditions(connection, wanted)).order_by(*order).limit(most).offset(skip)
    ids = list(connection.scalars(found))
    columns = (case.c[name] for name in CaseRow.__dataclass_fields__)
    rows = {row.id: CaseRow(*row) for row in connection.execute(select(*columns).where(case.c.id.in_(ids)))}
    return [rows[one] for one in ids]


def named(connection: Connection, ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Code and category of cases, by id."""
    query = select(case.c.id, case.c.code, case.c.category).where(case.c.id.in_(ids))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """The first two in the very words of the index."""
    found: list[Any] = [text(OPEN[connection.dialect.name]), text(f"({PLACED})")]
    if wanted.category:
        found.append(case.c.category == wanted.category)
    if wanted.state in STATES:
        found.append(_state(wanted) == wanted.state)
    if wanted.urgent_only:
        found.append(_urgent(wanted) == 1)
    if wanted.commune:
        found.append(case.c.commune_code == wanted.commune)
    if wanted.frame is not None:
        frame = wanted.frame
        found.append(case.c.latitude.between(frame.south, frame.north))
        found.append(case.c.longitude.between(frame.west, frame.east))
    if wanted.agencies is not None:
        theirs = select(_PARTS.c.case_id).where(_PARTS.c.agency_id.in_(sorted(wanted.agencies)))
        found.append(case.c.id.in_(theirs))
    return found


def _state(wanted: Wanted) -> ColumnElement[str]:
    return state_of(case.c.next_due_at, now=wanted.now, soon=wanted.soon)


def _urgent(wanted: Wanted) -> ColumnElement[int]:
    return when((case.c.urgency.in_(sorted(wanted.urgent)), 1), else_=0)


def _sums(wanted: Wanted) -> tuple[ColumnElement[int], ...]:
    state = _state(wanted)
    return func.count(), _count_of(state == "overdue"), _count_of(state == "soon")


def _count_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(when((condition, 1), else_=0))
