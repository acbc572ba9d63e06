"""
One message of ours → what Telegram shows: texts of bearable length, captions, buttons. Pure.

Telegram counts in UTF-16 units: an emoji is two. Words are sent as they are, never as markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

from channels.base import clean_text, is_link
from core.contract.schema import OutboundMessage

MOST_TEXT = int(MessageLimit.MAX_TEXT_LENGTH)
MOST_CAPTION = int(MessageLimit.CAPTION_LENGTH)
MOST_DATA = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup
_BORDERS = (re.compile(r"\n\s*"), re.compile(r"[.!?…:;]+[\"'”’)\]]*\s+"), re.compile(r"\s+"))
_SHORT_TITLE = 12
_ABREAST = 3
_ASKS = {"phone": "📱 Gửi số điện thoại của tôi", "place": "📍 Gửi vị trí của tôi"}


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split_text(text: str, *, most: int = MOST_TEXT) -> list[str]:
    """Pieces of at most `most` units, cut at the end of a line or a sentence, else between words, in order."""
    rest, pieces = text.strip(), []
    while units(rest) > most:
        head = _beginning(rest, most)
        cut = _border(head)
        pieces.append(head[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _beginning(text: str, most: int) -> str:
    return text[:most].encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")


def _border(head: str) -> int:
    """Where to cut: the last good place in the second half of it."""
    for border in _BORDERS:
        ends = [found.end() for found in border.finditer(head) if found.end() > len(head) // 2]
        if ends:
            return ends[-1]
    return len(head)


def text_of(message: OutboundMessage) -> str:
    """Our words, and below them every choice that cannot be a button."""
    choices = [f"- {title}: {payload}" if is_link(payload) else f"- {title}" for title, payload in _as_text(message)]
    return "\n\n".join(filter(None, (clean_text(message.text).strip(), "\n".join(choices))))


def keyboard_of(message: OutboundMessage) -> Keyboard | None:
    """
    Choices as buttons under the message; what asks for a phone number or a place brings its button in place of letters.

    Both cannot stand together: beside a request the choices are titles, which arrive as if they were typed.
    """
    if message.asks:
        request = KeyboardButton(
            _ASKS[message.asks], request_contact=message.asks == "phone", request_location=message.asks == "place"
        )
        titles = [KeyboardButton(title) for title, payload in message.buttons if not is_link(payload)]
        rows = [[request], *([titles] if titles else [])]
        return ReplyKeyboardMarkup(rows, one_time_keyboard=True, resize_keyboard=True)
    buttons = [_button(title, payload) for title, payload in message.buttons if _is_button(payload)]
    return InlineKeyboardMarkup(_rows(buttons)) if buttons else None


def _button(title: str, payload: str) -> InlineKeyboardButton:
    if is_link(payload):
        return InlineKeyboardButton(title, url=payload)
    return InlineKeyboardButton(title, callback_data=payload)


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    """Short titles stand side by side."""
    abreast = _ABREAST if all(len(button.text) <= _SHORT_TITLE for button in buttons) else 1
    return [buttons[at : at + abreast] for at in range(0, len(buttons), abreast)]


def _as_text(message: OutboundMessage) -> list[tuple[str, str]]:
    return [
        (title, payload)
        for title, payload in message.buttons
        if not _is_button(payload) or (message.asks and is_link(payload))
    ]


def _is_button(payload: str) -> bool:
    """Telegram opens only https, and carries 1 to 64 bytes."""
    if is_link(payload):
        return payload.startswith("https://")
    return 1 <= len(payload.encode()) <= MOST_DATA
