"""What waits for other systems, what they took, and what they did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from core.storage.outbox import LANES
from core.storage.tables import outbox

_WAITS = case((outbox.c.state.in_(("pending", "claimed")), 1), else_=0)
_FAILED = case((outbox.c.state == "failed", 1), else_=0)


@dataclass(frozen=True)
class Lane:
    """
    How one link stands: `waiting` since `since`, `failed` for a person to look at, last taken at `taken_at`.

    `reason`: why the newest of these that was tried did not go.
    """

    waiting: int
    failed: int
    since: datetime | None
    taken_at: datetime | None
    reason: str = ""


EMPTY = Lane(0, 0, None, None)
"""Of a link that was never told anything."""


@dataclass(frozen=True)
class ToldLine:
    """One piece of news on its way: `reason` of the last failure, `tries` so far."""

    id: str
    channel: str
    state: str
    tries: int
    reason: str
    next_at: datetime
    created_at: datetime
    sent_at: datetime | None


def lanes(connection: Connection) -> dict[str, Lane]:
    """All of them, by channel."""
    since = func.min(case((_WAITS == 1, outbox.c.created_at)))
    query = select(outbox.c.channel, func.sum(_WAITS), func.sum(_FAILED), since, func.max(outbox.c.sent_at))
    ours = query.where(outbox.c.channel >= LANES, outbox.c.channel < LANES[:-1] + "0").group_by(outbox.c.channel)
    why = partial(_reason, connection)
    return {row[0]: Lane(int(row[1]), int(row[2]), row[3], row[4], why(row[0])) for row in connection.execute(ours)}


def _reason(connection: Connection, channel: str) -> str:
    stopped = outbox.c.state.in_(("pending", "claimed", "failed")) & (outbox.c.reason != "")
    query = select(outbox.c.reason).where(outbox.c.channel == channel, stopped)
    return connection.scalar(query.order_by(outbox.c.next_at.desc(), outbox.c.seq.desc()).limit(1)) or ""


def failed(connection: Connection, channel: str, *, most: int = 50) -> list[ToldLine]:
    """What a link did not take in three days, the newest first."""
    query = _lines().where(outbox.c.state == "failed", outbox.c.channel == channel)
    return [ToldLine(*row) for row in connection.execute(query.limit(most))]


def told_of(connection: Connection, case_id: str) -> list[ToldLine]:
    """What links were told of one case, the newest first."""
    query = _lines().where(outbox.c.case_id == case_id, outbox.c.channel.startswith(LANES))
    return [ToldLine(*row) for row in connection.execute(query.limit(50))]


def _lines() -> Select[Any]:
    names = ("id", "channel", "state", "attempts", "reason", "next_at", "created_at", "sent_at")
    return select(*(outbox.c[name] for name in names)).order_by(outbox.c.seq.desc())
