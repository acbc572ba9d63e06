"""
What waits in the inbox, taken one conversation at a time.

Order is kept inside a conversation because a conversation is leased whole; different conversations run side by side.
A lease that runs out (dead worker) is free again; two workers on one conversation cannot both finish an item, because
finishing checks that it is still new, in the transaction that stores what came of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, or_, select, update

from core.contract.errors import NotFound, VersionConflict
from core.storage.database import insert_or_ignore
from core.storage.tables import inbox_item, inbox_lease, inbox_raw
from core.storage.together import after_rows

_CANDIDATES = 16
_LONGEST = timedelta(seconds=15) + timedelta(minutes=1)  # a lease, and how far the clocks of two machines may differ


@dataclass(frozen=True)
class WaitingItem:
    """One item with its sealed raw body, as the worker takes it up."""

    id: int
    raw_id: str
    channel: str
    account: str
    dedupe_key: str
    conversation_key: str
    part: str
    provider_time: datetime
    received_at: datetime
    attempts: int
    body_sealed: bytes | None
    wrapped_key: bytes | None


def waiting_conversations(
    connection: Connection, *, now: datetime, busy: Collection[str] = (), most: int = _CANDIDATES
) -> list[str]:
    """Conversation keys with new items and no living lease, the longest waiting first."""
    leased = select(inbox_lease.c.conversation_key).where(_lives(now))
    query = (
        select(inbox_item.c.conversation_key)
        .where(inbox_item.c.state == "new", inbox_item.c.conversation_key.not_in(leased))
        .order_by(inbox_item.c.id)
        .limit(most * 4 + len(busy))
    )
    found = dict.fromkeys(key for key in connection.scalars(query) if key not in busy)
    return list(found)[:most]


def _lives(now: datetime) -> ColumnElement[bool]:
    """A lease that ends later than any of now can was taken before the clock was set back: it is none."""
    return and_(inbox_lease.c.until > now, inbox_lease.c.until <= now + _LONGEST)


def lease(connection: Connection, key: str, *, owner: str, now: datetime, seconds: float = 15) -> bool:
    """Take a conversation for `owner`; False when another living worker has it."""
    until = now + timedelta(seconds=seconds)
    fresh = connection.execute(
        insert_or_ignore(connection, inbox_lease).values(conversation_key=key, owner=owner, until=until)
    )
    if fresh.rowcount:
        return True
    taken_over = connection.execute(
        update(inbox_lease)
        .where(
            inbox_lease.c.conversation_key == key,
            or_(~_lives(now), inbox_lease.c.owner == owner),
        )
        .values(owner=owner, until=until)
    )
    return bool(taken_over.rowcount)


def renew(connection: Connection, *, owner: str, now: datetime, seconds: float = 15) -> None:
    """The owner lives and still works on what it leased."""
    ours = inbox_lease.update().where(inbox_lease.c.owner == owner)
    connection.execute(ours.values(until=now + timedelta(seconds=seconds)))


def release(connection: Connection, key: str, *, owner: str) -> None:
    """Give a conversation back."""
    connection.execute(
        inbox_lease.delete().where(and_(inbox_lease.c.conversation_key == key, inbox_lease.c.owner == owner))
    )


def items_of(connection: Connection, key: str, *, most: int = 50) -> list[WaitingItem]:
    """New items of one conversation in the provider's order."""
    query = (
        select(
            *(inbox_item.c[name] for name in list(WaitingItem.__dataclass_fields__)[:-2]),
            inbox_raw.c.body_sealed,
            inbox_raw.c.wrapped_key,
        )
        .outerjoin(inbox_raw, inbox_raw.c.id == inbox_item.c.raw_id)
        .where(inbox_item.c.conversation_key == key, inbox_item.c.state == "new")
        .order_by(inbox_item.c.provider_time, inbox_item.c.id)
        .limit(most)
    )
    return [WaitingItem(**row._mapping) for row in connection.execute(query)]


@dataclass(frozen=True)
class Finished:
    """The end of a new item: `state` is done, ignored, erased or quarantined; `subject_id`: whose it is."""

    item_id: int
    state: str
    reason: str = ""
    subject_id: str | None = None


def finish(connection: Connection, ends: Sequence[Finished]) -> None:
    """Close new items inside the transaction that stores what came of them. VersionConflict when one was not new."""
    ids = [one.item_id for one in ends]
    standing = select(inbox_item.c.raw_id).where(inbox_item.c.id.in_(ids), inbox_item.c.state == "new")
    raws = list(connection.scalars(standing.order_by(inbox_item.c.id).with_for_update()))
    if len(raws) != len(ids):
        raise VersionConflict(f"{len(ids) - len(raws)} of these inbox items are finished already")
    connection.execute(
        _FINISH,
        [
            {"item": one.item_id, "state": one.state, "reason": one.reason[:300], "subject_id": one.subject_id}
            for one in ends
        ],
    )
    gone = update(inbox_raw).where(inbox_raw.c.id.in_(raws), _any_item("erased"), ~_any_item("new"))
    connection.execute(gone.values(body_sealed=None, wrapped_key=None))


_FINISH = update(inbox_item).where(inbox_item.c.id == bindparam("item")).values(attempts=inbox_item.c.attempts + 1)
ENDS = after_rows(finish)
"""Items to finish."""


def _any_item(state: str) -> ColumnElement[bool]:
    """Whether a raw body has an item in this state."""
    return exists().where(inbox_item.c.raw_id == inbox_raw.c.id, inbox_item.c.state == state)


def count_attempt(connection: Connection, item_id: int) -> int:
    """Note a failed try; returns how many there have been."""
    connection.execute(update(inbox_item).where(inbox_item.c.id == item_id).values(attempts=inbox_item.c.attempts + 1))
    return int(connection.scalars(select(inbox_item.c.attempts).where(inbox_item.c.id == item_id)).one())


def erase_raw(connection: Connection, raw_id: str) -> None:
    """
    Forget a raw body and its key; the keyed hashes of its items stay, so that a repeat is still recognised.

    While another item of it still waits (one body may carry several people's messages), it goes with the last of them.
    """
    read = inbox_item.c.state.in_(("done", "ignored"))
    connection.execute(update(inbox_item).where(inbox_item.c.raw_id == raw_id, read).values(state="erased"))
    gone = update(inbox_raw).where(inbox_raw.c.id == raw_id, ~_any_item("new"))
    connection.execute(gone.values(body_sealed=None, wrapped_key=None))


def forget_subject(connection: Connection, subject_id: str) -> None:
    """Items no longer say whose they were: all that stays of them is a keyed hash."""
    connection.execute(
        update(inbox_item).where(inbox_item.c.subject_id == subject_id).values(subject_id=None, state="erased")
    )


def replay(connection: Connection, item_id: int) -> None:
    """Put a quarantined item back in the queue. NotFound when it is not in quarantine or its body is erased."""
    body = select(inbox_raw.c.id).where(inbox_raw.c.id == inbox_item.c.raw_id, inbox_raw.c.body_sealed.is_not(None))
    done = connection.execute(
        update(inbox_item)
        .where(inbox_item.c.id == item_id, inbox_item.c.state == "quarantined", body.exists())
        .values(state="new", reason="", attempts=0)
    )
    if done.rowcount != 1:
        raise NotFound(f"no quarantined item {item_id}")


def oldest_waiting(connection: Connection) -> datetime | None:
    """When the item that waits longest was received; None when nothing waits."""
    query = select(inbox_item.c.received_at).where(inbox_item.c.state == "new").order_by(inbox_item.c.id).limit(1)
    oldest: datetime | None = connection.scalar(query)
    return oldest


@dataclass(frozen=True)
class InboxState:
    """Figures for metrics: how many wait, since when, and how many are in quarantine."""

    waiting: int
    oldest: datetime | None
    quarantined: int


def inbox_state(connection: Connection) -> InboxState:
    """Count what waits; partial indexes keep this cheap."""
    new = inbox_item.c.state == "new"
    waiting, oldest = connection.execute(select(func.count(), func.min(inbox_item.c.received_at)).where(new)).one()
    quarantined = connection.scalar(select(func.count()).where(inbox_item.c.state == "quarantined"))
    return InboxState(waiting, oldest, quarantined or 0)
