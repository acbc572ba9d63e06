"""The one way a message comes into an entry of the outbox and out of it again: sealed, and bound to its row."""

from __future__ import annotations

from datetime import datetime

from core.contract.schema import OutboundMessage
from core.privacy.errors import Erased
from core.service.safe import Safe
from core.storage.outbox import NewEntry


def sealed_entry(
    safe: Safe,
    message: OutboundMessage,
    *,
    subject_id: str,
    dedupe_key: str,
    now: datetime,
    case_id: str | None = None,
) -> NewEntry:
    """
    A message to be sent, due at once. One of no conversation waits behind nothing.

    Args:
        subject_id: whose key seals it; at hand, or the key store is asked.
        dedupe_key: names the cause: one cause is one message.

    Raises: Erased.
    """
    return NewEntry(
        id=message.id,
        dedupe_key=dedupe_key,
        conversation_id=message.conversation_id or message.id,
        case_id=case_id,
        channel=message.channel,
        subject_id=subject_id,
        payload_sealed=safe.seal(message, subject_id=subject_id, place=_place(message.id)),
        next_at=now,
        created_at=now,
    )


def opened_entry(safe: Safe, payload_sealed: bytes | None, *, entry_id: str, subject_id: str) -> OutboundMessage:
    """The message again. Raises: Erased (its words or its key are gone), Tampered."""
    if payload_sealed is None:
        raise Erased("payload cleared")
    return safe.open_model(payload_sealed, OutboundMessage, subject_id=subject_id, place=_place(entry_id))


def _place(entry_id: str) -> str:
    return f"outbox:{entry_id}"
