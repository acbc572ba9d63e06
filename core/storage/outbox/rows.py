"""What a row of the outbox is: written by whoever has something to say, claimed by whoever sends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, null

from core.storage.tables import outbox
from core.storage.together import rows_into

CLAIM = timedelta(seconds=15)
CLAIMED_AT_ONCE = 20
TO_STAFF = "staff/"
"""How the dedupe key of a message to an official begins; it belongs to no conversation."""
LANES = "link/"
"""
How the channel of a message to another system begins; the rest names the system. Each has a lane of its own, and knows
a message by its id: what may have gone out is sent again.
"""
IS_LANE = outbox.c.channel.startswith(LANES)

# Of a last word nothing stays once it was sent, or once nobody can know whether it was (VN-1, VN-2).
KEPT_PAYLOAD = case((outbox.c.forget, null()), else_=outbox.c.payload_sealed)


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
    created_at: datetime
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
