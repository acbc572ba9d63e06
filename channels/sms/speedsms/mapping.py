"""
What SpeedSMS tells us: JSON as its pages show it, or a query or form with the same names. Pure.

Its messages have no id. The same words from the same telephone within a minute are taken for a repetition: a provider
that heard no answer sends again soon, a citizen who means it twice writes it later, or otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from channels.base import clean_text, first_of, need, read_form
from channels.sms.carrier import CHANNEL, key_part
from channels.sms.phones import sender_of
from channels.sms.repeats import repeat_key
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey
from core.contract.schema import Address, DeliveryReceipt, DeliveryStatus, Ignored, InboundMessage, Parsed

DELIVERED = "0"


def read(body: bytes) -> Mapping[str, str]:
    """The fields of a call. Raises PayloadInvalid."""
    if not body.lstrip().startswith(b"{"):
        return first_of(read_form(body))
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("not JSON") from error
    return {name: str(value) for name, value in found.items() if isinstance(value, str | int)}


def key_of(form: Mapping[str, str], *, at: datetime) -> ItemKey:
    """A status by message, telephone and status; a message by its words within a minute. Raises PayloadInvalid."""
    if form.get("type") == "sms":
        sender = sender_of(need(form, "phone"))
        return ItemKey(repeat_key(sender, need(form, "content").encode("utf-8", "surrogatepass"), at=at), sender)
    transaction = key_part(need(form, "tranId"))
    parts = [key_part(form.get(name, "")) for name in ("phone", "status", "type")]
    return ItemKey(":".join(["dlr", transaction, *parts]), f"receipt:{transaction}")


def meaning_of(form: Mapping[str, str], item: ItemKey, *, account: str, at: datetime) -> Parsed:
    """A message, a receipt, or an event that asks nothing of us. `at`: when we took it (aware)."""
    if form.get("type") == "report":
        return _receipt(form, account=account, at=at)
    if form.get("type") != "sms":
        return Ignored(reason="unknown_event")
    text = clean_text(form.get("content", "")).strip()
    if not text:
        return Ignored(reason="empty_message")
    return InboundMessage(
        channel=CHANNEL,
        account=account,
        provider_message_id=item.dedupe_key,
        sender=Address(channel=CHANNEL, account=account, value=sender_of(need(form, "phone"))),
        text=text,
        provider_time=at,
        received_at=at,
    )


def _receipt(form: Mapping[str, str], *, account: str, at: datetime) -> DeliveryReceipt:
    """0 is delivered; what the other numbers say of the future is not documented, so none of them is for good."""
    status = need(form, "status")
    return DeliveryReceipt(
        channel=CHANNEL,
        account=account,
        provider_message_id=need(form, "tranId"),
        status=DeliveryStatus.DELIVERED if status == DELIVERED else DeliveryStatus.FAILED,
        at=at,
        reason="" if status == DELIVERED else f"SpeedSMS {status}",
    )
