"""When a conversation wants to be looked at again: the dialogue's waits, an index of instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, bindparam, delete, func, insert, select

from core.contract.errors import VersionConflict
from core.contract.schema import new_id
from core.storage.tables import timer
from core.storage.together import after_rows


def _move_timers(connection: Connection, changes: Sequence[tuple[str, str, datetime | None]]) -> None:
    last = {(conversation_id, kind): due_at for conversation_id, kind, due_at in changes}
    gone = delete(timer).where(timer.c.conversation_id == bindparam("owner"), timer.c.kind == bindparam("sort"))
    connection.execute(gone, [{"owner": owner, "sort": kind} for owner, kind in sorted(last)])  # deadlocks
    rows = [
        {"id": new_id(), "conversation_id": owner, "kind": kind, "due_at": due_at}
        for (owner, kind), due_at in last.items()
        if due_at is not None
    ]
    if rows:
        connection.execute(insert(timer), rows)


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
_TAKE = delete(timer).where(timer.c.id == bindparam("timer"))


def take(connection: Connection, timer_id: str) -> None:
    """Remove a timer in the transaction of what it causes. VersionConflict when it was fired or moved already."""
    if connection.execute(_TAKE, {"timer": timer_id}).rowcount != 1:
        raise VersionConflict(f"timer {timer_id} is gone")


def next_due(connection: Connection) -> datetime | None:
    """When the next timer is due."""
    soonest: datetime | None = connection.scalar(_NEXT)
    return soonest
