"""
Messages out: what we say → the provider's requests. Pure.

Buttons are sent so that their press comes back as a hidden text. Source: Zalo's pages "Tin tư vấn", "Cấu trúc của tham
số buttons", "ZNS".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from channels.zalo.mapping_in import BUTTON, VISITOR
from channels.zalo.settings import ZaloSettings, ZaloTemplate
from core.contract.errors import ChannelMisconfigured, MessageInvalid
from core.contract.schema import OutboundMessage

LONGEST_TEXT = 2000
LONGEST_TITLE = 100
_FORM_TITLE = "Chia sẻ số điện thoại"
_FORM_SUBTITLE = "Để cán bộ liên hệ khi cần làm rõ. Anh/chị có thể nhắn số điện thoại thay cho biểu mẫu này."
_ENDS = ("\n\n", "\n", ". ", " ")

Payload = Mapping[str, Any]


def is_phone(address: str) -> bool:
    """Whether an address is a phone number, which only templates reach."""
    return address.startswith("+")


def is_visitor(address: str) -> bool:
    """Whether an address is a visitor without an account, who can only be told words."""
    return address.startswith(VISITOR)


def recipient(address: str) -> Payload:
    """Who reads it."""
    if not is_visitor(address):
        return {"user_id": address}
    user, _, visit = address.removeprefix(VISITOR).partition("/")
    return {"anonymous_id": user, "conversation_id": visit}


def chat_messages(message: OutboundMessage, settings: ZaloSettings) -> list[Payload]:
    """Its words, in as many messages as they need; buttons under the last, and the form where a number is asked for."""
    to, plain = recipient(message.recipient.value), is_visitor(message.recipient.value)
    pressable = not plain and 0 < len(message.buttons) <= settings.buttons
    text = message.text if pressable or not message.buttons else f"{message.text}\n\n{numbered(message.buttons)}"
    pieces: list[dict[str, Any]] = [{"text": piece} for piece in cut(text)]
    if pressable:
        pieces[-1]["attachment"] = _template({"buttons": [_button(*one) for one in message.buttons]})
    if message.asks == "phone" and settings.form_image and not plain:
        pieces.append({"attachment": _template(_form(settings.form_image))})
    return [{"recipient": to, "message": piece} for piece in pieces]


def file_message(message: OutboundMessage, sort: str, known_as: str) -> Payload:
    """One uploaded file."""
    element = {"media_type": sort, "attachment_id": known_as}
    pictured = _template({"template_type": "media", "elements": [element]})
    attachment = {"type": "file", "payload": {"token": known_as}} if sort == "file" else pictured
    return {"recipient": recipient(message.recipient.value), "message": {"attachment": attachment}}


def template_message(message: OutboundMessage, settings: ZaloSettings) -> Payload:
    """A message by phone number. Raises ChannelMisconfigured without a template, MessageInvalid without its values."""
    template = settings.templates.get(message.purpose)
    if template is None:
        raise ChannelMisconfigured(f"no template for messages of the kind {message.purpose}")
    mode = {"mode": settings.template_mode} if settings.template_mode else {}
    return {
        "phone": message.recipient.value.removeprefix("+"),
        "template_id": template.id,
        "template_data": _filled(template, message.fields),
        "tracking_id": message.id,
        **mode,
    }


def _filled(template: ZaloTemplate, given: Mapping[str, str]) -> Payload:
    missing = sorted(ours for ours in template.fields.values() if not given.get(ours))
    if missing:
        raise MessageInvalid(f"the template {template.id} needs: {', '.join(missing)}")
    return {theirs: given[ours] for theirs, ours in template.fields.items()}


def numbered(buttons: Sequence[tuple[str, str]]) -> str:
    """Buttons as words, where there are none to press."""
    return "\n".join(f"{number}. {title}" for number, (title, _) in enumerate(buttons, start=1))


def cut(text: str) -> list[str]:
    """Pieces of at most what one message takes, cut where a reader would pause."""
    pieces, rest = [], text
    while len(rest) > LONGEST_TEXT:
        ends = (rest.rfind(mark, LONGEST_TEXT // 2, LONGEST_TEXT - 1) for mark in _ENDS)
        at = next((end + 1 for end in ends if end >= 0), LONGEST_TEXT)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*pieces, rest]


def _button(title: str, payload: str) -> Payload:
    if payload.startswith("https://"):
        return {"title": title[:LONGEST_TITLE], "type": "oa.open.url", "payload": {"url": payload}}
    return {"title": title[:LONGEST_TITLE], "type": "oa.query.hide", "payload": f"{BUTTON}{payload}"}


def _form(image: str) -> Payload:
    element = {"title": _FORM_TITLE, "subtitle": _FORM_SUBTITLE, "image_url": image}
    return {"template_type": "request_user_info", "elements": [element]}


def _template(payload: Payload) -> Payload:
    return {"type": "template", "payload": payload}
