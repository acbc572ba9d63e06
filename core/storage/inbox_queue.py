"""
What waits in the inbox, taken one conversation at a time.

Order is kept inside a conversation because a conversation is leased whole; different conversations run side by side.
A lease that runs out (dead worker) is free again; two workers on one conversation cannot both finish an item, because
finishing checks that it is still new, in the transaction that stores what came of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    type_coerce,
    update,
)

from core.contract.errors import NotFound, VersionConflict
from core.storage.changing import Changes
from core.storage.database import insert_or_ignore, padded, upsert
from core.storage.tables import inbox_item, inbox_lease, inbox_raw
from core.storage.together import after_rows, before_rows

_CANDIDATES = 16
LEASE = timedelta(seconds=15)
_LONGEST = LEASE + timedelta(minutes=1)  # and how far the clocks of two machines may differ
_NOBODY = "resting"


@dataclass(frozen=True)
class WaitingItem:
    """One item with its sealed raw body, as the worker takes it up; a large body is read only when its turn comes."""

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
    large: bool


def take(connection: Connection, *, owner: str, now: datetime, most: int = _CANDIDATES) -> dict[str, list[WaitingItem]]:
    """
    Lease the conversations that wait longest to `owner`; the first items of each, as by `items_of`.

    One that somebody else finished after we had seen it waiting is let go: its next message would else wait for us.
    """
    keys = waiting_conversations(connection, now=now, most=most)
    leased = lease(connection, keys, owner=owner, now=now) if keys else []
    items = items_of(connection, leased) if leased else {}
    if finished := set(leased) - items.keys():
        release(connection, finished, owner=owner)
    return items


def waiting_items(connection: Connection, *, now: datetime, most: int = _CANDIDATES) -> dict[str, list[WaitingItem]]:
    """The same without a lease, for the only worker there is."""
    keys = waiting_conversations(connection, now=now, most=most)
    return items_of(connection, keys) if keys else {}


def waiting_conversations(connection: Connection, *, now: datetime, most: int = _CANDIDATES) -> list[str]:
    """
    Conversation keys with new items and no living lease, the longest waiting first.

    Where a few conversations have so many items that no others are seen behind them, the others are looked for.
    """
    asked = {"now": now, "latest": now + _LONGEST, "looked_at": most * 4}
    seen = list(connection.scalars(_WAITING, asked))
    keys = list(dict.fromkeys(seen))[:most]
    if len(seen) == most * 4 and len(keys) < most:
        beside = connection.scalars(_WAITING_BESIDE, asked | {"known": keys})
        keys = list(dict.fromkeys([*keys, *beside]))[:most]
    return keys


# A lease that ends later than any of now can was taken before the clock was set back: it is none.
_LIVES = and_(inbox_lease.c.until > bindparam("now"), inbox_lease.c.until <= bindparam("latest"))
_WAITING = (
    select(inbox_item.c.conversation_key)
    .where(
        inbox_item.c.state == "new",
        inbox_item.c.conversation_key.not_in(select(inbox_lease.c.conversation_key).where(_LIVES)),
    )
    .order_by(inbox_item.c.id)
    .limit(bindparam("looked_at", type_=Integer))
)

_WAITING_BESIDE = _WAITING.where(inbox_item.c.conversation_key.not_in(bindparam("known", expanding=True)))


def lease(
    connection: Connection, keys: Collection[str], *, owner: str, now: datetime, lasts: timedelta = LEASE
) -> list[str]:
    """Take conversations for `owner`, in order of key (deadlocks); those of another living worker are left out."""
    until = now + lasts
    rows = [{"conversation_key": key, "owner": owner, "until": until} for key in sorted(keys)]
    connection.execute(insert_or_ignore(connection, inbox_lease), rows)
    asked = {"keys": padded(keys), "ours": owner, "now": now, "latest": now + _LONGEST}
    return list(connection.scalars(_LEASE, asked | {"owner": owner, "until": until}))


_LEASE = (
    update(inbox_lease)
    .where(inbox_lease.c.conversation_key.in_(bindparam("keys", expanding=True)))
    .where(or_(~_LIVES, inbox_lease.c.owner == bindparam("ours")))
    .returning(inbox_lease.c.conversation_key)
)


def renew(connection: Connection, keys: Collection[str], *, owner: str, now: datetime) -> None:
    """The owner lives and still works on these. Others that it leased and could not give back run out."""
    ours = inbox_lease.update().where(inbox_lease.c.conversation_key.in_(keys), inbox_lease.c.owner == owner)
    connection.execute(ours.values(until=now + LEASE))


def release(connection: Connection, keys: Collection[str], *, owner: str) -> None:
    """Give conversations back."""
    connection.execute(_RELEASE, {"keys": padded(keys), "ours": owner})


_RELEASE = delete(inbox_lease).where(
    inbox_lease.c.conversation_key.in_(bindparam("keys", expanding=True)), inbox_lease.c.owner == bindparam("ours")
)


def rest(connection: Connection, key: str, *, now: datetime, until: datetime) -> None:
    """Leave a conversation alone until then: its message failed, and may work later. Nobody else takes it either."""
    connection.execute(delete(inbox_lease).where(inbox_lease.c.owner == _NOBODY, inbox_lease.c.until <= now))
    row = {"conversation_key": key, "owner": _NOBODY, "until": until}
    connection.execute(upsert(connection, inbox_lease, update=["owner", "until"]).values(row))


def put_off(connection: Connection, item_id: int, *, now: datetime, until: datetime) -> None:
    """Leave one item alone until then, in a line of its own: nothing that it has no order with waits for it."""
    key = f"put off:{item_id}"
    aside = update(inbox_item).where(inbox_item.c.id == item_id, inbox_item.c.state == "new")
    connection.execute(aside.values(conversation_key=key))
    rest(connection, key, now=now, until=until)


def items_of(connection: Connection, keys: Collection[str], *, most: int = 50) -> dict[str, list[WaitingItem]]:
    """The first new items of each of these conversations, by key and in the provider's order."""
    found: dict[str, list[WaitingItem]] = {}
    for row in connection.execute(_ITEMS, {"keys": padded(keys), "most": most}):
        found.setdefault(row.conversation_key, []).append(WaitingItem(*row))
    return found


_LARGE = 128 * 1024
_is_large = func.coalesce(func.length(inbox_raw.c.body_sealed), 0) > _LARGE
_ITEM = (
    *(inbox_item.c[field.name] for field in fields(WaitingItem) if field.name in inbox_item.c),
    case((_is_large, null()), else_=inbox_raw.c.body_sealed).label("body_sealed"),
    inbox_raw.c.wrapped_key,
    type_coerce(_is_large, Boolean).label("large"),
)
# Whose provider names whole seconds goes by our own arrival: ids follow the order in which journals were shipped.
_ORDER = (inbox_item.c.provider_time, inbox_item.c.received_at, inbox_item.c.id)
_place = func.row_number().over(partition_by=inbox_item.c.conversation_key, order_by=_ORDER).label("place")
_first = (
    select(inbox_item.c.id, _place)
    .where(inbox_item.c.conversation_key.in_(bindparam("keys", expanding=True)), inbox_item.c.state == "new")
    .subquery("waiting")
)
_ITEMS = (
    select(*_ITEM)
    .join(_first, and_(_first.c.id == inbox_item.c.id, _first.c.place <= bindparam("most", type_=Integer)))
    .outerjoin(inbox_raw, inbox_raw.c.id == inbox_item.c.raw_id)
    .order_by(inbox_item.c.conversation_key, *_ORDER)
)


def with_body(connection: Connection, item: WaitingItem) -> WaitingItem:
    """An item whose body was left out because it is large, complete."""
    body = connection.scalar(select(inbox_raw.c.body_sealed).where(inbox_raw.c.id == item.raw_id))
    return replace(item, body_sealed=body, large=False)


def item_by_id(connection: Connection, item_id: int) -> WaitingItem | None:
    """An item, finished or not, with its body; None where there is none."""
    row = connection.execute(_BY_ID, {"item": item_id}).one_or_none()
    return with_body(connection, WaitingItem(*row)) if row is not None else None


_BY_ID = (
    select(*_ITEM)
    .outerjoin(inbox_raw, inbox_raw.c.id == inbox_item.c.raw_id)
    .where(inbox_item.c.id == bindparam("item"))
)


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
    standing = connection.execute(_STANDING, {"items": padded(ids)}).all()
    if len(standing) != len(ids):
        raise VersionConflict(f"{len(ids) - len(standing)} of these inbox items are finished already")
    if shared := [row.raw_id for row in standing if row.shared]:
        _hold(connection, shared)
    rows = [
        {"id": one.item_id, "state": one.state, "reason": one.reason[:300], "subject_id": one.subject_id}
        for one in ends
    ]
    _FINISH.store(connection, rows)
    if shared or any(one.state == "erased" for one in ends):
        connection.execute(_FORGET, {"raws": [row.raw_id for row in standing]})


def _hold(connection: Connection, raw_ids: Collection[str]) -> None:
    """Whoever finishes another item of these bodies waits: who comes last sees whether one was erased, and forgets."""
    connection.execute(_HOLD, {"raws": raw_ids}).all()


def _any_item(state: str) -> ColumnElement[bool]:
    """Whether a raw body has an item in this state."""
    return exists().where(inbox_item.c.raw_id == inbox_raw.c.id, inbox_item.c.state == state)


_other = inbox_item.alias("other")
_STANDING = (
    select(
        inbox_item.c.raw_id,
        exists().where(_other.c.raw_id == inbox_item.c.raw_id, _other.c.id != inbox_item.c.id).label("shared"),
    )
    .where(inbox_item.c.id.in_(bindparam("items", expanding=True)), inbox_item.c.state == "new")
    .order_by(inbox_item.c.id)
    .with_for_update(of=inbox_item)
)
_HOLD = (
    select(inbox_raw.c.id)
    .where(inbox_raw.c.id.in_(bindparam("raws", expanding=True)))
    .order_by(inbox_raw.c.id)
    .with_for_update()
)
_FINISH = Changes(inbox_item, by="id", to=("state", "reason", "subject_id"), also="attempts = attempts + 1")
_FORGET = (
    update(inbox_raw)
    .where(inbox_raw.c.id.in_(bindparam("raws", expanding=True)), _any_item("erased"), ~_any_item("new"))
    .values(body_sealed=None, wrapped_key=None)
)
ENDS = before_rows(finish)
"""Items to finish; two workers on one item find each other here."""


def _release(connection: Connection, leases: Sequence[tuple[str, str]]) -> None:
    for owner in {owner for owner, _ in leases}:
        release(connection, [key for whose, key in leases if whose == owner], owner=owner)


RELEASED = after_rows(_release)
"""(owner, conversation key) of leases that end with what is stored."""


def count_attempt(connection: Connection, item_id: int) -> int:
    """Note a failed try; returns how many there have been."""
    connection.execute(update(inbox_item).where(inbox_item.c.id == item_id).values(attempts=inbox_item.c.attempts + 1))
    return int(connection.scalars(select(inbox_item.c.attempts).where(inbox_item.c.id == item_id)).one())


def erase_raw(connection: Connection, raw_id: str) -> None:
    """
    Forget a raw body and its key; the keyed hashes of its items stay, so that a repeat is still recognised.

    While another item of it still waits (one body may carry several people's messages), it goes with the last of them.
    """
    _hold(connection, [raw_id])
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
    """
    Put a quarantined item back in the queue, as tried once. NotFound: not in quarantine, or its body is erased.
    """
    body = select(inbox_raw.c.id).where(inbox_raw.c.id == inbox_item.c.raw_id, inbox_raw.c.body_sealed.is_not(None))
    done = connection.execute(
        update(inbox_item)
        .where(inbox_item.c.id == item_id, inbox_item.c.state == "quarantined", body.exists())
        .values(state="new", reason="", attempts=1)
    )
    if done.rowcount != 1:
        raise NotFound(f"no quarantined item {item_id}")


def was_taken(connection: Connection, *, channel: str, account: str, key_hash: str) -> bool:
    """Whether an item of this key was ever taken in; keys stay when what came under them is gone."""
    same = inbox_item.c.channel == channel, inbox_item.c.account == account, inbox_item.c.dedupe_key == key_hash
    return connection.scalar(select(inbox_item.c.id).where(*same)) is not None


def oldest_waiting(connection: Connection) -> datetime | None:
    """When the item that waits longest was received; None when nothing waits."""
    oldest: datetime | None = connection.scalar(_OLDEST_WAITING)
    return oldest


_OLDEST_WAITING = select(inbox_item.c.received_at).where(inbox_item.c.state == "new").order_by(inbox_item.c.id).limit(1)


def oldest_in_turn(connection: Connection, *, now: datetime) -> datetime | None:
    """The same without conversations that rest: what failed, and is tried again later, is nobody else's to wait for."""
    oldest: datetime | None = connection.scalar(_OLDEST_IN_TURN, {"now": now, "latest": now + _LONGEST})
    return oldest


_RESTING = select(inbox_lease.c.conversation_key).where(_LIVES, inbox_lease.c.owner == _NOBODY)
_OLDEST_IN_TURN = _OLDEST_WAITING.where(inbox_item.c.conversation_key.not_in(_RESTING))


@dataclass(frozen=True)
class InboxState:
    """Figures for metrics: how many wait, since when, and how many are in quarantine."""

    waiting: int
    oldest: datetime | None
    quarantined: int


def inbox_state(connection: Connection) -> InboxState:
    """Count what waits; partial indexes keep this cheap."""
    waiting = connection.scalar(select(func.count()).where(inbox_item.c.state == "new"))
    quarantined = connection.scalar(select(func.count()).where(inbox_item.c.state == "quarantined"))
    return InboxState(waiting or 0, oldest_waiting(connection), quarantined or 0)
