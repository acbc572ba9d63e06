"""The deliver_sm PDUs of a centre → what they mean: a citizen's message, in however many parts, or a receipt. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smpp34 import DeliverSm

from channels.base import clean_text
from channels.sms.carrier import CHANNEL
from channels.sms.phones import sender_of
from channels.sms.repeats import repeat_key
from channels.sms.smpp.receipts import Spellings, is_receipt, key_of_receipt, meaning_of_receipt
from channels.sms.smpp.texts import payload_of, text_of
from core.contract.ports import ItemKey
from core.contract.schema import Address, Ignored, InboundMessage, Parsed


def key_of(pdus: Sequence[DeliverSm], *, at: datetime) -> ItemKey:
    """A receipt by message and state; a message by its bytes, within a minute: it has no id. Raises PayloadInvalid."""
    first = pdus[0]
    if is_receipt(first):
        return key_of_receipt(first)
    sender = sender_of(first.source_addr)
    return ItemKey(repeat_key(sender, b"".join(payload_of(pdu) for pdu in pdus), at=at), sender)


def meaning_of(pdus: Sequence[DeliverSm], item: ItemKey, *, account: str, at: datetime, spellings: Spellings) -> Parsed:
    """A message, a receipt, or nothing we want."""
    first = pdus[0]
    if is_receipt(first):
        return meaning_of_receipt(first, account=account, at=at, spellings=spellings)
    text = clean_text(text_of(pdus)).strip()
    if not text:
        return Ignored(reason="empty_message")
    return InboundMessage(
        channel=CHANNEL,
        account=account,
        provider_message_id=item.dedupe_key,
        sender=Address(channel=CHANNEL, account=account, value=sender_of(first.source_addr)),
        text=text,
        provider_time=at,
        received_at=at,
    )
