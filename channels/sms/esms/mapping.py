"""What eSMS tells us, as a query or as a form: messages to our number, and what became of ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.sax.saxutils import escape

from channels.base import clean_text, need
from channels.sms.carrier import CHANNEL, key_part
from channels.sms.phones import international, sender_of
from core.contract.ports import Fate, ItemKey
from core.contract.schema import Address, DeliveryReceipt, DeliveryStatus, Ignored, InboundMessage, Parsed

VIETNAM = timezone(timedelta(hours=7))
AHEAD = timedelta(minutes=5)
"""How far a carrier's clock may be before ours and still be believed."""
WAITING = frozenset({"1", "2", "3"})
ANSWERED = "100"
SENT, DONE, REJECTED = "7", "5", "4"


def is_message(form: Mapping[str, str]) -> bool:
    """Whether a citizen wrote, rather than eSMS about a message of ours."""
    return "content" in form and "sender" in form


def key_of(form: Mapping[str, str]) -> ItemKey:
    """A message by its smsid; a status by message, telephone and status. Raises PayloadInvalid."""
    if is_message(form):
        return ItemKey(
            "mo:" + key_part(need(form, "smsid")), sender_of(need(form, "sender")), provider_time=_time(form)
        )
    parts = [key_part(form.get(name, "")) for name in ("phonenumber", "SendStatus")]
    sms_id = key_part(need(form, "SMSID"))
    return ItemKey(":".join(["dlr", sms_id, *parts]), f"receipt:{sms_id}")


def meaning_of(form: Mapping[str, str], *, account: str, at: datetime) -> Parsed:
    """A message, a receipt, or an event that asks nothing of us. `at`: when we took it (aware)."""
    if not is_message(form):
        return _receipt(form, account=account, at=at)
    text = clean_text(form["content"]).strip()
    if not text:
        return Ignored(reason="empty_message")
    written = _time(form)
    return InboundMessage(
        channel=CHANNEL,
        account=account,
        provider_message_id=need(form, "smsid"),
        sender=Address(channel=CHANNEL, account=account, value=sender_of(form["sender"])),
        text=text,
        provider_time=written if written and written <= at + AHEAD else at,
        received_at=at,
    )


def answer_to(form: Mapping[str, str]) -> str:
    """What eSMS wants to hear about a message: that we have it, and nothing to be sent back at once."""
    to = escape(international(form.get("sender", "")))
    return (
        f"<ClientResponse><Message></Message><Smsid>{escape(form.get('smsid', ''))}</Smsid>"
        f"<Receiver>{to}</Receiver></ClientResponse>"
    )


def _receipt(form: Mapping[str, str], *, account: str, at: datetime) -> Parsed:
    status = _status(form)
    if status is None:
        return Ignored(reason="still_on_its_way" if form.get("SendStatus") in WAITING else "unknown_event")
    failed = status is DeliveryStatus.FAILED
    return DeliveryReceipt(
        channel=CHANNEL,
        account=account,
        provider_message_id=form.get("RequestId") or need(form, "SMSID"),
        status=status,
        at=at,
        reason=f"eSMS {form.get('error_info') or form.get('SendStatus')}" if failed else "",
        permanent=failed,
    )


def fate_of(told: Mapping[str, Any], request_id: str) -> Fate:
    """What eSMS answers when it is asked about a message; its receipts name that by our own id."""
    form = {name: str(value) for name, value in told.items()}
    if form.get("CodeResponse") != ANSWERED:
        return Fate("unknown", reason=form.get("CodeResponse", ""))
    match _status(form):
        case DeliveryStatus.DELIVERED:
            return Fate("delivered", request_id)
        case DeliveryStatus.FAILED:
            return Fate("failed", request_id, reason=f"eSMS {form.get('SendStatus')}")
        case _:
            return Fate("taken", request_id)


def _status(form: Mapping[str, str]) -> DeliveryStatus | None:
    """5 only says that eSMS is done with it: what came of it stands in the counts."""
    status = form.get("SendStatus")
    if status == DONE:
        return (
            DeliveryStatus.DELIVERED if form.get("SendSuccess", "0").strip() not in {"", "0"} else DeliveryStatus.FAILED
        )
    return {SENT: DeliveryStatus.SENT, REJECTED: DeliveryStatus.FAILED}.get(status or "")


def _time(form: Mapping[str, str]) -> datetime | None:
    """`receiverTime` as yyyyMMddHHmmss in Vietnamese time."""
    try:
        return datetime.strptime(form.get("receiverTime", ""), "%Y%m%d%H%M%S").replace(tzinfo=VIETNAM).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
