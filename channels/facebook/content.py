"""
What a Messenger message holds: words, files, links, quick replies; pure.

Source: Messenger Platform, Webhook events, Messages (2026-06-01); Quick replies (2025-11-19).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from channels.base import clean_text, safe_name
from channels.facebook.batch import Json, ident, inner, objects, words
from core.contract.schema import Attachment, AttachmentKind, MessageKind

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
MOST_FILES = 30
"""The provider's own limit of one message."""


def told(message: Json) -> str:
    """What somebody of our side said, for staff to read: files by what they are."""
    kinds = [ident(one.get("type")) for one in _attachments(message)]
    files = [f"[{_SHOWN.get(kind, 'tệp')}]" for kind in kinds]
    return "\n".join(part for part in (words(message.get("text")), *files) if part)


def pressed(payload: str, title: str) -> dict[str, object]:
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


def answered(message: Json) -> tuple[str, ...]:
    """The message that this one answers."""
    mid = ident(inner(message, "reply_to").get("mid"))
    return (mid,) if mid else ()


def content(message: Json) -> tuple[str, tuple[Attachment, ...]]:
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
