"""
Figures of a period, as of a moment, counted in SQL over the milestones of cases.

Counted are the cases that were received in the period (fresh), and those of before that were still open when it began
(carried). How each stands is what its newest milestones before `until` say, so the figures of a past moment never
change. Where the present row of a case is looked at, it only saves work: no case is left out for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Select, and_, func, literal, or_, select, text
from sqlalchemy import case as when

from core.storage.tables import SAID, case, case_milestone
from core.storage.types import to_microseconds

_SECOND = 1_000_000
LIMITS = ("runs", "rests", "ended")


@dataclass(frozen=True)
class Period:
    """From `first` to before `end`, as it looked just before `until`."""

    first: datetime
    end: datetime
    until: datetime


@dataclass(frozen=True)
class Standing:
    """How many counted cases stand alike. `late`: a limit of theirs was missed, or runs on after its end."""

    fresh: bool
    stage: str
    open: bool
    late: bool
    count: int


@dataclass(frozen=True)
class Share:
    """How many counted cases an agency has a part in, that stand alike. `late`: a limit of its own was missed."""

    agency: str
    open: bool
    late: bool
    count: int


@dataclass(frozen=True)
class Limit:
    """How one time limit stands: ended in time or late, or running within it, or beyond. `agency`, "": the centre."""

    name: str
    agency: str
    ended: bool
    late: bool
    count: int


@dataclass(frozen=True)
class Tally:
    """How many of one name."""

    name: str
    count: int
    agency: str = ""


def standings(connection: Connection, period: Period) -> list[Standing]:
    """Every counted case, once."""
    counted = _counted(period)
    stage, late = _newest(counted, period, ("stage",)), _late(counted, period)
    is_late = func.coalesce(late.c.late, 0)
    query = (
        select(counted.c.fresh, stage.c.name, stage.c.value, is_late, func.count())
        .select_from(counted.join(stage, stage.c.case_id == counted.c.id))
        .outerjoin(late, late.c.case_id == counted.c.id)
        .where(stage.c.turn == 1)
        .group_by(counted.c.fresh, stage.c.name, stage.c.value, is_late)
    )
    return [Standing(bool(row[0]), row[1], bool(row[2]), bool(row[3]), row[4]) for row in connection.execute(query)]


def shares(connection: Connection, period: Period) -> list[Share]:
    """Every agency with a part in a counted case, once for each such case."""
    counted = _counted(period)
    part, late = _newest(counted, period, ("part",)), _late(counted, period, by_agency=True)
    parts = (
        select(part.c.case_id, part.c.agency, func.max(part.c.value).label("open"))
        .where(part.c.turn == 1)
        .group_by(part.c.case_id, part.c.agency)
        .cte("parts")
    )
    is_late = func.coalesce(late.c.late, 0)
    query = (
        select(parts.c.agency, parts.c.open, is_late, func.count())
        .select_from(parts)
        .outerjoin(late, and_(late.c.case_id == parts.c.case_id, late.c.agency == parts.c.agency))
        .group_by(parts.c.agency, parts.c.open, is_late)
    )
    return [Share(row[0], bool(row[1]), bool(row[2]), row[3]) for row in connection.execute(query)]


def limits(connection: Connection, period: Period) -> list[Limit]:
    """Every time limit of a counted case, as it stood last."""
    newest = _newest(_counted(period), period, LIMITS)
    ended, late = when((newest.c.kind == "ended", 1), else_=0), _is_late(newest, period)
    query = (
        select(newest.c.name, newest.c.agency, ended, late, func.count())
        .where(newest.c.turn == 1)
        .group_by(newest.c.name, newest.c.agency, ended, late)
    )
    return [Limit(row[0], row[1], bool(row[2]), bool(row[3]), row[4]) for row in connection.execute(query)]


def received_by(connection: Connection, period: Period, kind: str) -> list[Tally]:
    """Cases received in the period, by their newest `received` (channel), `category`, `urgency` or `commune`."""
    newest = _newest(_counted(period), period, (kind,))
    query = (
        select(newest.c.name, func.count())
        .where(newest.c.turn == 1, newest.c.fresh == 1)
        .group_by(newest.c.name)
        .order_by(func.count().desc(), newest.c.name)
    )
    return [Tally(*row) for row in connection.execute(query)]


def said(connection: Connection, period: Period, kind: str) -> list[Tally]:
    """What happened within the period, to whatever case: answers (`answered`), verdicts (`rated`), `complained`."""
    made = case_milestone
    query = (
        select(made.c.name, func.count(), made.c.agency)
        .where(text(SAID), made.c.kind == kind, made.c.at >= period.first, made.c.at < min(period.end, period.until))
        .group_by(made.c.name, made.c.agency)
    )
    return [Tally(*row) for row in connection.execute(query)]


def late_cases(connection: Connection, period: Period, *, most: int) -> list[str]:
    """Counted cases that missed a limit, by id: whose lateness is explained (LS-14.4)."""
    late = _late(_counted(period), period)
    query = select(late.c.case_id).where(late.c.late == 1).order_by(late.c.case_id).limit(most)
    return list(connection.scalars(query))


def _counted(period: Period) -> CTE:
    """The cases that count, and whether they are of this period."""
    fresh = select(case.c.id, literal(1).label("fresh")).where(
        case.c.received_at >= period.first, case.c.received_at < min(period.end, period.until)
    )
    stage = case_milestone
    was_open = (
        select(stage.c.value)
        .where(stage.c.case_id == case.c.id, stage.c.kind == "stage", stage.c.at < period.first)
        .order_by(stage.c.version.desc(), stage.c.place.desc())
        .limit(1)
        .scalar_subquery()
    )
    older = case.c.received_at < period.first
    carried = [
        select(case.c.id, literal(0).label("fresh")).where(older, still, was_open == 1)
        for still in (case.c.open, and_(~case.c.open, case.c.closed_at >= period.first))
    ]
    return fresh.union_all(*carried).cte("counted")


def _newest(counted: CTE, period: Period, kinds: Sequence[str]) -> CTE:
    """The milestones of these kinds of the counted cases; of each subject the newest has turn 1."""
    made = case_milestone
    columns = (made.c.case_id, made.c.kind, made.c.name, made.c.agency, made.c.value, counted.c.fresh)
    turn = func.row_number().over(
        partition_by=(made.c.case_id, made.c.subject), order_by=(made.c.version.desc(), made.c.place.desc())
    )
    query: Select[Any] = (
        select(*columns, turn.label("turn"))
        .select_from(counted.join(made, made.c.case_id == counted.c.id))
        .where(made.c.kind.in_(kinds), made.c.at < period.until)
    )
    return query.cte(f"newest_{kinds[0]}")


def _late(counted: CTE, period: Period, *, by_agency: bool = False) -> CTE:
    """Per case (and agency): 1 where a limit was missed, 0 where there are limits and none was."""
    newest = _newest(counted, period, LIMITS)
    keys = (newest.c.case_id, newest.c.agency) if by_agency else (newest.c.case_id,)
    late = func.max(_is_late(newest, period)).label("late")
    return select(*keys, late).where(newest.c.turn == 1).group_by(*keys).cte("late")


def _is_late(newest: CTE, period: Period) -> ColumnElement[int]:
    """Ended late, missed before it was paused, or running and beyond its end."""
    now = to_microseconds(period.until) // _SECOND
    missed = or_(and_(newest.c.kind != "runs", newest.c.value > 0), and_(newest.c.kind == "runs", newest.c.value < now))
    return when((missed, 1), else_=0)
