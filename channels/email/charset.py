"""
Bytes of unknown honesty → readable text.

The declared charset is a claim. Order: valid UTF-8 wins over any single-byte claim; then the claim; then whatever
reading makes the most Vietnamese syllables. Afterwards text that was damaged before it was sent (UTF-8 read as
windows-1252, TCVN3, VNI) is mended, if that makes it clearly more Vietnamese.
"""

from __future__ import annotations

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header as split_header
from email.message import Message

import ftfy

from channels.base import clean_text
from channels.email import vietnamese

HEADER_LIMIT = 20_000
REPAIR_LIMIT = 200_000
_TCVN_NAMES = {"tcvn", "tcvn3", "abc", "tcvn-5712", "tcvn5712-1", "x-viet-tcvn5712", "x-viet-tcvn"}
_STATEFUL = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "hz", "iso2022_jp", "iso2022_kr"}
_FALLBACKS = ("utf-8", "cp1258", "cp1252")


def decode_text(data: bytes, charset: str = "") -> str:
    """Readable text from the bytes of a body part; never fails. Tones come out composed (NFC)."""
    return repair(clean_text(_decode(data, charset.strip().strip("\"'").lower())))


def repair(text: str) -> str:
    """Mend text whose letters were mangled before it reached us; unchanged unless mending makes it more Vietnamese."""
    if text.isascii() or len(text) > REPAIR_LIMIT:
        return text
    readings = [text, clean_text(ftfy.fix_encoding(text)), vietnamese.from_tcvn3(text), vietnamese.from_vni(text)]
    scores = [vietnamese.plausibility(reading) if reading else -(10**9) for reading in readings]
    best = max(range(len(readings)), key=scores.__getitem__)
    return readings[best] if scores[best] > max(scores[0], 0) else text


def is_readable(text: str) -> bool:
    """Whether decoded text looks like words rather than like damaged bytes."""
    return bool(text.strip()) and text.count("\ufffd") * 10 < len(text) and vietnamese.plausibility(text) >= 0


def decode_header(value: str) -> str:
    """A header as people read it: encoded words (RFC 2047) or raw bytes decoded, folding and controls removed."""
    raw = value[:HEADER_LIMIT]
    if has_raw_bytes(raw):
        raw = decode_text(raw.encode("ascii", "surrogateescape"))
    return " ".join(repair(clean_text(_decode_words(raw))).split())


def header(message: Message, name: str) -> str:
    """The first header of that name, decoded; empty when absent."""
    return decode_header(raw_header(message, name))


def raw_header(message: Message, name: str) -> str:
    """The first header of that name as it stands (bytes beyond ASCII as surrogates), unfolded; empty when absent."""
    return next(iter(raw_headers(message, name)), "")


def raw_headers(message: Message, name: str) -> list[str]:
    """All headers of that name, topmost first; `Message.get_all` would turn raw bytes into unknown-8bit words."""
    wanted = name.lower()
    return [re.sub(r"[\r\n]+", "", str(value)) for key, value in message.raw_items() if key.lower() == wanted]


def has_raw_bytes(text: str) -> bool:
    """Whether a header as it stands holds bytes beyond ASCII."""
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def _decode(data: bytes, charset: str) -> str:
    if charset in _TCVN_NAMES:
        return vietnamese.from_tcvn3_bytes(data)
    codec = _codec(charset)
    if codec in _STATEFUL:
        return data.decode(codec, "replace")
    text = _strictly(data, "utf-8")
    if text is not None:
        return text
    text = _strictly(data, codec) if codec and codec not in {"utf-8", "ascii"} else None
    return text if text is not None else _most_vietnamese(data)


def _most_vietnamese(data: bytes) -> str:
    """The reading with the most possible syllables; on a tie the earlier in the list."""
    readings = [clean_text(data.decode(name, "replace")) for name in _FALLBACKS]
    readings.append(vietnamese.from_tcvn3_bytes(data))
    return max(readings, key=lambda text: vietnamese.plausibility(text[:REPAIR_LIMIT]))


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _codec(charset: str) -> str:
    """Python's name of a text charset; empty when there is none (then the bytes must speak for themselves)."""
    try:
        info = codecs.lookup(charset)
    except (LookupError, ValueError):
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""


def _decode_words(raw: str) -> str:
    if "=?" not in raw:
        return raw
    try:
        chunks = split_header(raw)
    except (HeaderParseError, ValueError):
        return raw
    return "".join(_chunk(content, charset) for content, charset in chunks)


def _chunk(content: str | bytes, charset: str | None) -> str:
    if isinstance(content, str):
        return content
    return _decode(content, (charset or "").lower()) if charset else content.decode("raw-unicode-escape", "replace")
