"""
From an event of the provider to what it means; pure.

Messenger: messages, edits, postbacks, receipts, echoes. What stands under a post is in `comments`.
Source: Messenger Platform, Webhook events (2026-06-01).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.facebook.batch import Event, Json, ident, inner, moment, person, when, words
from channels.facebook.content import answered, content, pressed, told
from channels.facebook.settings import FacebookSettings
from core.contract.errors import PayloadInvalid
from core.contract.ports import RawDelivery
from core.contract.schema import (
    Address,
    DeliveryReceipt,
    DeliveryStatus,
    Echo,
    Ignored,
    InboundMessage,
    MessageKind,
    Parsed,
)

CHANNEL = "facebook"
_UNWANTED = {
    "reaction": "reaction",
    "optin": "optin",
    "account_linking": "account_linking",
    "policy-enforcement": "policy_enforcement",
    "policy_enforcement": "policy_enforcement",
    "pass_thread_control": "handover",
    "request_thread_control": "handover",
    "app_roles": "handover",
}
GET_STARTED = "GET_STARTED"
"""What the first button of a chat sends, as it is to be set up at the provider."""
START = "start"
"""The dialogue's own word for somebody who opened a chat."""


@dataclass(frozen=True)
class Reader:
    """Reads one event. `page` is our side: one app may serve several."""

    settings: FacebookSettings
    delivery: RawDelivery
    event: Event

    @property
    def received(self) -> datetime:
        """When we took it."""
        return self.delivery.received_at or self.said or datetime.fromtimestamp(0, UTC)

    @property
    def said(self) -> datetime | None:
        """The provider's time, which is never in our future."""
        at, received = when(self.event), self.delivery.received_at
        return min(at, received) if at and received else at

    def address(self, value: str) -> Address:
        """A person on this Page."""
        return Address(channel=CHANNEL, account=self.event.page, value=value)

    def message(self, *, key: str, sender: str, **more: object) -> InboundMessage:
        """One message with its times and its sender. PayloadInvalid: nobody sent it."""
        if not sender or not key:
            raise PayloadInvalid("a message without its sender or its id")
        base = {
            "channel": CHANNEL,
            "account": self.event.page,
            "provider_message_id": key,
            "sender": self.address(sender),
            "provider_time": self.said or self.received,
            "received_at": self.received,
        }
        return InboundMessage.model_validate(base | more)


def parse_messenger(reader: Reader) -> Sequence[Parsed]:
    """What a Messenger event means."""
    value = reader.event.value
    for name, read in _READERS.items():
        if name in value:
            return read(reader, inner(value, name))
    return [Ignored(reason=next((_UNWANTED[name] for name in value if name in _UNWANTED), "unknown_event"))]


def _message(reader: Reader, message: Json) -> Sequence[Parsed]:
    if message.get("is_echo"):
        return [_echo(reader, message)]
    text, files = content(message)
    if payload := ident(inner(message, "quick_reply").get("payload")):
        meaning = pressed(payload, text)
    elif text or files:
        meaning = {"kind": MessageKind.TEXT if text else MessageKind.MEDIA, "text": text, "attachments": files}
    else:
        return [Ignored(reason="unsupported_content")]
    hints, key = answered(message), ident(message.get("mid"))
    return _aside(reader, reader.message(key=key, sender=person(reader.event), thread_hints=hints, **meaning))


def _aside(reader: Reader, message: InboundMessage) -> Sequence[Parsed]:
    """On the stand-by list another program has the thread: heard, and left to it."""
    if reader.event.stream != "standby":
        return [message]
    return [message, _taken_over(reader, message.sender.value)]


def _taken_over(reader: Reader, value: str) -> Echo:
    at = reader.said or reader.received
    return Echo(channel=CHANNEL, account=reader.event.page, recipient=reader.address(value), by="person", at=at)


def _echo(reader: Reader, message: Json) -> Parsed:
    """Ours where our app sent it; otherwise a person, or another program, has answered."""
    app, key, recipient = ident(message.get("app_id")), ident(message.get("mid")), person(reader.event)
    if not recipient or not key:
        raise PayloadInvalid("an echo without its recipient or its id")
    if app in reader.settings.other_tools:
        return Ignored(reason="other_tool")
    ours = app == reader.settings.app_id
    return Echo(
        channel=CHANNEL,
        account=reader.event.page,
        provider_message_id=key,
        recipient=reader.address(recipient),
        by="us" if ours else "person",
        reference=ident(message.get("metadata")) if ours else "",
        text=told(message),
        at=reader.said or reader.received,
    )


def _edit(reader: Reader, edit: Json) -> Sequence[Parsed]:
    mid, text = ident(edit.get("mid")), words(edit.get("text"))
    key = f"{mid}#{ident(edit.get('num_edit'))}" if mid else ""
    edited = reader.message(key=key, sender=person(reader.event), kind=MessageKind.EDIT, text=text, thread_hints=(mid,))
    return _aside(reader, edited)


def _postback(reader: Reader, postback: Json) -> Sequence[Parsed]:
    """A button of a template, of the menu, or "Bắt đầu"."""
    payload, title = ident(postback.get("payload")), words(postback.get("title"))
    if payload == GET_STARTED:
        return _opened(reader, inner(postback, "referral"), key=ident(postback.get("mid")))
    if not payload and not title:
        return [Ignored(reason="empty_postback")]
    key = ident(postback.get("mid")) or _unnamed(reader)
    return _aside(reader, _press(reader, key, payload=payload, text=title))


def _opened(reader: Reader, referral: Json, *, key: str = "") -> Sequence[Parsed]:
    """Somebody came by the first button, a link or a QR code (`ref` says which), and has said nothing yet."""
    ref = ident(referral.get("ref"))
    payload = f"{START}:{ref}" if ref else START
    return _aside(reader, _press(reader, key or _unnamed(reader), payload=payload))


def _press(reader: Reader, key: str, *, payload: str, text: str = "") -> InboundMessage:
    return reader.message(key=key, sender=person(reader.event), kind=MessageKind.POSTBACK, text=text, payload=payload)


def _unnamed(reader: Reader) -> str:
    """What an event without an id is called: a person does not press twice in one millisecond."""
    return f"pressed:{person(reader.event)}:{ident(reader.event.value.get('timestamp'))}"


def _delivered(reader: Reader, delivery: Json) -> Sequence[Parsed]:
    """The provider names the messages, or else means all until the watermark."""
    named = delivery.get("mids")
    mids = [ident(mid) for mid in named] if isinstance(named, list) else []
    receipt = _receipt(reader, delivery, DeliveryStatus.DELIVERED)
    return [receipt.model_copy(update={"provider_message_id": mid}) for mid in filter(None, mids)] or [receipt]


def _read(reader: Reader, read: Json) -> Sequence[Parsed]:
    return [_receipt(reader, read, DeliveryStatus.READ)]


def _receipt(reader: Reader, told: Json, status: DeliveryStatus) -> DeliveryReceipt:
    until = moment(told.get("watermark"))
    if until is None:
        raise PayloadInvalid("a receipt without its watermark")
    return DeliveryReceipt(
        channel=CHANNEL,
        account=reader.event.page,
        provider_message_id="",
        status=status,
        at=until,
        address=person(reader.event),
    )


def _took_thread(reader: Reader, taken: Json) -> Sequence[Parsed]:
    """Another program took the thread from us."""
    lost = ident(taken.get("previous_owner_app_id")) == reader.settings.app_id
    who = person(reader.event)
    return [_taken_over(reader, who) if lost and who else Ignored(reason="handover")]


_READERS: dict[str, Callable[[Reader, Json], Sequence[Parsed]]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "referral": _opened,
    "delivery": _delivered,
    "read": _read,
    "take_thread_control": _took_thread,
}
