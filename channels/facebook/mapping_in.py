"""
From an event of the provider to what it means; pure.

Messenger: messages, edits, postbacks, receipts, echoes. What stands under a post is in `comments`.
Source: Messenger Platform, Webhook events (2026-06-01).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from channels.base import clean_text, safe_name
from channels.facebook.batch import Event, Json, ident, inner, moment, objects, person, when, words
from channels.facebook.settings import FacebookSettings
from core.contract.errors import PayloadInvalid
from core.contract.ports import RawDelivery
from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    DeliveryReceipt,
    DeliveryStatus,
    Echo,
    Ignored,
    InboundMessage,
    MessageKind,
    Parsed,
)

CHANNEL = "facebook"
_KINDS = {
    "image": AttachmentKind.IMAGE,
    "video": AttachmentKind.VIDEO,
    "audio": AttachmentKind.AUDIO,
    "file": AttachmentKind.FILE,
}
_SHARED = frozenset({"fallback", "reel", "ig_reel", "post", "ig_post"})
_THUMBS = frozenset({"369239263222822", "369239343222814", "369239383222810"})
_PHONE = re.compile(r"\+?[0-9][0-9 .-]{8,15}")
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_WRAPPED = re.compile(r"lm?\.facebook\.com")
_SHOWN = {"image": "ảnh", "video": "video", "audio": "tin thoại", "sticker": "nhãn dán"}
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
MOST_FILES = 30
"""The provider's own limit of one message."""


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
    text, files = _content(message)
    if pressed := ident(inner(message, "quick_reply").get("payload")):
        meaning = _pressed(pressed, text)
    elif text or files:
        meaning = {"kind": MessageKind.TEXT if text else MessageKind.MEDIA, "text": text, "attachments": files}
    else:
        return [Ignored(reason="unsupported_content")]
    hints, key = _answered(message), ident(message.get("mid"))
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
        text=_told(message),
        at=reader.said or reader.received,
    )


def _told(message: Json) -> str:
    """What somebody of our side said, for staff to read: files by what they are."""
    kinds = [ident(one.get("type")) for one in _attachments(message)]
    files = [f"[{_SHOWN.get(kind, 'tệp')}]" for kind in kinds]
    return "\n".join(part for part in (words(message.get("text")), *files) if part)


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


def _pressed(payload: str, title: str) -> dict[str, object]:
    """A quick reply: a button of ours, or the phone number or mail address that the person lets us have."""
    if _PHONE.fullmatch(payload):
        return {"kind": MessageKind.CONTACT, "text": "", "contact_phone": _international(payload)}
    if _MAIL.fullmatch(payload):
        return {"kind": MessageKind.TEXT, "text": clean_text(payload)}
    return {"kind": MessageKind.POSTBACK, "text": title, "payload": payload}


def _international(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if number.startswith("+"):
        return "+" + digits
    return "+84" + digits.removeprefix("0") if digits.startswith("0") else "+" + digits


def _answered(message: Json) -> tuple[str, ...]:
    """The message that this one answers."""
    mid = ident(inner(message, "reply_to").get("mid"))
    return (mid,) if mid else ()


def _content(message: Json) -> tuple[str, tuple[Attachment, ...]]:
    """Words and files; what was shared from elsewhere is its title and its link, a thumb is a word."""
    attachments = _attachments(message)
    parts = [words(message.get("text")), *(_as_words(one) for one in attachments)]
    text = "\n".join(dict.fromkeys(part for part in parts if part and not _repeats(part, parts[0])))
    return text, tuple(file for one in attachments if (file := _file(one)))


def _repeats(part: str, text: str) -> bool:
    """A link that stands in the words already."""
    return part is not text and part.splitlines()[-1] in text


def _as_words(attachment: Json) -> str:
    kind, payload = ident(attachment.get("type")), inner(attachment, "payload")
    if kind == "sticker":
        return "👍" if ident(payload.get("sticker_id")) in _THUMBS else ""
    if kind not in _SHARED:
        return ""
    link = unwrapped(words(payload.get("url") or attachment.get("url")))
    title = words(payload.get("title") or attachment.get("title"))
    return "\n".join(dict.fromkeys(part for part in (title, link) if part))


def unwrapped(link: str) -> str:
    """Where a link leads that the provider has put its own in front of; nothing is asked of anybody."""
    try:
        parts = urlsplit(link)
        inside = parse_qs(parts.query).get("u", [""])[0]
    except ValueError:
        return link
    wrapped = _WRAPPED.fullmatch(parts.hostname or "") and inside.startswith(("https://", "http://"))
    return clean_text(inside) if wrapped else link


def _file(attachment: Json) -> Attachment | None:
    """A file that lies with the provider for a while; what it is will show when it is fetched."""
    kind, payload = _KINDS.get(ident(attachment.get("type"))), inner(attachment, "payload")
    url = payload.get("url")
    if kind is None or not isinstance(url, str) or not url:
        return None
    name = _name_in(url) if kind is AttachmentKind.FILE else ""
    return Attachment(kind=kind, media_type="", size=0, sha256="", source_url=clean_text(url), name=name)


def _name_in(url: str) -> str:
    """The file name that an address ends with."""
    try:
        return safe_name(urlsplit(url).path)
    except ValueError:
        return ""


def _attachments(message: Json) -> list[Json]:
    return objects(message.get("attachments"))[:MOST_FILES]
