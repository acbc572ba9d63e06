"""When a conversation wants to be looked at again: the dialogue's waits, an index of instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, delete, func, select

from core.contract.errors import VersionConflict
from core.contract.schema import new_id
from core.storage.database import padded
from core.storage.tables import timer
from core.storage.together import after_rows, insert_rows, locking


def _move_timers(connection: Connection, changes: Sequence[tuple[str, str, datetime | None]]) -> None:
    """Whoever changes them has changed their conversations by then: nobody else is at these rows."""
    last = {(conversation_id, kind): due_at for conversation_id, kind, due_at in changes}
    for sort in sorted({kind for _, kind in last}):
        connection.execute(_STOP, {"sort": sort, "owners": padded([owner for owner, kind in last if kind == sort])})
    rows = [
        {"id": new_id(), "conversation_id": owner, "kind": kind, "due_at": due_at}
        for (owner, kind), due_at in last.items()
        if due_at is not None
    ]
    insert_rows(connection, timer, rows)


_STOP = delete(timer).where(
    timer.c.conversation_id.in_(bindparam("owners", expanding=True)), timer.c.kind == bindparam("sort")
)
TIMERS = after_rows(_move_timers)
"""(conversation id, kind, when) starts or moves a timer; without an instant it stops it, whether it runs or not."""


@dataclass(frozen=True)
class DueTimer:
    """A timer whose instant has come."""

    id: str
    conversation_id: str
    kind: str


def due(connection: Connection, *, now: datetime, most: int = 100) -> list[DueTimer]:
    """Timers to fire, the longest waiting first."""
    return [DueTimer(*row) for row in connection.execute(_DUE, {"now": now, "most": most})]


_DUE = (
    select(*(timer.c[name] for name in DueTimer.__dataclass_fields__))
    .where(timer.c.due_at <= bindparam("now"))
    .order_by(timer.c.due_at)
    .limit(bindparam("most", type_=Integer))
)
_NEXT = select(func.min(timer.c.due_at))
_TAKE = delete(timer).where(timer.c.id.in_(bindparam("timers", expanding=True)))


def take(connection: Connection, timer_ids: Sequence[str]) -> None:
    """Remove timers in the transaction of what they cause. VersionConflict when one was fired or moved already."""
    gone = len(timer_ids) - connection.execute(_TAKE, {"timers": padded(timer_ids)}).rowcount
    if gone:
        raise VersionConflict(f"{gone} of these timers are gone")


TAKEN = locking("timer", take)
"""Ids of timers that fire."""


def next_due(connection: Connection) -> datetime | None:
    """When the next timer is due."""
    soonest: datetime | None = connection.scalar(_NEXT)
    return soonest
