"""Which clocks of cases want to be looked at: an index of instants, flat however many cases there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, func, select

from core.storage.tables import case_clock


@dataclass(frozen=True)
class DueClock:
    """A clock whose next look is due."""

    case_id: str
    clock_id: str
    fire_at: datetime


def due(connection: Connection, *, now: datetime, most: int = 100) -> list[DueClock]:
    """Clocks to fire, the longest waiting first."""
    return [DueClock(*row) for row in connection.execute(_DUE_CLOCKS, {"now": now, "most": most})]


_DUE_CLOCKS = (
    select(*(case_clock.c[name] for name in DueClock.__dataclass_fields__))
    .where(case_clock.c.fire_at <= bindparam("now"))
    .order_by(case_clock.c.fire_at)
    .limit(bindparam("most", type_=Integer))
)
_OLDEST_DUE = select(func.min(case_clock.c.fire_at))


def oldest(connection: Connection) -> datetime | None:
    """The earliest instant at which some clock wants to be looked at."""
    oldest: datetime | None = connection.scalar(_OLDEST_DUE)
    return oldest
