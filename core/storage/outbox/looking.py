"""What a message was about, which ways were tried, and how many wait: nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, or_, select

from core.storage.tables import outbox


@dataclass(frozen=True)
class Told:
    """What a message is about, and whose it is."""

    case_id: str | None
    subject_id: str


def told(connection: Connection, entry_id: str) -> Told | None:
    """The same, of one entry; None where there is none any more."""
    row = connection.execute(select(outbox.c.case_id, outbox.c.subject_id).where(outbox.c.id == entry_id)).one_or_none()
    return Told(*row) if row is not None else None


def conversation_of(connection: Connection, entry_id: str) -> str | None:
    """Where an entry belongs; None where there is no such entry."""
    return connection.scalar(select(outbox.c.conversation_id).where(outbox.c.id == entry_id))


@dataclass(frozen=True)
class Caused:
    """What a message to a reporter was written for: a notice of the pack, about a case."""

    case_id: str
    notification: str


def cause_of(
    connection: Connection, *, entry_id: str | None = None, provider_message_id: str | None = None
) -> Caused | None:
    """Why a message was written; None where it was no notice about a case, or is not ours."""
    ours = outbox.c.id == entry_id if entry_id else outbox.c.provider_message_id == provider_message_id
    found = connection.execute(select(outbox.c.case_id, outbox.c.dedupe_key).where(ours)).first()
    if found is None or found.case_id is None:
        return None
    marks = found.dedupe_key.split(f"/{found.case_id}/", 1)[-1].split("/")  # version / notification / report
    return Caused(found.case_id, marks[1]) if len(marks) > 1 else None


def may_be_sending(connection: Connection, *, channel: str, provider_message_ids: Collection[str]) -> bool:
    """
    Whether one of these ids, which we do not know, may be that of a message on its way: it is recorded with the answer.

    What is on its way is looked at first: whatever is recorded in between is known by the second look.
    """
    under_way = select(outbox.c.seq).where(outbox.c.state == "claimed", outbox.c.channel == channel).limit(1)
    if connection.scalar(under_way) is None:
        return False
    known = select(outbox.c.provider_message_id).where(outbox.c.provider_message_id.in_(provider_message_ids))
    return not set(provider_message_ids) <= set(connection.scalars(known))


def is_sending(connection: Connection, conversation_ids: Collection[str], *, written_by: datetime) -> bool:
    """Whether something of these conversations that was written by then is on its way."""
    under_way = outbox.c.conversation_id.in_(conversation_ids), outbox.c.state == "claimed"
    query = select(outbox.c.seq).where(*under_way, outbox.c.created_at <= written_by).limit(1)
    return connection.scalar(query) is not None


def ways_tried(connection: Connection, conversation_id: str, *, root: str) -> list[str]:
    """The ways on which one thing was tried to be told, in order."""
    query = select(outbox.c.way).where(outbox.c.conversation_id == conversation_id, outbox.c.root == root)
    return list(connection.scalars(query.order_by(outbox.c.seq)))


@dataclass(frozen=True)
class OutboxState:
    """Figures for metrics: what waits and since when, what nobody knows the end of, what failed."""

    pending: int
    oldest: datetime | None
    unknown: int
    failed: int


_RESTS = or_(and_(outbox.c.waits, outbox.c.attempts == 0), outbox.c.way.endswith("/voice"))
_WAITS_SINCE = case((_RESTS, outbox.c.next_at), else_=outbox.c.created_at)
"""Since when an entry is late: one that rests in the quiet hours, or between two calls, since that is over."""


def outbox_state(connection: Connection) -> OutboxState:
    """Count by state."""
    pending, oldest = connection.execute(
        select(func.count(), func.min(_WAITS_SINCE)).where(outbox.c.state.in_(("pending", "claimed")))
    ).one()
    ended = select(outbox.c.state, func.count()).where(outbox.c.state.in_(("unknown", "failed")))
    ends = {row[0]: int(row[1]) for row in connection.execute(ended.group_by(outbox.c.state))}
    return OutboxState(pending, oldest, ends.get("unknown", 0), ends.get("failed", 0))


def states_by_channel(connection: Connection) -> dict[str, dict[str, int]]:
    """How many messages of each channel are on their way, or stopped: channel → state → count."""
    open_states = ("pending", "claimed", "unknown", "failed")
    query = select(outbox.c.channel, outbox.c.state, func.count()).where(outbox.c.state.in_(open_states))
    found: dict[str, dict[str, int]] = {}
    for channel, state, count in connection.execute(query.group_by(outbox.c.channel, outbox.c.state)):
        found.setdefault(channel, {})[state] = count
    return found
