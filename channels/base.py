"""
What all channels share, and nothing else: signing, redaction, forms, and the honest description of a file.

Everything here is pure. A channel imports this module and `core.contract`, never another channel.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

import filetype  # type: ignore[import-untyped]

from core.contract.errors import PayloadInvalid
from core.contract.schema import Attachment, AttachmentKind

NAME_LIMIT = 120
MOST_FIELDS = 200
UNKNOWN_TYPE = "application/octet-stream"
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
"""How this machine is called by itself. What is spoken to here (a sandbox, a test) needs no TLS."""

_MAIL = re.compile(r"[^\s<>\"'(),:;@]{1,64}@([^\s<>\"'(),:;@]{1,255})")  # bounded: unbounded takes quadratic time
_DIGITS = re.compile(r"\+?\d(?:[ .-]?\d){7,14}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"|?*\ud800-\udfff]')
_MAGIC = {b"\x78\x9f\x3e\x22": "application/ms-tnef", b"%PDF-": "application/pdf", b"PK\x03\x04": "application/zip"}


def mac(secret: bytes, *parts: str, length: int = 8) -> str:
    """
    A short keyed tag over several strings, safe in mail addresses and links: lower-case base32, 5 bits a character.

    The parts are separated unambiguously; give the purpose as the first one.
    """
    body = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return base64.b32encode(hmac.digest(secret, body, "sha256")).decode("ascii").lower()[:length]


def sign(secret: bytes, body: bytes, *, digest: str = "sha256") -> str:
    """HMAC of raw bytes as lower-case hexadecimal, the form most providers send."""
    return hmac.digest(secret, body, digest).hex()


def same(left: str | bytes, right: str | bytes) -> bool:
    """Compare in constant time; unlike `hmac.compare_digest` it takes any text, also with non-ASCII letters."""
    return hmac.compare_digest(_bytes(left), _bytes(right))


def redact(text: str) -> str:
    """Make a sentence fit for a log: mail addresses keep their domain, long numbers their last three digits."""
    return _DIGITS.sub(lambda found: "…" + found[0][-3:], _MAIL.sub(r"***@\1", text))


def is_link(payload: str) -> bool:
    """Whether a button leads to a page, and asks for no answer."""
    return payload.startswith(("https://", "http://"))


def clean_text(text: str) -> str:
    """
    Text that every store and page can take: composed (NFC), one kind of newline, no NUL or control characters.

    PostgreSQL refuses NUL; lone surrogates cannot be encoded; direction marks let a text lie about itself.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _CONTROL.sub("", unified)))


def safe_name(name: str) -> str:
    """A file name for display and download: no path, no control or direction characters, at most 120 characters."""
    flat = clean_text(name).replace("\\", "/").rsplit("/", 1)[-1]
    flat = " ".join(_NOT_IN_NAMES.sub(" ", flat).split()).lstrip(". ")
    if len(flat) <= NAME_LIMIT:
        return flat
    stem, dot, extension = flat.rpartition(".")
    keep = extension if dot and len(extension) <= 10 else ""
    return (stem or flat)[: NAME_LIMIT - len(keep) - 1] + (f".{keep}" if keep else "")


def sniff_type(data: bytes) -> str:
    """Media type by content; the sender's word and the extension are never believed. Text is always text/plain."""
    guess = filetype.guess(data)
    if guess is not None:
        return str(guess.mime)
    for magic, media_type in _MAGIC.items():
        if data.startswith(magic):
            return media_type
    return "text/plain" if _is_text(data) else UNKNOWN_TYPE


def read_form(body: bytes) -> dict[str, list[str]]:
    """The fields of a form or a query by name, empty ones too. Raises PayloadInvalid when there are none."""
    try:
        text = body.decode("utf-8")
        fields = parse_qs(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise PayloadInvalid("not a form") from error
    if not fields:
        raise PayloadInvalid("an empty form")
    return fields


def first_of(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each field's first value."""
    return {name: values[0] for name, values in fields.items()}


def need(fields: Mapping[str, str], name: str) -> str:
    """A field that must be there. Raises PayloadInvalid."""
    if not fields.get(name):
        raise PayloadInvalid(f"no {name}")
    return fields[name]


def describe_file(data: bytes, *, name: str = "", media_type: str = "") -> Attachment:
    """
    What we say about a file before it is stored: digest, size, type by content, sanitised name.

    `media_type` is given only where the type is known from the protocol (a forwarded mail), never from the sender.
    """
    kind = media_type or sniff_type(data)
    return Attachment(
        kind=_kind(kind),
        media_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        name=safe_name(name),
    )


def _kind(media_type: str) -> AttachmentKind:
    family = media_type.partition("/")[0]
    return AttachmentKind(family) if family in {"image", "video", "audio"} else AttachmentKind.FILE


def _is_text(data: bytes) -> bool:
    if not data or b"\x00" in data:
        return False
    try:
        data[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > 4092  # only the last character was cut in two
    return True


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
