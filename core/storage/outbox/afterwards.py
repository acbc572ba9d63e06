"""What is heard of a message once it is out, and what a person or another way makes of one that failed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from core.storage.outbox.rows import ENTRIES, KEPT_PAYLOAD, ClaimedEntry, NewEntry
from core.storage.tables import outbox

_DECIDED = ("passed_on", "dropped")
"""What has failed already, and has been seen to."""
_NOTED_WITHIN = timedelta(seconds=5)
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
    """
    Attach a receipt to all that was sent in these conversations until then and has not come as far yet.

    A message is read where it was taken, and noted as sent a moment later.
    """
    passed = {"delivered": ("delivered", "read", "failed")}.get(outcome, ("read", "failed"))
    reached = update(outbox).where(
        outbox.c.conversation_id.in_(conversation_ids),
        outbox.c.state == "sent",
        outbox.c.created_at <= until,
        outbox.c.sent_at <= until + _NOTED_WITHIN,
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
        state="sent", sent_at=at, provider_message_id=provider_message_id, reason="", payload_sealed=KEPT_PAYLOAD
    )
    return connection.execute(sent).rowcount == 1


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
    return connection.execute(theirs.values(payload_sealed=KEPT_PAYLOAD, **ended)).rowcount == 1


def resend(connection: Connection, entry_id: str, *, now: datetime) -> bool:
    """A person decides that a failed or unknown entry is tried again."""
    change = update(outbox).where(outbox.c.id == entry_id, outbox.c.state.in_(("failed", "unknown")))
    anew = {"state": "pending", "next_at": now, "attempts": 0, "reason": "", "provider_message_id": None}
    return connection.execute(change.values(anew)).rowcount == 1
