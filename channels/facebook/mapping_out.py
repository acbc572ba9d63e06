"""
From a message of ours to what the provider is asked; pure.

How we may write depends on how long ago the person wrote: within 24 hours anything; within 7 days what a person wrote
(HUMAN_AGENT); later an approved template. A comment gets one private answer within 7 days.
Source: Messenger Platform, Send messages (2026-05-05), Utility messages (2026-03-13), Private replies (2026-04-16).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.base import clean_text, is_link
from channels.facebook.comments import comment_of
from channels.facebook.settings import FacebookSettings, Template
from core.contract.errors import MessageInvalid, WindowClosed
from core.contract.schema import Attachment, AttachmentKind, OutboundMessage

Payload = Mapping[str, Any]
TEXT_LIMIT = 2000
TITLE_LIMIT = 20
PAYLOAD_LIMIT = 1000
MOST_REPLIES = 12
"""The provider takes 13; one is for a phone number."""
WINDOW = timedelta(hours=24)
LONG_WINDOW = timedelta(days=7)
IMAGE_BYTES = 8 * 1024 * 1024
FILE_BYTES = 25 * 1024 * 1024
NOT_ATTACHED = "Tệp không gửi kèm được qua Messenger: "
_COMMENTS = ("commenter:", "comment:")


@dataclass(frozen=True)
class Files:
    """What goes along: (type, the provider's id) of each uploaded file, and names of what could not be taken."""

    uploaded: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()


NO_FILES = Files()


def is_for_comment(message: OutboundMessage) -> bool:
    """Whether its reader is known only as the writer of a comment."""
    return message.recipient.value.startswith(_COMMENTS)


def takes_files(message: OutboundMessage, settings: FacebookSettings, *, now: datetime) -> bool:
    """Whether files can go along. Raises WindowClosed."""
    return _right(message, settings, now=now)[1] is None


def messages(
    message: OutboundMessage, settings: FacebookSettings, *, now: datetime, files: Files = NO_FILES
) -> Sequence[Payload]:
    """
    The requests for one message to somebody on Messenger, in order: files, then the text with its buttons.

    Only the last bears our mark, so that its echo proves that everything has arrived.
    Raises: WindowClosed: it may not be sent this way now. MessageInvalid: there is nothing in it.
    """
    right, template = _right(message, settings, now=now)
    said = [_templated(message, template)] if template else [*map(_attached, files.uploaded), *_bodies(message, files)]
    return [{"recipient": {"id": message.recipient.value}} | right | {"message": one} for one in said]


def most_bytes(attachment: Attachment) -> int:
    """How large a file of this kind may be."""
    return IMAGE_BYTES if attachment.kind is AttachmentKind.IMAGE else FILE_BYTES


def _attached(file: tuple[str, str]) -> Payload:
    kind, attachment_id = file
    return {"attachment": {"type": kind, "payload": {"attachment_id": attachment_id}}}


def private_reply(message: OutboundMessage, *, now: datetime) -> tuple[str, Payload]:
    """
    The comment's id and the request for the one private answer to it: what does not fit in is cut.

    Raises: WindowClosed: the comment is too old. MessageInvalid: nothing in it, or no comment that it answers.
    """
    comment = comment_of(message.in_reply_to)
    if not comment:
        raise MessageInvalid("the comment that this answers is not known")
    if _age(message, now) > LONG_WINDOW:
        raise WindowClosed("the comment is older than 7 days")
    text = _with_choices(message)
    if len(text) > TEXT_LIMIT:
        text = text[: TEXT_LIMIT - 1].rstrip() + "…"
    return comment, {"recipient": {"comment_id": comment}, "message": {"text": text, "metadata": message.id}}


def _right(
    message: OutboundMessage, settings: FacebookSettings, *, now: datetime
) -> tuple[dict[str, str], Template | None]:
    """By which right we write, and the template that we have to use for it. WindowClosed: by none."""
    age = _age(message, now)
    if age <= WINDOW:
        return {"messaging_type": "RESPONSE"}, None
    if age <= LONG_WINDOW and not message.automatic and settings.human_agent:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, None
    template = settings.templates.get(message.purpose)
    if template is None or not all(message.fields.get(field, "").strip() for field in template.fields):
        raise WindowClosed("the person has not written for too long")
    return {"messaging_type": "UTILITY"}, template


def _age(message: OutboundMessage, now: datetime) -> timedelta:
    """How long ago the person wrote; where we do not know it, the provider decides."""
    return now - message.last_heard if message.last_heard else timedelta(0)


def _bodies(message: OutboundMessage, files: Files) -> Sequence[Payload]:
    if not clean_text(message.text).strip():
        raise MessageInvalid("there are no words in it")
    replies = quick_replies(message.buttons)
    text = clean_text(message.text).strip() if replies else _with_choices(message)
    parts = cut("\n".join([text, *([NOT_ATTACHED + ", ".join(files.left_out)] if files.left_out else [])]))
    replies = [{"content_type": "user_phone_number"}, *replies] if message.asks == "phone" else replies
    last = {"text": parts[-1], "metadata": message.id} | ({"quick_replies": replies} if replies else {})
    return [*({"text": part} for part in parts[:-1]), last]


def _templated(message: OutboundMessage, template: Template) -> Payload:
    """An approved template with its blanks filled in."""
    values = [{"type": "text", "text": clean_text(message.fields[field])} for field in template.fields]
    components = [{"type": "body", "parameters": values}] if values else []
    filled = {"name": template.name, "language": {"code": template.language}, "components": components}
    return {"template": filled, "metadata": message.id}


def quick_replies(buttons: Sequence[tuple[str, str]]) -> list[Payload]:
    """Buttons below the text; none at all where the provider could not take one of them as it is."""
    fits = all(0 < len(title) <= TITLE_LIMIT and 0 < len(payload) <= PAYLOAD_LIMIT for title, payload in buttons)
    if not fits or len(buttons) > MOST_REPLIES or any(is_link(payload) for _, payload in buttons):
        return []
    return [{"content_type": "text", "title": title, "payload": payload} for title, payload in buttons]


def _with_choices(message: OutboundMessage) -> str:
    """The text with its buttons as lines: a person answers in words."""
    text = clean_text(message.text).strip()
    if not text:
        raise MessageInvalid("there are no words in it")
    lines = [f"- {title}: {payload}" if is_link(payload) else f"- {title}" for title, payload in message.buttons]
    return "\n".join([text, *lines])


def cut(text: str) -> list[str]:
    """Pieces of at most 2000 characters, at the end of a paragraph, a line or a word where there is one."""
    pieces = []
    while len(text) > TEXT_LIMIT:
        head = text[: TEXT_LIMIT + 1]
        at = next((found for sign in ("\n\n", "\n", " ") if (found := head.rfind(sign)) > TEXT_LIMIT // 2), TEXT_LIMIT)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*pieces, text]
