"""Which entries are due, and who sends them: one process takes each, in the order of its conversation."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Integer, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from core.contract.errors import NOT_LET_IN
from core.storage.database import padded
from core.storage.outbox.rows import ALL, CLAIM, CLAIMED_AT_ONCE, IS_LANE, ClaimedEntry, Share
from core.storage.tables import outbox

_earlier = aliased(outbox)
_blocked = (
    select(_earlier.c.id)
    .where(
        _earlier.c.conversation_id == outbox.c.conversation_id,
        _earlier.c.channel == outbox.c.channel,
        _earlier.c.seq < outbox.c.seq,
        (_earlier.c.state + "").in_(("pending", "claimed")),  # not by the index over states: it would read all waiting
        or_(_earlier.c.attempts > 0, _earlier.c.next_at <= bindparam("now")),
    )
    .limit(1)  # asked row by row, in the order of the index: an anti-join would read all that waits
    .scalar_subquery()
)
_DUE = (
    select(outbox.c.id)
    .where(outbox.c.state == "pending", outbox.c.next_at <= bindparam("now"), _blocked.is_(None))
    .order_by(outbox.c.next_at, outbox.c.seq)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_DUE_HERE = _DUE.where(outbox.c.channel == bindparam("channel"))
_DUE_ANYWHERE = _DUE.where(~IS_LANE)
_DUE_ELSEWHERE = _DUE_ANYWHERE.where(outbox.c.channel.not_in(bindparam("but", expanding=True)))
_TAKE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("due", expanding=True)))
    .values(state="claimed", attempts=outbox.c.attempts + 1)
    .returning(*(outbox.c[name] for name in ClaimedEntry.__dataclass_fields__))
)


def claim(
    connection: Connection,
    *,
    owner: str,
    now: datetime,
    most: int = CLAIMED_AT_ONCE,
    seconds: float = CLAIM.total_seconds(),
    share: Share = ALL,
) -> list[ClaimedEntry]:
    """
    Take due entries, at most one per conversation and channel and none behind an unsent earlier one.

    One that was never tried and waits for its hour (VN-6) holds nobody up: an answer in between goes out at once.
    """
    due = _due_of(connection, share, {"now": now, "most": most})
    if not due:
        return []
    until = now + timedelta(seconds=seconds)
    taken = connection.execute(_TAKE, {"due": padded(due), "owner": owner, "claimed_until": until})
    return [ClaimedEntry(**row._mapping) for row in taken]


def _due_of(connection: Connection, share: Share, asked: dict[str, object]) -> list[str]:
    if share.channel:
        return list(connection.scalars(_DUE_HERE, {**asked, "channel": share.channel}))
    if share.but:
        return list(connection.scalars(_DUE_ELSEWHERE, {**asked, "but": list(share.but)}))
    return list(connection.scalars(_DUE_ANYWHERE, asked))


_HERE = outbox.c.channel == bindparam("channel")
_SOME = select(outbox.c.seq).where(outbox.c.state == "pending", _HERE, outbox.c.next_at <= bindparam("now"))
_COUNT_DUE = select(func.count()).select_from(_SOME.limit(bindparam("most", type_=Integer)).subquery())
_NEXT_SEND = select(func.min(outbox.c.next_at)).where(outbox.c.state == "pending")
_NEXT_SEND_HERE = _NEXT_SEND.where(_HERE)


def count_due(connection: Connection, *, channel: str, now: datetime, most: int) -> int:
    """How many waiting entries of a channel are due, counted up to `most`; some may wait behind others."""
    return connection.scalar(_COUNT_DUE, {"channel": channel, "now": now, "most": most}) or 0


def hasten(connection: Connection, *, channel: str, now: datetime) -> int:
    """Whoever is behind this channel is back: what waits for another try is due now. Returns how many waited."""
    return _hasten(connection, outbox.c.channel == channel, now)


def hasten_let_in(connection: Connection, *, channel: str = "", now: datetime) -> int:
    """A person has helped, or may have: what waits for being let in by this provider, or any, is due now."""
    waits = outbox.c.reason.in_(NOT_LET_IN)
    return _hasten(connection, and_(outbox.c.channel == channel, waits) if channel else waits, now)


def _hasten(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    waiting = update(outbox).where(outbox.c.state == "pending", which, outbox.c.next_at > now)
    return connection.execute(waiting.values(next_at=now)).rowcount


def next_send(connection: Connection, *, channel: str = "") -> datetime | None:
    """When the next waiting entry is due, of one channel or of any."""
    query = _NEXT_SEND_HERE if channel else _NEXT_SEND
    soonest: datetime | None = connection.scalar(query, {"channel": channel} if channel else {})
    return soonest
