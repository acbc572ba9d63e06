"""
A raw mail → its headers, words and files, whatever state it is in.

The old (compat32) e-mail policy is used on purpose: it never interprets headers by itself, is linear in their length
and keeps what it cannot read. What cannot be walked at all (thousands of nested parts) is PayloadInvalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import (
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from channels.base import clean_text
from channels.email.charset import decode_header, decode_text, has_raw_bytes, header, raw_header, raw_headers
from channels.email.htmltext import html_to_text
from channels.email.lifting import Lifted, lift, put_back
from core.contract.errors import PayloadInvalid

HEADER_BLOCK_LIMIT = 256 * 1024
ADDRESS_LIST_LIMIT = 50_000
SENDER_LIMIT = 2_000
MAX_DEPTH = 50
MAX_FILES = 50
TINY_INLINE_IMAGE = 4096
"""An inline image below 4 KB is a logo, a spacer or a tracking pixel: a phone's photo has a hundred times that."""

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]]{1,64}@[^\s<>\"(),:;@\[\]]{1,255}")  # bounded, hence linear
_ANGLE = re.compile(r"<\s*([^<>\s]{1,64}@[^<>\s]{1,255})\s*>")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_NO_FILE = {
    "text/calendar",
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
}
_DAMAGE = (
    InvalidBase64CharactersDefect,
    InvalidBase64LengthDefect,
    InvalidBase64PaddingDefect,
    MultipartInvariantViolationDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)


@dataclass(frozen=True)
class MailFile:
    """One attached file as it came; `media_type` is set only where the structure of the mail proves it."""

    name: str
    data: bytes
    media_type: str = ""


@dataclass(frozen=True)
class Content:
    """What a mail holds: its words, its files, and whether parts of it were damaged or an invitation."""

    text: str
    files: tuple[MailFile, ...]
    damaged: bool
    calendar: bool


@dataclass
class _Found:
    texts: list[str] = field(default_factory=list)
    files: list[MailFile] = field(default_factory=list)


def read_headers(body: bytes) -> Message:
    """Only the headers of a raw mail: cheap, for the splitter."""
    end = _HEADER_END.search(body, 0, HEADER_BLOCK_LIMIT)
    return _parse(body[: end.end()] if end else body[:HEADER_BLOCK_LIMIT])


def read_message(body: bytes) -> Message:
    """The whole structure of a raw mail. Raises PayloadInvalid when it is empty, RecursionError when nested madly."""
    if not body.strip():
        raise PayloadInvalid("the mail is empty")
    skeleton, files = lift(body)
    message = _parse(skeleton)
    return message if put_back(message, files) else _parse(body)


def read_content(message: Message) -> Content:
    """Words and files of a mail; text/plain is preferred to HTML. Raises PayloadInvalid when nested beyond sense."""
    found = _walk(message, depth=0)
    parts = list(_parts(message))
    texts = [text.strip() for text in found.texts if text.strip()]
    damaged = any(isinstance(defect, _DAMAGE) for part in parts for defect in part.defects)
    calendar = any(part.get_content_type() == "text/calendar" for part in parts)
    return Content("\n\n".join(texts), tuple(found.files[:MAX_FILES]), damaged, calendar)


def sender_of(message: Message) -> tuple[str, str]:
    """(address, name) of the writer: From, else Sender, Reply-To, Return-Path; both empty when nobody is named."""
    for name in ("From", "Sender", "Reply-To", "Return-Path"):
        value = raw_header(message, name)
        address = first_address(value)
        if address:
            return address, _display_name(value)
    return "", ""


def first_address(value: str) -> str:
    """The first mail address of a header value, lower-case; one inside a quoted display name does not count."""
    near = value[:SENDER_LIMIT]
    unquoted = _QUOTED.sub(" ", near)
    bare = decode_header(unquoted if "@" in unquoted else near)
    found = _ANGLE.search(bare) or _ADDRESS.search(bare)
    return found[found.lastindex or 0].lower().rstrip(".")[:254] if found else ""


def all_addresses(message: Message, *names: str) -> tuple[str, ...]:
    """The mail addresses in these headers, in order, lower-case; of an endless list only the beginning."""
    values = " ".join(value for name in names for value in raw_headers(message, name)[:50])
    return tuple(address.lower() for address in _ADDRESS.findall(values[:ADDRESS_LIST_LIMIT]))


def part_bytes(part: Message) -> bytes:
    """The bytes of a leaf, its transfer encoding undone as far as that is possible."""
    lifted = part.get_payload()
    if isinstance(lifted, Lifted):
        return lifted.data
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _parse(body: bytes) -> Message:
    return message_from_bytes(body, policy=policy.compat32)


def _walk(part: Message, *, depth: int) -> _Found:
    if depth > MAX_DEPTH:
        raise PayloadInvalid("the mail is nested too deeply")
    _make_readable(part)
    kind = part.get_content_type()
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        children = [_walk(child, depth=depth + 1) for child in _children(part)]
        return _join(children, alternative=kind == "multipart/alternative")
    if kind in {"text/plain", "text/html"} and not _is_file(part):
        return _Found(texts=[_leaf_text(part, html=kind == "text/html")])
    file = _leaf_file(part, kind)
    return _Found(files=[file] if file else [])


def _join(children: list[_Found], *, alternative: bool) -> _Found:
    """Alternatives say one thing in several forms: the first (plainest) that says anything is taken."""
    texts = [child.texts for child in children if any(text.strip() for text in child.texts)]
    chosen = texts[:1] if alternative else texts
    return _Found([text for group in chosen for text in group], [file for child in children for file in child.files])


def _leaf_text(part: Message, *, html: bool) -> str:
    text = decode_text(part_bytes(part), _param(part, "charset"))
    return clean_text(html_to_text(text)) if html else text


def _leaf_file(part: Message, kind: str) -> MailFile | None:
    if kind in _NO_FILE or part.get_content_maintype() == "multipart":  # a multipart here has lost its boundary
        return None
    if part.get_content_maintype() == "message":
        return MailFile(_enclosed_name(part), _enclosed_bytes(part), "message/rfc822")
    data = part_bytes(part)
    if not data or (_is_inline(part) and kind.startswith("image/") and len(data) < TINY_INLINE_IMAGE):
        return None
    return MailFile(_file_name(part), data)


def _make_readable(part: Message) -> None:
    """File names in raw UTF-8 (RFC 6532, or sloppy programs): the library would turn them into question marks."""
    for name in ("Content-Type", "Content-Disposition"):
        raw = raw_header(part, name)
        if has_raw_bytes(raw):
            part.replace_header(name, decode_text(raw.encode("ascii", "surrogateescape")))


def _is_file(part: Message) -> bool:
    return _disposition(part) == "attachment" or bool(_file_name(part))


def _is_inline(part: Message) -> bool:
    return _disposition(part) == "inline" or (bool(part["Content-ID"]) and _disposition(part) != "attachment")


def _disposition(part: Message) -> str:
    return raw_header(part, "Content-Disposition").partition(";")[0].strip().lower()


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except (LookupError, ValueError, TypeError):
        name = None
    return decode_header(str(name)) if name else ""


def _param(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except (LookupError, ValueError, TypeError):
        return ""
    return str(value[2] if isinstance(value, tuple) else value or "")


def _enclosed_name(part: Message) -> str:
    inner = next(iter(_children(part)), part)
    return _file_name(part) or f"{header(inner, 'Subject')[:80] or 'thu-chuyen-tiep'}.eml"


def _enclosed_bytes(part: Message) -> bytes:
    """The enclosed mail, written out again; the bytes are the same each time, so their digest is stable."""
    target = BytesIO()
    inner = next(iter(_children(part)), part)
    try:
        BytesGenerator(target, mangle_from_=False, maxheaderlen=0, policy=policy.compat32).flatten(inner)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise PayloadInvalid("an enclosed mail cannot be written out") from error
    return target.getvalue()


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _parts(message: Message) -> Iterator[Message]:
    """The mail's own parts, without those of enclosed mails."""
    yield message
    if message.get_content_maintype() == "multipart":
        for child in _children(message):
            yield from _parts(child)


def _display_name(value: str) -> str:
    before = decode_header(value[:SENDER_LIMIT]).partition("<")[0].strip().strip("\"'").strip()
    return "" if "@" in before else before[:200]
