"""Where one message ends and the next begins on a TCP connection (RFC 3261 §18.3). No I/O."""

from __future__ import annotations

import re

MAX_HEADERS = 16 * 1024
MAX_BODY = 48 * 1024
MAX_DATAGRAM = MAX_HEADERS + MAX_BODY
_LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_PING = b"\r\n\r\n"


class Unframed(Exception):
    """The stream cannot be cut into messages any more: too long, or without a usable length."""


class Framer:
    """
    Cuts a stream into messages by Content-Length.

    `pings` counts the double CRLF between messages (RFC 5626 §3.5.1); whoever reads them answers with one CRLF.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.pings = 0

    @property
    def partial(self) -> bool:
        """Whether the beginning of a message waits for its rest."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are complete now. Raises: Unframed."""
        self._buffer += data
        found: list[bytes] = []
        while message := self._next():
            found.append(message)
        return found

    def _next(self) -> bytes:
        self._skip_keepalives()
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEADERS:
                raise Unframed("headers too long")
            return b""
        whole = end + 4 + _body_length(bytes(self._buffer[:end]))
        if len(self._buffer) < whole:
            return b""
        message = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        return message

    def _skip_keepalives(self) -> None:
        while self._buffer.startswith(_PING):
            del self._buffer[:4]
            self.pings += 1
        while self._buffer.startswith(b"\r\n") and not _PING.startswith(bytes(self._buffer[:4])):
            del self._buffer[:2]


def _body_length(head: bytes) -> int:
    if len(head) > MAX_HEADERS:
        raise Unframed("headers too long")
    lengths = {int(found) for found in _LENGTH.findall(head)}
    if len(lengths) > 1 or max(lengths, default=0) > MAX_BODY:
        raise Unframed("no usable length")
    return lengths.pop() if lengths else 0
