"""
Large files out of a raw mail, before it is read as a mail.

The library walks a mail line by line and keeps each line as a text of its own: a photo of five megabytes is ninety
thousand of them, a quarter of a second, with the interpreter held for fifty milliseconds at a time. A base64 file
needs none of that. What is not surely one (other encodings, damage, enclosed mails) is left to the library.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any, cast

LARGE = 128 * 1024
_STEP = 256 * 1024
_MOST_DASHES = 20_000
_HEADERS_AT_MOST = 16 * 1024
_DELIMITER = b"\n--"
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_BASE64 = re.compile(rb"^content-transfer-encoding:[ \t]*base64[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ENCLOSED = re.compile(rb"content-type:\s*message/", re.IGNORECASE)


@dataclass(frozen=True)
class Lifted:
    """The payload of a part whose bytes are known already."""

    data: bytes


def lift(body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The mail with a mark in the place of each large file, and the files by their marks."""
    marked: list[bytes] = []
    files: dict[str, bytes] = {}
    taken = 0
    for start, end in _segments(body):
        content = _content_of(body, start, end)
        data = None if content is None else _decoded(body, content, end)
        if content is not None and data is not None:
            mark = f"lifted-{len(files)}"
            files[mark] = data
            marked += [body[taken:content], mark.encode(), b"\r\n"]
            taken = end
    skeleton = b"".join([*marked, body[taken:]])
    return (body, {}) if not files or _ENCLOSED.search(skeleton) else (skeleton, files)


def put_back(message: Message, files: dict[str, bytes]) -> bool:
    """Give each marked part its bytes; False where marks and parts are not one and one."""
    marked = [(part, payload.strip()) for part in message.walk() if isinstance(payload := part.get_payload(), str)]
    found = [(part, mark) for part, mark in marked if mark in files]
    if sorted(mark for _, mark in found) != sorted(files):
        return False
    for part, mark in found:
        cast(Any, part).set_payload(Lifted(files[mark]))
    return True


def _segments(body: bytes) -> list[tuple[int, int]]:
    """From one line that may be a delimiter to the next, where that is far; what is behind very many dashes is left."""
    found = []
    before = -1
    for start in _delimiters(body):
        if 0 <= before < start - LARGE:
            found.append((before, start))
        before = start
    return found


def _delimiters(body: bytes) -> Iterator[int]:
    """Where lines begin that may be delimiters. One byte is looked for: that is twenty times as quick as three."""
    at = body.find(b"-")
    for _ in range(_MOST_DASHES):
        if at < 0:
            return
        if body.startswith(_DELIMITER, max(0, at - 1)):
            yield at
        at = body.find(b"-", at + 1)


def _content_of(body: bytes, start: int, end: int) -> int | None:
    """Where the content of this part begins, if it says that it is base64."""
    blank = _HEADER_END.search(body, start, min(end, start + _HEADERS_AT_MOST))
    return blank.end() if blank and _BASE64.search(body, start, blank.end()) else None


def _decoded(body: bytes, start: int, end: int) -> bytes | None:
    """Its bytes, where it is base64 without a fault; some at a time, so that others have their turn in between."""
    pieces: list[bytes] = []
    rest = b""
    for at in range(start, end, _STEP):
        if pieces and len(pieces[-1]) % 3:
            return None  # it goes on after its end
        text = rest + body[at : min(at + _STEP, end)].translate(None, b"\r\n")
        whole = len(text) - len(text) % 4
        try:
            pieces.append(a2b_base64(text[:whole], strict_mode=True))
        except Error:
            return None
        rest = text[whole:]
    return None if rest else b"".join(pieces)
