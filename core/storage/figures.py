"""
What an operator watches in the tables, read in one go.

Each question is answered by an index over the few open rows, or by its first entry; none counts the archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal, select

from core.storage import calls, data_requests, diverted, fetches, inbox_queue, outbox, staff_notices, upkeep
from core.storage.fetches import FetchState
from core.storage.inbox_queue import InboxState
from core.storage.outbox import OutboxState
from core.storage.tables import case_clock, chain_root, timer

_MOST_COUNTED = 10_000
_LATELY = timedelta(days=1)


@dataclass(frozen=True)
class TableFigures:
    """
    As of one moment. `oldest_clock`, `oldest_timer`: the earliest instants at which something is or was due.

    `clocks_due`: how many wait to fire, counted up to ten thousand. `root_day`: of the newest daily root (ISO).
    `staff_unreached`: notices to staff of the last day that went nowhere, counted up to a thousand.
    `calls_owed`: callers who wait for a call; `calls_late`: of them those who should have had it.
    `data_requests_late`: what people ask about their data and should have been answered, or done, by now.
    `oldest_diverted`: since when the desk has diverted a case of which something is left.
    """

    inbox: InboxState
    outbox: OutboxState
    files: FetchState
    oldest_clock: datetime | None
    oldest_timer: datetime | None
    clocks_due: int
    root_day: str | None
    staff_unreached: int
    oldest_diverted: datetime | None
    calls_owed: int
    calls_late: int
    data_requests_late: int
    upkeep: Mapping[str, Mapping[str, Any]]


def answers(connection: Connection) -> bool:
    """Whether there is a database: the least that can be asked."""
    return connection.scalar(select(literal(1))) == 1


def table_figures(connection: Connection, *, now: datetime) -> TableFigures:
    """All of them."""
    due = select(literal(1)).where(case_clock.c.fire_at <= now).limit(_MOST_COUNTED).subquery()
    return TableFigures(
        inbox=inbox_queue.inbox_state(connection),
        outbox=outbox.outbox_state(connection),
        files=fetches.fetch_state(connection),
        oldest_clock=connection.scalar(select(func.min(case_clock.c.fire_at))),
        oldest_timer=connection.scalar(select(func.min(timer.c.due_at))),
        clocks_due=connection.scalar(select(func.count()).select_from(due)) or 0,
        root_day=connection.scalar(select(func.max(chain_root.c.day))),
        staff_unreached=staff_notices.unreached(connection, since=now - _LATELY),
        oldest_diverted=diverted.oldest(connection),
        calls_owed=calls.count_owed(connection),
        calls_late=calls.count_owed(connection, before=now),
        data_requests_late=data_requests.late(connection, now=now),
        upkeep=upkeep.noted(connection),
    )
