"""
Events in: the provider's JSON → messages, receipts, echoes, who follows us. Pure.

The conversation is the citizen's id, or the visitor's conversation where he has no account of his own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from channels.base import clean_text, safe_name
from channels.zalo import events
from channels.zalo.envelope import Event, as_object, as_phone, as_size, as_text, card, id_of, read
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
    Standing,
)

CHANNEL = "zalo"
BUTTON = "#ln:"
"""Before the payload of a button of ours: pressed, it comes back as a text that begins so."""
VISITOR = "visitor:"
START = "start"
_KINDS = {"image": AttachmentKind.IMAGE, "gif": AttachmentKind.IMAGE, "file": AttachmentKind.FILE}


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
            events.FOLLOWED: lambda: [self._standing(reachable=True)],
            events.LEFT: lambda: [self._standing(reachable=False)],
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
        description = clean_text(as_text(payload.get("description")))
        phone = as_phone(card(description).get("phone"))
        if phone:
            name = " ".join(self._text().split())
            return self._inbound(kind=MessageKind.CONTACT, contact_phone=phone, text=name)
        lines = dict.fromkeys(filter(None, (self._text(), description, clean_text(as_text(payload.get("url"))))))
        whole = [one for one in lines if not any(one != other and one in other for other in lines)]
        return self._inbound(text="\n".join(whole))

    def _place(self) -> Parsed:
        coordinates = as_object(self._payload().get("coordinates"))
        try:
            point = GeoPoint(
                latitude=float(as_text(coordinates["latitude"])), longitude=float(as_text(coordinates["longitude"]))
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
        info = as_object(self._event.body.get("info"))
        phone, name = as_phone(info.get("phone")), " ".join(clean_text(as_text(info.get("name"))).split())
        if not phone:
            return [Ignored(reason="form_without_number")]
        return [self._inbound(kind=MessageKind.CONTACT, contact_phone=phone, sender_name=name)]

    def _receipts(self, status: DeliveryStatus) -> Sequence[Parsed]:
        """The provider's own pages disagree on who is the sender, so nothing hangs on it."""
        message = self._event.message
        listed = message.get("msg_ids")
        ids = [as_text(one) for one in listed] if isinstance(listed, list) else [self._event.message_id]
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

    def _standing(self, *, reachable: bool) -> Parsed:
        """Who unfollows wants to hear no more of us, until they follow again or write."""
        if not self._event.user:
            raise PayloadInvalid("from nobody")
        return Standing(
            channel=CHANNEL,
            account=self._account,
            address=self._citizen(),
            reachable=reachable,
            reason="let_in" if reachable else "blocked",
            at=self._event.at,
        )

    def _echo(self) -> Parsed:
        """Only what a person typed in the provider's tool names an administrator; our own words we know."""
        if not id_of(self._event.body, "sender", "admin_id"):
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
        quoted = as_text(event.message.get("quote_msg_id"))
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
        return clean_text(as_text(self._event.message.get("text"))).strip()

    def _attachments(self) -> list[Mapping[str, Any]]:
        listed = self._event.message.get("attachments")
        return [as_object(as_object(one).get("payload")) for one in listed] if isinstance(listed, list) else []

    def _payload(self) -> Mapping[str, Any]:
        found = self._attachments()
        return found[0] if found else {}


def _attachment(payload: Mapping[str, Any], sort: str) -> Attachment | None:
    url = as_text(payload.get("url"))
    if not url.startswith(("https://", "http://")):
        return None
    return Attachment(
        kind=_KINDS[sort] if sort in _KINDS else AttachmentKind(sort),
        media_type="",
        size=as_size(payload.get("size")),
        sha256="",
        source_url=url,
        name=safe_name(as_text(payload.get("name"))),
    )
