"""Messages whose end nobody knows: which of them their provider may be asked about now, and what it answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, text, update

from core.storage.outbox import ClaimedEntry
from core.storage.tables import STOPPED, outbox

LONGEST = timedelta(days=2)
"""How old a message may be whose provider is still asked; a person has it before them meanwhile."""
_AT_ONCE = 20
_COLUMNS = tuple(outbox.c[name] for name in ClaimedEntry.__dataclass_fields__)


@dataclass(frozen=True)
class Unknown:
    """One of them; `since`: when it was written, so that it cannot have been handed over before."""

    entry: ClaimedEntry
    since: datetime


def to_ask(connection: Connection, channels: Collection[str], *, now: datetime) -> list[Unknown]:
    """Those whose turn has come, while their words are still there."""
    stopped = text(STOPPED) & (outbox.c.state != "failed")  # by what it is not: see `STOPPED`
    theirs = stopped & outbox.c.channel.in_(channels) & (outbox.c.next_at <= now)
    known = outbox.c.payload_sealed.is_not(None) & (outbox.c.created_at > now - LONGEST)
    query = select(*_COLUMNS, outbox.c.created_at).where(theirs, known).order_by(outbox.c.seq).limit(_AT_ONCE)
    return [Unknown(ClaimedEntry(*row[:-1]), row[-1]) for row in connection.execute(query)]


def ask_again(connection: Connection, entry_id: str, *, at: datetime) -> None:
    """It could not be told: not before then."""
    connection.execute(update(outbox).where(outbox.c.id == entry_id).values(next_at=at))


def is_held(connection: Connection, channel: str, provider_message_id: str) -> bool:
    """Whether another message of ours has this id already."""
    query = select(outbox.c.id).where(outbox.c.provider_message_id == provider_message_id, outbox.c.channel == channel)
    return connection.scalar(query.limit(1)) is not None


def note_failed(connection: Connection, entry_id: str, *, provider_message_id: str, reason: str) -> bool:
    """The provider could not bring it; False where somebody has decided otherwise meanwhile."""
    unknown = update(outbox).where(outbox.c.id == entry_id, outbox.c.state == "unknown")
    failed = {"state": "failed", "outcome": "failed", "reason": reason[:300]}
    named = {"provider_message_id": provider_message_id} if provider_message_id else {}
    return connection.execute(unknown.values(failed | named)).rowcount == 1
