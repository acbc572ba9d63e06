"""
What must still be told to somebody: written in the transaction that caused it, sent afterwards.

pending → claimed → sent | failed, or back to pending for another try. The row of an owner who died between claiming
and telling us is `unknown`: it may have gone out, so it is never sent again blindly. Messages of one conversation
leave in the order they were written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, null, select, update
from sqlalchemy.orm import aliased

from core.contract.errors import VersionConflict
from core.storage.tables import outbox
from core.storage.together import rows_into

_CLAIM = timedelta(seconds=15)
_LONGEST = _CLAIM + timedelta(minutes=1)  # and how far the clocks of two machines may differ
# Of a last word nothing stays once it was sent, or once nobody can know whether it was (VN-1, VN-2).
_KEPT_PAYLOAD = case((outbox.c.forget, null()), else_=outbox.c.payload_sealed)


@dataclass(frozen=True)
class NewEntry:
    """
    One message to send. `dedupe_key` names the cause, so that the same notice is never written twice.

    `forget`: the last word to somebody of whom nothing may stay; its key is destroyed once it is sent (VN-1, VN-2).
    """

    id: str
    dedupe_key: str
    conversation_id: str
    case_id: str | None
    channel: str
    subject_id: str
    payload_sealed: bytes
    next_at: datetime
    created_at: datetime
    forget: bool = False


@dataclass(frozen=True)
class ClaimedEntry:
    """A message this worker alone may send now."""

    id: str
    conversation_id: str
    case_id: str | None
    channel: str
    subject_id: str
    payload_sealed: bytes | None
    attempts: int
    forget: bool


ENTRIES = rows_into(outbox, repeated=True)
"""Messages to send; one whose cause was written before is left alone."""


def claim(
    connection: Connection, *, owner: str, now: datetime, most: int = 20, seconds: float = _CLAIM.total_seconds()
) -> list[ClaimedEntry]:
    """Take due entries, at most one per conversation and none behind an unsent earlier one."""
    earlier = aliased(outbox)
    blocked = (
        select(earlier.c.id)
        .where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            earlier.c.seq < outbox.c.seq,
            earlier.c.state.in_(("pending", "claimed")),
        )
        .exists()
    )
    due = (
        select(outbox.c.id)
        .where(outbox.c.state == "pending", outbox.c.next_at <= now, ~blocked)
        .order_by(outbox.c.next_at, outbox.c.seq)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.scalars(due))
    taken = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state == "pending")
        .values(
            state="claimed",
            owner=owner,
            claimed_until=now + timedelta(seconds=seconds),
            attempts=outbox.c.attempts + 1,
        )
        .returning(*(outbox.c[name] for name in ClaimedEntry.__dataclass_fields__))
    )
    return [ClaimedEntry(**row._mapping) for row in connection.execute(taken)]


def next_send(connection: Connection) -> datetime | None:
    """When the next waiting entry is due."""
    soonest: datetime | None = connection.scalar(select(func.min(outbox.c.next_at)).where(outbox.c.state == "pending"))
    return soonest


@dataclass(frozen=True)
class Outcome:
    """What came of sending: sent, failed, unknown, or pending again from `next_at`."""

    state: str
    provider_message_id: str | None = None
    reason: str = ""
    next_at: datetime | None = None


def settle(connection: Connection, entry_id: str, outcome: Outcome, *, owner: str, now: datetime) -> None:
    """Record the outcome of a claimed entry. VersionConflict when the claim was lost."""
    values: dict[str, object] = {"state": outcome.state, "owner": None, "claimed_until": None}
    values["reason"] = outcome.reason[:300]
    if outcome.state == "sent":
        values |= {"sent_at": now, "provider_message_id": outcome.provider_message_id}
    if outcome.state != "pending":
        values["payload_sealed"] = _KEPT_PAYLOAD
    if outcome.next_at is not None:
        values["next_at"] = outcome.next_at
    ours = update(outbox).where(outbox.c.id == entry_id, outbox.c.state == "claimed", outbox.c.owner == owner)
    if connection.execute(ours.values(**values)).rowcount != 1:
        raise VersionConflict(f"outbox entry {entry_id} is no longer ours")


def renew(
    connection: Connection,
    entries: Collection[str],
    *,
    owner: str,
    now: datetime,
    seconds: float = _CLAIM.total_seconds(),
) -> None:
    """
    The owner lives and is still sending these.

    Others that it claimed are let go: what came of them could not be recorded, and they are to become `unknown`.
    """
    ours = update(outbox).where(outbox.c.id.in_(entries), outbox.c.state == "claimed", outbox.c.owner == owner)
    connection.execute(ours.values(claimed_until=now + timedelta(seconds=seconds)))


def mark_unknown(connection: Connection, *, now: datetime) -> list[str]:
    """
    Entries whose owner died while sending become `unknown`, for a person or a receipt to settle.

    A claim that ends later than any of now can was taken before the clock was set back: it gets the usual time from
    now, which a living owner renews.
    """
    unheard_of = and_(outbox.c.state == "claimed", outbox.c.claimed_until > now + _LONGEST)
    connection.execute(update(outbox).where(unheard_of).values(claimed_until=now + _CLAIM))
    return _orphan(connection, outbox.c.claimed_until < now)


def mark_all_unknown(connection: Connection) -> list[str]:
    """On the start of the only process: whoever claimed an entry is dead."""
    return _orphan(connection)


def _orphan(connection: Connection, *conditions: ColumnElement[bool]) -> list[str]:
    dead = update(outbox).where(outbox.c.state == "claimed", *conditions)
    unknown = dead.values(state="unknown", owner=None, reason="owner died while sending", payload_sealed=_KEPT_PAYLOAD)
    return list(connection.scalars(unknown.returning(outbox.c.id)))


def note_receipt(
    connection: Connection, provider_message_id: str, *, outcome: str, reason: str = "", permanent: bool = False
) -> str | None:
    """
    Attach a provider's receipt; an entry we thought unknown turns out sent. Returns its id, None when not ours.

    One that came back for good (`permanent`) is `failed` from then on, so that staff see it.
    """
    found = connection.execute(
        select(outbox.c.id, outbox.c.state).where(outbox.c.provider_message_id == provider_message_id)
    ).first()
    if found is None:
        return None
    state = "sent" if found.state == "unknown" and outcome != "failed" else found.state
    state = "failed" if outcome == "failed" and permanent else state
    connection.execute(
        update(outbox).where(outbox.c.id == found.id).values(outcome=outcome, reason=reason[:300], state=state)
    )
    return str(found.id)


def resend(connection: Connection, entry_id: str, *, now: datetime) -> bool:
    """A person decides that a failed or unknown entry is tried again."""
    change = update(outbox).where(outbox.c.id == entry_id, outbox.c.state.in_(("failed", "unknown")))
    return connection.execute(change.values(state="pending", next_at=now, attempts=0, reason="")).rowcount == 1


@dataclass(frozen=True)
class OutboxState:
    """Figures for metrics: what waits and since when, what nobody knows the end of, what failed."""

    pending: int
    oldest: datetime | None
    unknown: int
    failed: int


def outbox_state(connection: Connection) -> OutboxState:
    """Count by state."""
    pending, oldest = connection.execute(
        select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.state.in_(("pending", "claimed")))
    ).one()
    ended = select(outbox.c.state, func.count()).where(outbox.c.state.in_(("unknown", "failed")))
    ends = {row[0]: int(row[1]) for row in connection.execute(ended.group_by(outbox.c.state))}
    return OutboxState(pending, oldest, ends.get("unknown", 0), ends.get("failed", 0))
