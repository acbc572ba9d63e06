"""One HTTP/1.1 connection of the load client: sends ready bytes, finds the end of the answer, and no more."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol, cast

_END = b"\r\n\r\n"
_EMPTY = b"\r\nContent-Length: 0\r\n"
_LENGTH = b"\r\ncontent-length:"


class Owner(Protocol):
    """Whom a connection tells."""

    def answered(self, connection: Connection, status: int, now: float) -> None:
        """An answer is complete; `now` is `time.perf_counter()`."""

    def lost(self, connection: Connection) -> None:
        """The connection broke while an answer was due."""


class Connection(asyncio.Protocol):
    """Kept alive, one request at a time. `number` and `due` are those of the request under way."""

    __slots__ = ("_buffer", "_owner", "_transport", "_waiting", "due", "number")

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = b""
        self._waiting = False
        self.number = 0
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected."""
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's own are no subclass

    def send(self, number: int, data: bytes, due: float) -> None:
        """One request; its latency counts from `due`."""
        assert self._transport is not None
        self.number, self.due, self._waiting = number, due, True
        self._transport.write(data)

    def close(self) -> None:
        """Hang up without being told about it."""
        self._waiting = False
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Mostly the whole answer at once, without a body."""
        if self._buffer:
            data = self._buffer + data
        if is_complete(data):
            self._buffer = b""
            self._waiting = False
            self._owner.answered(self, int(data[9:12]), time.perf_counter())
        else:
            self._buffer = data

    def connection_lost(self, exc: Exception | None) -> None:
        """Only news while an answer is due."""
        if self._waiting:
            self._waiting = False
            self._owner.lost(self)


def is_complete(answer: bytes) -> bool:
    """Whether head and body of an answer are here. ValueError for one that does not say how long it is."""
    if answer.endswith(_END) and _EMPTY in answer:
        return True
    head, end, body = answer.partition(_END)
    if not end:
        return False
    _, found, after = head.lower().partition(_LENGTH)
    if not found:
        raise ValueError(f"an answer without its length: {head[:200]!r}")
    return len(body) >= int(after.partition(b"\r\n")[0])
