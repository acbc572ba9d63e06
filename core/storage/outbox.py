"""
What must still be told to somebody: written in the transaction that caused it, sent afterwards.

pending → claimed → sent | failed, or back to pending for another try. The row of an owner who died between claiming
and telling us is `unknown`: it may have gone out, so it is never sent again blindly. Messages of one conversation
leave in the order they were written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    CursorResult,
    Integer,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from core.contract.errors import VersionConflict
from core.storage.tables import outbox
from core.storage.together import before_rows, rows_into

_CLAIM = timedelta(seconds=15)
_LONGEST = _CLAIM + timedelta(minutes=1)  # and how far the clocks of two machines may differ
CLAIMED_AT_ONCE = 20
TO_STAFF = "staff/"
"""How the dedupe key of a message to an official begins; it belongs to no conversation."""
LANES = "link/"
"""
How the channel of a message to another system begins; the rest names the system. Each has a lane of its own, and knows
a message by its id: what may have gone out is sent again.
"""

# Of a last word nothing stays once it was sent, or once nobody can know whether it was (VN-1, VN-2).
_PAYLOAD = outbox.c.payload_sealed
_KEPT_PAYLOAD = case((outbox.c.forget, null()), else_=_PAYLOAD)


@dataclass(frozen=True)
class NewEntry:
    """
    One message to send. `dedupe_key` names the cause, so that the same notice is never written twice.

    `forget`: the last word to somebody of whom nothing may stay; its key is destroyed once it is sent (VN-1, VN-2).
    `way`: the way out that it tries; empty: no other is tried after it. `root`: the first entry of those that try to
    tell one thing. `why`: why this way, for staff. `waits`: it rests in the quiet hours.
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
    root: str = ""
    way: str = ""
    why: str = ""
    waits: bool = False


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
    dedupe_key: str = ""
    root: str = ""
    way: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Share:
    """
    Which entries somebody sends: of one `channel`, or of all others than those in `but`; neither: all. A lane is sent
    only by whoever names it.
    """

    channel: str = ""
    but: tuple[str, ...] = ()


ALL = Share()


ENTRIES = rows_into(outbox, repeated=True)
"""Messages to send; one whose cause was written before is left alone."""


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
_IS_LANE = outbox.c.channel.startswith(LANES)
_DUE_ANYWHERE = _DUE.where(~_IS_LANE)
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
    seconds: float = _CLAIM.total_seconds(),
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
    taken = connection.execute(_TAKE, {"due": due, "owner": owner, "claimed_until": until})
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
    here = and_(outbox.c.state == "pending", outbox.c.channel == channel)
    waiting = update(outbox).where(here, outbox.c.next_at > now)
    return connection.execute(waiting.values(next_at=now)).rowcount


def next_send(connection: Connection, *, channel: str = "") -> datetime | None:
    """When the next waiting entry is due, of one channel or of any."""
    query = _NEXT_SEND_HERE if channel else _NEXT_SEND
    soonest: datetime | None = connection.scalar(query, {"channel": channel} if channel else {})
    return soonest


@dataclass(frozen=True)
class Outcome:
    """
    What came of sending: sent, failed, unknown, passed on to another way, or pending again from `next_at`.

    `reached_at`: where its reader is known from now on, if the provider said so.
    """

    state: str
    provider_message_id: str | None = None
    reason: str = ""
    next_at: datetime | None = None
    reached_at: str = ""


@dataclass(frozen=True)
class Settled:
    """What came of a claimed entry, as its `owner` knows at `at`."""

    entry_id: str
    outcome: Outcome
    owner: str
    at: datetime


_OURS = (
    select(outbox.c.id, outbox.c.state, outbox.c.owner)
    .where(outbox.c.id.in_(bindparam("entries", expanding=True)))
    .order_by(outbox.c.id)
    .with_for_update()
)
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("entry"))
    .values(
        owner=null(),
        claimed_until=null(),
        next_at=func.coalesce(bindparam("again_at", type_=outbox.c.next_at.type), outbox.c.next_at),
        payload_sealed=case((and_(outbox.c.forget, bindparam("over", type_=Boolean)), null()), else_=_PAYLOAD),
    )
)


def settle(connection: Connection, settled: Sequence[Settled]) -> None:
    """Record what came of claimed entries. VersionConflict when the claim of one was lost."""
    for owner in {one.owner for one in settled}:
        entries = {one.entry_id for one in settled if one.owner == owner}
        found = connection.execute(_OURS, {"entries": list(entries)})  # by their ids alone, not by all that are claimed
        if lost := entries - {one.id for one in found if (one.state, one.owner) == ("claimed", owner)}:
            raise VersionConflict(f"{len(lost)} of these outbox entries are no longer ours")
    for sent in (True, False):
        if rows := [_settled(one) for one in settled if (one.outcome.state == "sent") is sent]:
            connection.execute(_SETTLE, rows)
    if doubted := [one for one in settled if one.outcome.state in _DOUBTED]:
        connection.execute(_AS_SHOWN, [{"entry": one.entry_id, "at": one.at} for one in doubted])


_DOUBTED = ("unknown", "pending")
_AS_SHOWN = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("entry"),
        or_(*(outbox.c.state == one for one in _DOUBTED)),
        outbox.c.provider_message_id.is_not(None),
    )
    .values(state="sent", sent_at=bindparam("at", type_=outbox.c.sent_at.type), reason="", payload_sealed=_KEPT_PAYLOAD)
)
"""What came is not known, but the provider has shown it to us meanwhile: it is there, and goes out no second time."""


def _settled(one: Settled) -> dict[str, object]:
    state = one.outcome.state
    ended = {"sent_at": one.at, "provider_message_id": one.outcome.provider_message_id} if state == "sent" else {}
    return {
        "entry": one.entry_id,
        "state": state,
        "reason": one.outcome.reason[:300],
        "again_at": one.outcome.next_at,
        "over": state != "pending",
        **ended,
    }


SETTLED = before_rows(settle)
"""What came of sending (`Settled`)."""


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
    connection.execute(_UNHEARD_OF, {"latest": now + _LONGEST, "claimed_until": now + _CLAIM})
    return _unknown(connection.execute(_ORPHAN_LATE, {"now": now}))


def mark_all_unknown(connection: Connection) -> list[str]:
    """On the start of the only process: whoever claimed an entry is dead."""
    return _unknown(connection.execute(_ORPHAN))


def _unknown(orphans: CursorResult[Any]) -> list[str]:
    """What its provider has shown us was sent; of the rest nobody knows."""
    return [row.id for row in orphans if row.state == "unknown"]


_UNHEARD_OF = update(outbox).where(outbox.c.state == "claimed", outbox.c.claimed_until > bindparam("latest"))
_SHOWN = outbox.c.provider_message_id.is_not(None)
_ORPHAN = (
    update(outbox)
    .where(outbox.c.state == "claimed")
    .values(
        state=case((_SHOWN, "sent"), (_IS_LANE, "pending"), else_="unknown"),
        sent_at=case((_SHOWN, func.coalesce(outbox.c.claimed_until, outbox.c.next_at)), else_=null()),
        reason=case((_SHOWN, ""), else_="owner died while sending"),
        owner=None,
        payload_sealed=_KEPT_PAYLOAD,
    )
    .returning(outbox.c.id, outbox.c.state)
)
_ORPHAN_LATE = _ORPHAN.where(outbox.c.claimed_until < bindparam("now"))


_DECIDED = ("passed_on", "dropped")
"""What has failed already, and has been seen to."""
_BEFORE = {"failed": ("sent",), "delivered": ("sent", "failed"), "read": ("sent", "failed", "delivered")}
"""Receipts that say less than the one that is known."""


def note_receipt(
    connection: Connection, provider_message_id: str, *, outcome: str, reason: str = "", permanent: bool = False
) -> str | None:
    """
    Attach a provider's receipt; an entry we thought unknown turns out sent. Returns its id, None when not ours.

    One that came back for good (`permanent`) is `failed` from then on, so that staff see it. Providers tell things in
    any order, and twice: what got further stays as it is.
    """
    found = connection.execute(
        select(outbox.c.id, outbox.c.state, outbox.c.outcome).where(outbox.c.provider_message_id == provider_message_id)
    ).first()
    if found is None:
        return None
    if outcome in _BEFORE.get(found.outcome, ()):
        return str(found.id)
    state = "sent" if found.state == "unknown" and outcome != "failed" else found.state
    state = "failed" if outcome == "failed" and permanent and state not in _DECIDED else state
    connection.execute(
        update(outbox).where(outbox.c.id == found.id).values(outcome=outcome, reason=reason[:300], state=state)
    )
    return str(found.id)


def note_receipts_until(
    connection: Connection, conversation_ids: Collection[str], *, until: datetime, outcome: str
) -> None:
    """Attach a receipt to all that was sent in these conversations until then and has not come as far yet."""
    passed = {"delivered": ("delivered", "read", "failed")}.get(outcome, ("read", "failed"))
    reached = update(outbox).where(
        outbox.c.conversation_id.in_(conversation_ids),
        outbox.c.state == "sent",
        outbox.c.sent_at <= until,
        outbox.c.outcome.not_in(passed),
    )
    connection.execute(reached.values(outcome=outcome))


def note_echo(connection: Connection, entry_id: str, *, provider_message_id: str, at: datetime) -> bool:
    """
    The provider shows us our own message: an entry that nobody knew the end of was sent. False: it was not so.

    One that is being sent keeps its id, should its owner die before it has heard the answer.
    """
    claimed = update(outbox).where(outbox.c.id == entry_id, outbox.c.state == "claimed")
    connection.execute(claimed.values(provider_message_id=provider_message_id))
    unknown = update(outbox).where(outbox.c.id == entry_id, outbox.c.state == "unknown")
    sent = unknown.values(
        state="sent", sent_at=at, provider_message_id=provider_message_id, reason="", payload_sealed=_KEPT_PAYLOAD
    )
    return connection.execute(sent).rowcount == 1


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


def ways_tried(connection: Connection, conversation_id: str, *, root: str) -> list[str]:
    """The ways on which one thing was tried to be told, in order."""
    query = select(outbox.c.way).where(outbox.c.conversation_id == conversation_id, outbox.c.root == root)
    return list(connection.scalars(query.order_by(outbox.c.seq)))


def came_back(connection: Connection, provider_message_id: str) -> ClaimedEntry | None:
    """A message that its provider took and could not bring, where another way may be tried."""
    columns = (outbox.c[name] for name in ClaimedEntry.__dataclass_fields__)
    failed = (outbox.c.provider_message_id == provider_message_id) & (outbox.c.state == "failed")
    row = connection.execute(select(*columns).where(failed, outbox.c.way != "")).first()
    return None if row is None else ClaimedEntry(**row._mapping)


def pass_on(connection: Connection, entry_id: str, *, following: NewEntry) -> bool:
    """Try the next way for an entry that has failed; False where somebody has decided otherwise meanwhile."""
    failed = update(outbox).where(outbox.c.id == entry_id, outbox.c.state == "failed").values(state="passed_on")
    if connection.execute(failed).rowcount != 1:
        return False
    ENTRIES.store(connection, [following.__dict__])
    return True


def decide(connection: Connection, entry_id: str, *, arrived: bool, now: datetime) -> bool:
    """A person knows that it arrived, or that nobody needs it any more; False: it is not in their hands (any more)."""
    theirs = update(outbox).where(outbox.c.id == entry_id, outbox.c.state.in_(("failed", "unknown")))
    ended = {"state": "sent", "sent_at": now, "reason": ""} if arrived else {"state": "dropped"}
    return connection.execute(theirs.values(payload_sealed=_KEPT_PAYLOAD, **ended)).rowcount == 1


def resend(connection: Connection, entry_id: str, *, now: datetime) -> bool:
    """A person decides that a failed or unknown entry is tried again."""
    change = update(outbox).where(outbox.c.id == entry_id, outbox.c.state.in_(("failed", "unknown")))
    anew = {"state": "pending", "next_at": now, "attempts": 0, "reason": "", "provider_message_id": None}
    return connection.execute(change.values(anew)).rowcount == 1


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
