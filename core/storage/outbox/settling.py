"""What came of sending, as its sender tells it; and what becomes of a row whose sender died."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    CursorResult,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    update,
)

from core.contract.errors import VersionConflict
from core.storage.changing import Changes
from core.storage.database import padded
from core.storage.outbox.rows import CLAIM, IS_LANE, KEPT_PAYLOAD
from core.storage.tables import outbox
from core.storage.together import before_rows

_LONGEST = CLAIM + timedelta(minutes=1)  # and how far the clocks of two machines may differ


@dataclass(frozen=True)
class Outcome:
    """
    What came of sending: sent, failed, unknown, passed on to another way, or pending again from `next_at`.

    `reached_at`: where its reader is known from now on, if the provider said so. `uncounted`: the try told nothing of
    the message itself, and those it has are left to it.
    """

    state: str
    provider_message_id: str | None = None
    reason: str = ""
    next_at: datetime | None = None
    reached_at: str = ""
    uncounted: bool = False


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
_SENT = Changes(
    outbox,
    by="id",
    to=("reason", "sent_at", "provider_message_id"),
    also="state = 'sent', owner = NULL, claimed_until = NULL, "
    "payload_sealed = CASE WHEN forget THEN NULL ELSE payload_sealed END",
)
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("entry"))
    .values(
        owner=null(),
        claimed_until=null(),
        attempts=case((bindparam("uncounted", type_=Boolean), 1), else_=outbox.c.attempts),
        next_at=func.coalesce(bindparam("again_at", type_=outbox.c.next_at.type), outbox.c.next_at),
        payload_sealed=case(
            (and_(outbox.c.forget, bindparam("over", type_=Boolean)), null()), else_=outbox.c.payload_sealed
        ),
    )
)


def settle(connection: Connection, settled: Sequence[Settled]) -> None:
    """Record what came of claimed entries. VersionConflict when the claim of one was lost."""
    for owner in {one.owner for one in settled}:
        entries = {one.entry_id for one in settled if one.owner == owner}
        found = connection.execute(_OURS, {"entries": padded(entries)})  # not by all that are claimed
        if lost := entries - {one.id for one in found if (one.state, one.owner) == ("claimed", owner)}:
            raise VersionConflict(f"{len(lost)} of these outbox entries are no longer ours")
    _SENT.store(connection, [_sent(one) for one in settled if one.outcome.state == "sent"])
    if rows := [_settled(one) for one in settled if one.outcome.state != "sent"]:
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
    .values(state="sent", sent_at=bindparam("at", type_=outbox.c.sent_at.type), reason="", payload_sealed=KEPT_PAYLOAD)
)
"""What came is not known, but the provider has shown it to us meanwhile: it is there, and goes out no second time."""


def _sent(one: Settled) -> dict[str, object]:
    provider_id, reason = one.outcome.provider_message_id, one.outcome.reason[:300]
    return {"id": one.entry_id, "reason": reason, "sent_at": one.at, "provider_message_id": provider_id}


def _settled(one: Settled) -> dict[str, object]:
    state = one.outcome.state
    return {
        "entry": one.entry_id,
        "state": state,
        "reason": one.outcome.reason[:300],
        "again_at": one.outcome.next_at,
        "over": state != "pending",
        "uncounted": one.outcome.uncounted,
    }


SETTLED = before_rows(settle)
"""What came of sending (`Settled`)."""


def renew(
    connection: Connection,
    entries: Collection[str],
    *,
    owner: str,
    now: datetime,
    seconds: float = CLAIM.total_seconds(),
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
    connection.execute(_UNHEARD_OF, {"latest": now + _LONGEST, "claimed_until": now + CLAIM})
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
        state=case((_SHOWN, "sent"), (IS_LANE, "pending"), else_="unknown"),
        sent_at=case((_SHOWN, func.coalesce(outbox.c.claimed_until, outbox.c.next_at)), else_=null()),
        reason=case((_SHOWN, ""), else_="owner died while sending"),
        owner=None,
        payload_sealed=KEPT_PAYLOAD,
    )
    .returning(outbox.c.id, outbox.c.state)
)
_ORPHAN_LATE = _ORPHAN.where(outbox.c.claimed_until < bindparam("now"))
