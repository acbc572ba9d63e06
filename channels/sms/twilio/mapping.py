"""
Twilio's forms → what they mean. Pure.

Inbound messages and status callbacks come to one address; a callback is known by its `MessageStatus`. Callbacks come
in any order and more than once: each is a fact of its own, and the store keeps the one that got furthest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from channels.base import clean_text, need, safe_name
from channels.sms.carrier import CHANNEL, key_part
from channels.sms.phones import sender_of
from core.contract.errors import PayloadInvalid
from core.contract.ports import Fate, ItemKey
from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    DeliveryReceipt,
    DeliveryStatus,
    Ignored,
    InboundMessage,
    MessageKind,
    Parsed,
    Standing,
)

MOST_FILES = 10
STATUSES = {
    "sent": DeliveryStatus.SENT,
    "partially_delivered": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}
ON_THE_WAY = frozenset({"accepted", "scheduled", "queued", "sending"})
STOP, START, HELP = "stop", "start", "help"
WORDS = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), STOP),
    **dict.fromkeys(("start", "unstop"), START),
}
"""What Twilio itself acts upon and answers: after a stop word it refuses to send there (21610) until a start word."""
_FATES: Mapping[DeliveryStatus, Literal["delivered", "failed"]] = {
    DeliveryStatus.DELIVERED: "delivered",
    DeliveryStatus.READ: "delivered",
    DeliveryStatus.FAILED: "failed",
}
CLOCKS = timedelta(minutes=1)
"""How far Twilio's clock may be behind ours; it tells seconds only."""
UNTIL_LATER = frozenset({"30001", "30002", "30003", "30005", "30008"})
"""Reasons of a failed message that may pass: the phone was off, nobody knows why."""


def key_of(form: Mapping[str, str]) -> ItemKey:
    """Messages by their sid, each state of one of ours by sid and state. Raises PayloadInvalid."""
    sid = key_part(need(form, "MessageSid"))
    if status := form.get("MessageStatus"):
        return ItemKey(f"{sid}:{key_part(status)}", f"receipt:{sid}")
    return ItemKey(sid, sender_of(need(form, "From")))


def meaning_of(form: Mapping[str, str], *, account: str, at: datetime) -> Parsed:
    """A message, a receipt, a standing, or an event that asks nothing of us. `at`: when we took it (aware)."""
    if form.get("MessageStatus"):
        return _receipt(form, account=account, at=at)
    if asked := _asked_of_twilio(form):
        return _answered_by_twilio(asked, form, account=account, at=at)
    files = _files(form)
    text = clean_text(form.get("Body", "")).strip()
    if not text and not files:
        return Ignored(reason="empty_message")
    return InboundMessage(
        channel=CHANNEL,
        account=account,
        provider_message_id=need(form, "MessageSid"),
        sender=_sender(form, account),
        kind=MessageKind.MEDIA if files else MessageKind.TEXT,
        text=text,
        attachments=files,
        provider_time=at,
        received_at=at,
    )


def _asked_of_twilio(form: Mapping[str, str]) -> str:
    """What a message wants of Twilio rather than of us, or nothing; our own words are in its `OptOutType`."""
    if kind := form.get("OptOutType", "").lower():
        return kind
    return WORDS.get(form.get("Body", "").strip().lower(), "")


def _answered_by_twilio(asked: str, form: Mapping[str, str], *, account: str, at: datetime) -> Parsed:
    """Whether the person lets us write from now on; to a word for help Twilio has said what there is to say."""
    if asked not in {STOP, START}:
        return Ignored(reason="help_word" if asked == HELP else "unknown_event")
    return Standing(
        channel=CHANNEL,
        account=account,
        address=_sender(form, account),
        reachable=asked == START,
        reason=STOP if asked == STOP else "let_in",
        at=at,
    )


def _sender(form: Mapping[str, str], account: str) -> Address:
    return Address(channel=CHANNEL, account=account, value=sender_of(need(form, "From")))


def _receipt(form: Mapping[str, str], *, account: str, at: datetime) -> Parsed:
    status = form["MessageStatus"].lower()
    if status not in STATUSES:
        return Ignored(reason="still_on_its_way" if status in ON_THE_WAY else "unknown_event")
    failed = STATUSES[status] is DeliveryStatus.FAILED
    code = form.get("ErrorCode", "")
    return DeliveryReceipt(
        channel=CHANNEL,
        account=account,
        provider_message_id=need(form, "MessageSid"),
        status=STATUSES[status],
        at=at,
        reason=f"{status} {code}".strip() if failed else "",
        permanent=failed and code not in UNTIL_LATER,
    )


def fate_of(listed: Sequence[Mapping[str, Any]], text: str, *, since: datetime) -> Fate:
    """What became of the newest of these messages that has these words and was made since then (aware)."""
    for one in listed:
        if one.get("body") == text and _made_at(one) >= since - CLOCKS:
            status = STATUSES.get(str(one.get("status", "")).lower(), DeliveryStatus.SENT)
            code = str(one.get("error_code") or "")
            return Fate(_FATES.get(status, "taken"), str(one.get("sid", "")), reason=code)
    return Fate("unknown")


def _made_at(one: Mapping[str, Any]) -> datetime:
    try:
        return parsedate_to_datetime(str(one.get("date_created", "")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _files(form: Mapping[str, str]) -> tuple[Attachment, ...]:
    """Pictures and sounds of an MMS: named here, fetched by a worker."""
    count = form.get("NumMedia") or "0"
    if not (count.isascii() and count.isdigit() and len(count) <= 3):
        raise PayloadInvalid("not a number of files")
    return tuple(_file(form, number) for number in range(min(int(count), MOST_FILES)))


def _file(form: Mapping[str, str], number: int) -> Attachment:
    kind = form.get(f"MediaContentType{number}", "").partition("/")[0]
    url = need(form, f"MediaUrl{number}")
    return Attachment(
        kind=AttachmentKind(kind) if kind in {"image", "video", "audio"} else AttachmentKind.FILE,
        media_type="",
        size=0,
        sha256="",
        source_url=url,
        name=safe_name(url.rpartition("/")[2]),
    )
