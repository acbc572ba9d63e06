"""
Counts that everybody may read: cases received and finished, by month, category and channel. Nobody is in them.

They are what the statistics of staff say of the same days as of now (`statistics`), read off the cases as they stand:
a year is counted without its milestones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, case, func, select

from core.storage.database import Connection
from core.storage.tables import case as cases
from core.storage.tables import report


@dataclass(frozen=True)
class Count:
    """Of the cases received in a stretch of time: how many there were, and how many are finished by now."""

    received: int = 0
    finished: int = 0


def by_month(connection: Connection, edges: Sequence[datetime]) -> list[Count]:
    """Between each two neighbouring instants (aware, ascending), the earlier one included."""
    return [_count(connection, since, until) for since, until in pairwise(edges)]


def _count(connection: Connection, since: datetime, until: datetime) -> Count:
    finished = func.coalesce(func.sum(case((cases.c.open.is_(False), 1), else_=0)), 0)
    query = select(func.count(), finished).where(_within(since, until))
    received, done = connection.execute(query).one()
    return Count(int(received), int(done))


def by_category(connection: Connection, since: datetime, until: datetime) -> Mapping[str, Count]:
    """Category id → counts; the empty id: not yet chosen."""
    finished = func.sum(case((cases.c.open.is_(False), 1), else_=0))
    query = select(cases.c.category, func.count(), finished).where(_within(since, until)).group_by(cases.c.category)
    return {name: Count(int(received), int(done)) for name, received, done in connection.execute(query)}


def by_channel(connection: Connection, since: datetime, until: datetime) -> Mapping[str, int]:
    """Channel → cases whose first report came by it."""
    first = cases.join(report, report.c.code == cases.c.code)
    query = select(report.c.channel, func.count()).select_from(first).where(_within(since, until))
    query = query.group_by(report.c.channel)
    return {channel: int(count) for channel, count in connection.execute(query)}


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(cases.c.received_at >= since, cases.c.received_at < until)
