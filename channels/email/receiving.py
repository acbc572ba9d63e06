"""What follows DATA, up to the lone dot (RFC 5321 §4.1.1.4), read in large pieces instead of lines."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from core.contract.errors import PayloadInvalid, PayloadTooLarge

_LINE_END = b"\r\n"
_DOT = b"\r\n."
_END = b"\r\n.\r\n"


async def receive(reader: asyncio.StreamReader, *, most: int, longest_line: int) -> bytes:
    """
    One mail, the dots before lines taken away (§4.5.2).

    Only CR LF ends a line: with a bare LF a second mail could be smuggled behind the first. What is too much is read
    to its end and dropped, since the sender hears an answer only then (§4.2.5).
    Raises: PayloadTooLarge: over `most` bytes. PayloadInvalid: a line over `longest_line` bytes.
    """
    cast(Any, reader)._buffer[:0] = _LINE_END  # a dot on the first line has a line end before it, like every other
    lines, size, ended = _Lines(), -len(_LINE_END), False
    while not ended:
        try:
            piece, ended = await reader.readuntil(_END), True
        except asyncio.LimitOverrunError as beyond:
            piece = await reader.read(beyond.consumed)
        size += len(piece)
        if size <= most + len(_DOT):
            lines.add(piece)
        else:
            lines = _Lines()
    if size - len(_DOT) > most:
        raise PayloadTooLarge("the mail is too large")
    mail = lines.mail()
    if _has_line_over(longest_line, mail):
        raise PayloadInvalid("a line is too long")
    return mail


class _Lines:
    """Pieces of a mail as they come, each freed of its dots at once; a line end may be cut in two."""

    def __init__(self) -> None:
        self._done: list[bytes] = []
        self._held = b""

    def add(self, piece: bytes) -> None:
        text = self._held + piece
        held = 2 if text.endswith(_LINE_END) else 1 if text.endswith(b"\r") else 0
        whole = len(text) - held
        self._held = text[whole:]
        self._done.append(text[:whole].replace(_DOT, _LINE_END))

    def mail(self) -> bytes:
        """All of it, without the line end that was put before, and the one behind the last dot."""
        return b"".join(self._done)[len(_LINE_END) :]


def _has_line_over(longest: int, mail: bytes) -> bool:
    start = 0
    while len(mail) - start > longest:
        end = mail.rfind(_LINE_END, start, start + longest)
        if end < 0:
            return True
        start = end + len(_LINE_END)
    return False
