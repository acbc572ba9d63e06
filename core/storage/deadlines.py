"""Open work by agency and step: how much of it is late, soon due, in time, or has no limit by the regulation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy import case as when

from core.storage.tables import case, case_task

STATES = ("overdue", "soon", "ok", "unset")
SOON = timedelta(hours=4)
"""Less time left than this is `soon`; pages and maps say so in words ("còn dưới 4 giờ")."""


@dataclass(frozen=True)
class Step:
    """The open work of one role at one agency ("": the centre) in one stage; counts by state, `oldest` due time."""

    agency: str
    role: str
    stage: str
    overdue: int
    soon: int
    ok: int
    unset: int
    oldest: datetime | None

    @property
    def total(self) -> int:
        """All of it."""
        return self.overdue + self.soon + self.ok + self.unset


@dataclass(frozen=True)
class Waiting:
    """One piece of open work."""

    case_id: str
    code: str
    category: str
    due_at: datetime | None


def board(connection: Connection, *, now: datetime, soon: datetime, agencies: Collection[str] | None) -> list[Step]:
    """Every step with open work; `agencies`: only theirs, None: everybody's and the centre's."""
    work = case_task
    state = state_of(work.c.due_at, now=now, soon=soon)
    counts = [func.sum(when((state == name, 1), else_=0)).label(name) for name in STATES]
    query = (
        select(work.c.agency_id, work.c.role, work.c.stage, *counts, func.min(work.c.due_at))
        .group_by(work.c.agency_id, work.c.role, work.c.stage)
        .order_by(work.c.agency_id, work.c.role, work.c.stage)
    )
    if agencies is not None:
        query = query.where(work.c.agency_id.in_(agencies))
    return [Step(*tuple(row)) for row in connection.execute(query)]


def waiting(
    connection: Connection,
    *,
    agency: str,
    stage: str,
    state: str,
    now: datetime,
    soon: datetime,
    most: int,
) -> list[Waiting]:
    """The pieces of work behind one number of the board, the nearest due time first."""
    work = case_task
    query = (
        select(case.c.id, case.c.code, case.c.category, work.c.due_at)
        .join(case, case.c.id == work.c.case_id)
        .where(work.c.agency_id == agency, work.c.stage == stage)
        .order_by(work.c.due_at.is_(None), work.c.due_at, case.c.id)
        .limit(most)
    )
    if state in STATES:
        query = query.where(state_of(work.c.due_at, now=now, soon=soon) == state)
    return [Waiting(*row) for row in connection.execute(query)]


def state_of(due: ColumnElement[datetime | None], *, now: datetime, soon: datetime) -> ColumnElement[str]:
    """How something stands that is due then: one of `STATES`."""
    return when((due.is_(None), "unset"), (due < now, "overdue"), (due < soon, "soon"), else_="ok")
