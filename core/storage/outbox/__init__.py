"""
What must still be told to somebody: written in the transaction that caused it, sent afterwards.

pending → claimed → sent | failed, or back to pending for another try. The row of an owner who died between claiming
and telling us is `unknown`: it may have gone out, so it is never sent again blindly. Messages of one conversation
leave in the order they were written.
"""

from __future__ import annotations

from core.storage.outbox.afterwards import (
    came_back,
    decide,
    note_echo,
    note_receipt,
    note_receipts_until,
    pass_on,
    resend,
)
from core.storage.outbox.claiming import claim, count_due, hasten, hasten_let_in, next_send
from core.storage.outbox.looking import (
    Caused,
    OutboxState,
    Told,
    cause_of,
    conversation_of,
    is_sending,
    may_be_sending,
    outbox_state,
    states_by_channel,
    told,
    ways_tried,
)
from core.storage.outbox.rows import ALL, CLAIMED_AT_ONCE, ENTRIES, LANES, TO_STAFF, ClaimedEntry, NewEntry, Share
from core.storage.outbox.settling import SETTLED, Outcome, Settled, mark_all_unknown, mark_unknown, renew, settle

__all__ = [
    "ALL",
    "CLAIMED_AT_ONCE",
    "ENTRIES",
    "LANES",
    "SETTLED",
    "TO_STAFF",
    "Caused",
    "ClaimedEntry",
    "NewEntry",
    "OutboxState",
    "Outcome",
    "Settled",
    "Share",
    "Told",
    "came_back",
    "cause_of",
    "claim",
    "conversation_of",
    "count_due",
    "decide",
    "hasten",
    "hasten_let_in",
    "is_sending",
    "mark_all_unknown",
    "mark_unknown",
    "may_be_sending",
    "next_send",
    "note_echo",
    "note_receipt",
    "note_receipts_until",
    "outbox_state",
    "pass_on",
    "renew",
    "resend",
    "settle",
    "states_by_channel",
    "told",
    "ways_tried",
]
