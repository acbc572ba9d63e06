"""
Events in: the provider's JSON → messages, receipts, echoes. Pure.

An event is one item. Its key is its name and message id, which a repetition shares; the conversation is the citizen's
id, or the visitor's conversation where he has no account of his own. Ids are strings: they exceed 2^53.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.base import clean_text, safe_name
from channels.zalo import events
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    DeliveryReceipt,
    DeliveryStatus,
    Echo,
    GeoPoint,
    Ignored,
    InboundMessage,
    MessageKind,
    Parsed,
    Place,
)

CHANNEL = "zalo"
BUTTON = "#ln:"
"""Before the payload of a button of ours: pressed, it comes back as a text that begins so."""
VISITOR = "visitor:"
START = "start"
LONGEST_TEXT = 50_000
_LAST_MS = 4_102_444_800_000
_KEY_LIMIT = 150
_KINDS = {"image": AttachmentKind.IMAGE, "gif": AttachmentKind.IMAGE, "file": AttachmentKind.FILE}
_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Event:
    """
    One event with what every reader of it needs. `user`: the citizen's id, empty where none is meant; `is_ours`: it
    names our official account, or none at all.
    """

    name: str
    body: Mapping[str, Any]
    at: datetime
    user: str
    is_ours: bool

    @property
    def message(self) -> Mapping[str, Any]:
        """Its message, or an empty one."""
        return _object(self.body.get("message"))

    @property
    def message_id(self) -> str:
        """The provider's id of the message, or an empty text."""
        return _text(self.message.get("msg_id"))

    @property
    def visit(self) -> str:
        """The conversation of a visitor without an account."""
        return _text(self.message.get("conversation_id") or self.body.get("conversation_id"))

    @property
    def key(self) -> str:
        """
        The same for every repetition. A reaction names the message reacted to, and a look may name many, so that these
        and what has no message id are told apart by their moment.
        """
        unique = self.message_id if self.name not in (*events.UNWANTED, events.SEEN) else ""
        return _key(self.name, unique) if unique else _key(self.name, str(_ms(self.at)), self.user)

    @property
    def conversation(self) -> str:
        """What belongs in one order."""
        return _key("visit", self.visit) if self.visit else _key("user", self.user or self.name)


def read(delivery: RawDelivery) -> Event:
    """The event in a body. Raises PayloadInvalid."""
    try:
        body = json.loads(delivery.body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("event_name"), str):
        raise PayloadInvalid("not an event")
    people = [one for side in ("sender", "recipient") if (one := _id(body, side, "id"))]
    named = {*people, _text(body.get("oa_id"))} - {""}
    other = next((one for one in people if one != delivery.account), "")
    user = _id(body, "follower", "id") or _text(body.get("user_id")) or other
    is_ours = not named or delivery.account in named
    return Event(body["event_name"], body, _moment(body.get("timestamp")), user, is_ours)


def split(delivery: RawDelivery) -> Sequence[ItemKey]:
    """One event, one item. Raises PayloadInvalid."""
    event = read(delivery)
    return [ItemKey(event.key, event.conversation, provider_time=event.at)]


def parse(delivery: RawDelivery) -> Sequence[Parsed]:
    """What the event means. Raises PayloadInvalid where a citizen's message cannot be read."""
    event = read(delivery)
    if not event.is_ours:
        return [Ignored(reason="other_account")]
    return _Reader(delivery, event).meaning()


class _Reader:
    """One event in the hand."""

    def __init__(self, delivery: RawDelivery, event: Event) -> None:
        self._event = event
        self._account = delivery.account
        self._received_at = delivery.received_at or event.at

    def meaning(self) -> Sequence[Parsed]:
        """By the event's name; the longer prefix first."""
        name = self._event.name
        if events.sort_of(name, events.TO_VISITOR, events.OA_SENDS) or events.sort_of(
            name, events.FROM_OA, events.OA_SENDS
        ):
            return [self._echo()]
        for prefix, known in ((events.FROM_USER, events.USER_SENDS), (events.FROM_VISITOR, events.VISITOR_SENDS)):
            if sort := events.sort_of(name, prefix, known):
                return [self._said(sort)]
        other = self._others().get(name)
        return other() if other else [Ignored(reason=events.unwanted(name))]

    def _others(self) -> Mapping[str, Callable[[], Sequence[Parsed]]]:
        return {
            events.DELIVERED: lambda: self._receipts(DeliveryStatus.DELIVERED),
            events.SEEN: lambda: self._receipts(DeliveryStatus.READ),
            events.FORM: self._form,
            events.WITHDRAWAL: lambda: [self._inbound(kind=MessageKind.WITHDRAWAL)],
            events.OPENED: lambda: [self._inbound(kind=MessageKind.POSTBACK, payload=START)],
        }

    def _said(self, sort: str) -> Parsed:
        if sort == events.STICKER:
            return Ignored(reason="sticker")
        read_it = {
            events.TEXT: self._words,
            events.LINK: self._link,
            events.CARD: self._link,
            events.PLACE: self._place,
        }
        return read_it[sort]() if sort in read_it else self._file(sort)

    def _words(self) -> Parsed:
        text = self._text()
        if text.startswith(BUTTON):
            return self._inbound(kind=MessageKind.POSTBACK, payload=text.removeprefix(BUTTON).strip())
        return self._inbound(text=text)

    def _link(self) -> Parsed:
        """A link with its description; a business card is a link whose description is JSON with a number in it."""
        payload = self._payload()
        description = clean_text(_text(payload.get("description")))
        phone = _phone(_card(description).get("phone"))
        if phone:
            name = " ".join(self._text().split())
            return self._inbound(kind=MessageKind.CONTACT, contact_phone=phone, text=name)
        lines = dict.fromkeys(filter(None, (self._text(), description, clean_text(_text(payload.get("url"))))))
        whole = [one for one in lines if not any(one != other and one in other for other in lines)]
        return self._inbound(text="\n".join(whole)[:LONGEST_TEXT])

    def _place(self) -> Parsed:
        coordinates = _object(self._payload().get("coordinates"))
        try:
            point = GeoPoint(
                latitude=float(_text(coordinates["latitude"])), longitude=float(_text(coordinates["longitude"]))
            )
        except (KeyError, ValueError) as error:
            raise PayloadInvalid("a place without a point") from error
        return self._inbound(kind=MessageKind.LOCATION, place=Place(point=point), text=self._text())

    def _file(self, sort: str) -> Parsed:
        files = [_attachment(one, sort) for one in self._attachments()]
        found = tuple(one for one in files if one is not None)
        if not found:
            raise PayloadInvalid("a file without an address")
        return self._inbound(kind=MessageKind.MEDIA, attachments=found, text=self._text())

    def _form(self) -> Sequence[Parsed]:
        """What the person filled in: typed by them, so proved by nobody. Where they live is not where it happened."""
        info = _object(self._event.body.get("info"))
        phone, name = _phone(info.get("phone")), " ".join(clean_text(_text(info.get("name"))).split())
        if not phone:
            return [Ignored(reason="form_without_number")]
        return [self._inbound(kind=MessageKind.CONTACT, contact_phone=phone, sender_name=name)]

    def _receipts(self, status: DeliveryStatus) -> Sequence[Parsed]:
        """The provider's own pages disagree on who is the sender, so nothing hangs on it."""
        message = self._event.message
        listed = message.get("msg_ids")
        ids = [_text(one) for one in listed] if isinstance(listed, list) else [self._event.message_id]
        known = dict.fromkeys(filter(None, ids))
        if not known:
            raise PayloadInvalid("a receipt of nothing")
        return [
            DeliveryReceipt(
                channel=CHANNEL,
                account=self._account,
                provider_message_id=one,
                status=status,
                at=self._event.at,
                address=self._event.user,
            )
            for one in known
        ]

    def _echo(self) -> Parsed:
        """Only what a person typed in the provider's tool names an administrator; our own words we know."""
        if not _id(self._event.body, "sender", "admin_id"):
            return Ignored(reason="own_echo")
        return Echo(
            channel=CHANNEL,
            account=self._account,
            provider_message_id=self._event.message_id,
            recipient=self._citizen(),
            by="person",
            text=self._text(),
            at=self._event.at,
        )

    def _inbound(self, **content: Any) -> InboundMessage:
        event = self._event
        if not event.user:
            raise PayloadInvalid("from nobody")
        quoted = _text(event.message.get("quote_msg_id"))
        return InboundMessage(
            channel=CHANNEL,
            account=self._account,
            provider_message_id=event.message_id or event.key,
            sender=self._citizen(),
            thread_hints=(quoted,) if quoted else (),
            provider_time=event.at,
            received_at=self._received_at,
            **content,
        )

    def _citizen(self) -> Address:
        event = self._event
        value = f"{VISITOR}{event.user}/{event.visit}" if event.visit else event.user
        return Address(channel=CHANNEL, account=self._account, value=value)

    def _text(self) -> str:
        return clean_text(_text(self._event.message.get("text")))[:LONGEST_TEXT].strip()

    def _attachments(self) -> list[Mapping[str, Any]]:
        listed = self._event.message.get("attachments")
        return [_object(_object(one).get("payload")) for one in listed] if isinstance(listed, list) else []

    def _payload(self) -> Mapping[str, Any]:
        found = self._attachments()
        return found[0] if found else {}


def _attachment(payload: Mapping[str, Any], sort: str) -> Attachment | None:
    url = _text(payload.get("url"))
    if not url.startswith(("https://", "http://")):
        return None
    return Attachment(
        kind=_KINDS[sort] if sort in _KINDS else AttachmentKind(sort),
        media_type="",
        size=_size(payload.get("size")),
        sha256="",
        source_url=url,
        name=safe_name(_text(payload.get("name"))),
    )


def _size(given: Any) -> int:
    """A claim, in digits or as a number; nothing is built on it."""
    written = _text(given)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else 0


def _phone(given: Any) -> str:
    """ "84901234567" and "0901234567" in E.164; empty for anything that is no number."""
    digits = _DIGITS.sub("", _text(given))
    if digits.startswith("0"):
        digits = f"84{digits[1:]}"
    return f"+{digits}" if digits.isascii() and 9 <= len(digits) <= 15 else ""


def _card(description: str) -> Mapping[str, Any]:
    """A card's description is JSON inside a string."""
    try:
        return _object(json.loads(description))
    except (ValueError, RecursionError):
        return {}


def _moment(given: Any) -> datetime:
    written = _text(given)
    if not (written.isascii() and written.isdigit() and len(written) < 16) or int(written) >= _LAST_MS:
        raise PayloadInvalid("no time that can be")
    return datetime.fromtimestamp(int(written) / 1000, UTC)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _id(body: Mapping[str, Any], side: str, name: str) -> str:
    return _text(_object(body.get(side)).get(name))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Ids and numbers come as strings, mostly; a number is written out, anything else is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value).encode("utf-8", "ignore").decode()
    except ValueError:  # a number of more digits than Python writes
        return ""


def _key(*parts: str) -> str:
    """Short and printable, whatever the provider's ids are made of."""
    whole = ":".join(parts)
    plain = len(whole) <= _KEY_LIMIT and whole.isascii() and whole.isprintable()
    return whole if plain else hashlib.sha256(whole.encode()).hexdigest()
