"""
One update → what it means. Pure.

`split` runs before Telegram is answered and looks at three numbers in plain JSON; `parse` runs in a worker and reads
the update as python-telegram-bot knows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import CallbackQuery, ChatMemberUpdated, Contact, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from channels.base import clean_text, safe_name
from channels.telegram.ids import button_id, message_id
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    GeoPoint,
    Ignored,
    InboundMessage,
    MessageKind,
    Parsed,
    Place,
    Standing,
)

CHANNEL = "telegram"
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask Telegram for, and understand."""
START = "start"
_BLOCKED = frozenset({ChatMemberStatus.BANNED, ChatMemberStatus.LEFT})  # BANNED is "kicked": the person blocked us
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, OSError, RecursionError)
_MILLION = 1_000_000
_NO_CONTENT = ("sticker", "poll", "dice", "game", "story", "paid_media", "checklist", "invoice")


def split(delivery: RawDelivery) -> Sequence[ItemKey]:
    """One item an update; its chat keeps the order. Raises PayloadInvalid for anything else."""
    update = read_json(delivery.body)
    number = update.get("update_id")
    if not isinstance(number, int):
        raise PayloadInvalid("an update without its number")
    happening: Mapping[str, Any] = next((update[kind] for kind in update if isinstance(update[kind], dict)), {})
    where = happening.get("message", happening)
    chat = where.get("chat") if isinstance(where, dict) else None
    key = f"chat:{chat['id']}" if isinstance(chat, dict) and isinstance(chat.get("id"), int) else f"update:{number}"
    return [ItemKey(f"update:{number}"[:100], key[:100], provider_time=_time(happening, number))]


def read_json(body: bytes) -> Mapping[str, Any]:
    """The body as an object. Raises PayloadInvalid."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise PayloadInvalid("not JSON") from None
    if not isinstance(value, dict):
        raise PayloadInvalid("not an object")
    return value


def _time(happening: Mapping[str, Any], number: int) -> datetime | None:
    """Telegram tells whole seconds; within one the numbers of the updates say what came first."""
    seconds = happening.get("edit_date", happening.get("date"))
    try:
        return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=number % _MILLION)
    except (TypeError, *_UNREADABLE):
        return None


def parse(delivery: RawDelivery) -> Sequence[Parsed]:
    """The update's meaning. Raises PayloadInvalid where it is none that Telegram could have sent."""
    try:
        update = Update.de_json(dict(read_json(delivery.body)), None)
        return [_Reader(delivery, update.update_id).meaning(update)]
    except _UNREADABLE as error:
        raise PayloadInvalid(f"not an update: {type(error).__name__}") from None


class _Reader:
    """Reads one update of one delivery."""

    def __init__(self, delivery: RawDelivery, number: int) -> None:
        self._delivery = delivery
        self._number = number

    def meaning(self, update: Update) -> Parsed:
        """What is neither said, shown, shared nor pressed by one person alone with us is ignored by name."""
        if update.message is not None:
            return self._said(update.message)
        if update.edited_message is not None:
            return self._edited(update.edited_message)
        if update.callback_query is not None:
            return self._pressed(update.callback_query)
        if update.my_chat_member is not None:
            return self._standing(update.my_chat_member)
        return Ignored(reason="unknown_event")

    def _said(self, message: Message) -> Parsed:
        ignored = _not_ours(message)
        if ignored is not None:
            return ignored
        if message.text is not None:
            return self._words(message, message.text)
        if (file := attachment_of(message)) is not None:
            album = f"{message.chat.id}:{message.media_group_id}" if message.media_group_id else ""
            return self._message(message, MessageKind.MEDIA, text=message.caption, attachments=(file,), group=album)
        if message.location is not None:
            return self._message(message, MessageKind.LOCATION, place=place_of(message))
        if message.contact is not None:
            return self._card(message, message.contact)
        named = next((name for name in _NO_CONTENT if getattr(message, name, None) is not None), "unknown_content")
        return Ignored(reason=named)

    def _words(self, message: Message, text: str) -> Parsed:
        command, _, reference = text.partition(" ")
        if command.partition("@")[0] != f"/{START}":
            return self._message(message, MessageKind.TEXT, text=text)
        reference = clean_text(reference).strip()[:64]
        return self._message(message, MessageKind.POSTBACK, payload=f"{START}:{reference}" if reference else START)

    def _card(self, message: Message, contact: Contact) -> Parsed:
        """Only their own card, sent by the button, proves a number; any other is as good as typed."""
        sender = message.from_user
        if sender is not None and contact.user_id == sender.id and (phone := international(contact.phone_number)):
            return self._message(message, MessageKind.CONTACT, contact_phone=phone)
        name = " ".join(filter(None, (contact.first_name, contact.last_name)))
        return self._message(message, MessageKind.TEXT, text=f"{name} {contact.phone_number}")

    def _edited(self, message: Message) -> Parsed:
        """Words are replaced; a place that moves by itself (live location) is not followed."""
        ignored = _not_ours(message)
        if ignored is not None:
            return ignored
        text = message.text if message.text is not None else message.caption
        if text is None:
            return Ignored(reason="live_location" if message.location is not None else "edit_without_words")
        edited = message_id(message.chat.id, message.message_id)
        return self._message(
            message,
            MessageKind.EDIT,
            text=text,
            thread_hints=(edited,),
            provider_message_id=f"{edited}:edited:{self._number}",
            provider_time=self._instant(message.edit_date or message.date),
        )

    def _pressed(self, pressed: CallbackQuery) -> Parsed:
        """The button's own message may be too old to be told; in a private chat the chat is the person."""
        if pressed.message is not None and pressed.message.chat.type != ChatType.PRIVATE:
            return Ignored(reason="group")
        if not pressed.data:
            return Ignored(reason="unknown_content")
        chat = str(pressed.from_user.id)
        return InboundMessage(
            channel=CHANNEL,
            account=self._delivery.account,
            provider_message_id=button_id(pressed.id),
            sender=self._address(chat),
            sender_name=_name(pressed.from_user.full_name),
            kind=MessageKind.POSTBACK,
            payload=clean_text(pressed.data),
            provider_time=self._received(),
            received_at=self._received(),
        )

    def _standing(self, changed: ChatMemberUpdated) -> Parsed:
        """In a private chat our own membership is whether the person lets us write."""
        if changed.chat.type != ChatType.PRIVATE:
            return Ignored(reason="group")
        blocked = changed.new_chat_member.status in _BLOCKED
        return Standing(
            channel=CHANNEL,
            account=self._delivery.account,
            address=self._address(str(changed.chat.id)),
            reachable=not blocked,
            reason="blocked" if blocked else "let_in",
            at=self._instant(changed.date),
        )

    def _message(self, message: Message, kind: MessageKind, *, text: str | None = None, **more: Any) -> InboundMessage:
        answered = message.reply_to_message
        sender = message.from_user
        given: dict[str, Any] = {
            "channel": CHANNEL,
            "account": self._delivery.account,
            "provider_message_id": message_id(message.chat.id, message.message_id),
            "sender": self._address(str(message.chat.id)),
            "sender_name": _name(sender.full_name if sender is not None else ""),
            "kind": kind,
            "text": clean_text(text or ""),
            "thread_hints": (message_id(message.chat.id, answered.message_id),) if answered is not None else (),
            "provider_time": self._instant(message.date),
            "received_at": self._received(),
        }
        return InboundMessage(**given | more)

    def _address(self, chat: str) -> Address:
        return Address(channel=CHANNEL, account=self._delivery.account, value=chat)

    def _received(self) -> datetime:
        if self._delivery.received_at is None:
            raise PayloadInvalid("nobody knows when it was received")
        return self._delivery.received_at

    def _instant(self, told: datetime) -> datetime:
        """In the order of the updates; never later than we had it."""
        return min(told + timedelta(microseconds=self._number % _MILLION), self._received())


def _not_ours(message: Message) -> Ignored | None:
    if message.chat.type != ChatType.PRIVATE:
        return Ignored(reason="group")
    return Ignored(reason="robot") if message.from_user is not None and message.from_user.is_bot else None


def _name(name: str) -> str:
    return " ".join(clean_text(name).split())[:120]


def attachment_of(message: Message) -> Attachment | None:
    """The file of a message, by its id at Telegram: of a photo the largest size."""
    if message.photo:
        largest = message.photo[-1]
        return _file(AttachmentKind.IMAGE, largest.file_id, largest.file_size, "")
    if (document := message.animation or message.video or message.document) is not None:
        kind = AttachmentKind.FILE if message.document is document else AttachmentKind.VIDEO
        if kind is AttachmentKind.FILE and (document.mime_type or "").startswith("image/"):
            kind = AttachmentKind.IMAGE
        return _file(kind, document.file_id, document.file_size, document.file_name or "")
    if (round_video := message.video_note) is not None:
        return _file(AttachmentKind.VIDEO, round_video.file_id, round_video.file_size, "")
    if (sound := message.voice or message.audio) is not None:
        return _file(AttachmentKind.AUDIO, sound.file_id, sound.file_size, getattr(sound, "file_name", None) or "")
    return None


def _file(kind: AttachmentKind, file_id: str, size: int | None, name: str) -> Attachment:
    return Attachment(
        kind=kind, media_type="", size=max(size or 0, 0), sha256="", source_url=file_id, name=safe_name(name)
    )


def place_of(message: Message) -> Place:
    """A shared place; of a venue also what it is called."""
    location, venue = message.location, message.venue
    if location is None:
        raise PayloadInvalid("a place without a point")
    point = GeoPoint(latitude=location.latitude, longitude=location.longitude, accuracy_m=location.horizontal_accuracy)
    words = ", ".join(filter(None, (venue.title, venue.address))) if venue is not None else ""
    return Place(text=clean_text(words), point=point)


def international(phone: str) -> str:
    """E.164; Telegram leaves the plus away in some programs. Empty where it is no such number."""
    digits = "".join(filter(str.isdigit, phone))
    digits = "84" + digits[1:] if digits.startswith("0") else digits
    return f"+{digits}" if digits.isascii() and 8 <= len(digits) <= 15 else ""
