"""
One connection on which hooks come in, taken from the first byte to the last without a task of its own.

Hot path: aiohttp's part of a webhook (parser, task, request, router, response) costs more than all the rest of it. So
what is plain, proved and stored is answered here. Whatever turns out to be more than that is passed on to aiohttp with
every byte that has not been answered, and the connection stays there.
"""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Protocol, cast

from core.contract.errors import IntakeUnavailable
from gateway.front.answers import come_back, receipt
from gateway.front.head import Head, may_become_plain, read_head
from gateway.hooks import Door

MOST_HELD = 256 * 1024
"""Bytes of one connection that wait here; a larger body is read by aiohttp, piece by piece."""
RESTING_SECONDS = 3630.0
"""How long a silent connection is kept: longer than a reverse proxy keeps it, as aiohttp has it."""


class House(Protocol):
    """What connections share."""

    closing: bool

    def come(self, one: Connection) -> None:
        """There is one more."""

    def gone(self, one: Connection) -> None:
        """It has ended, or somebody else has it now."""

    def find(self, path: str) -> tuple[Door, str] | None:
        """Whose hook it is, and which account of ours; None where it is nobody's."""

    def behind(self) -> asyncio.Protocol:
        """Who takes a connection that is passed on."""


class Connection(asyncio.Protocol):
    """One request at a time; what comes behind it waits for its answer."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._transport: asyncio.Transport | None = None
        self._data = b""
        self._visit: _Visit | None = None
        self._since = 0.0
        self._rest: asyncio.TimerHandle | None = None
        self._is_paused = False

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed."""
        return self._visit is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has come, who may be asked now and then whether he is still there."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own are no subclass
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._house.come(self)
        self._since = time.monotonic()
        self._look_again(RESTING_SECONDS)

    def connection_lost(self, exc: BaseException | None) -> None:
        """What is on its way into the inbox is stored all the same; its sender will repeat it."""
        del exc
        self._leave()

    def data_received(self, data: bytes) -> None:
        """Read on, unless an answer is owed first."""
        self._data = self._data + data if self._data else data
        if self._visit is None:
            self._next()
        elif len(self._data) > MOST_HELD and self._transport is not None and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def close(self) -> None:
        """Hang up, after the answer that is owed."""
        if self._transport is not None and self._visit is None:
            self._transport.close()

    def abort(self) -> None:
        """Hang up, whatever is owed."""
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        """Take up the request that stands at the beginning, if all of it has come."""
        head = read_head(self._data)
        if head is None:
            return None if may_become_plain(self._data) else self._pass_on()
        found = self._house.find(head.path)
        if found is None or head.end - head.begin > min(found[0].limit, MOST_HELD):
            return self._pass_on()
        if len(self._data) >= head.end:
            self._take(head, *found)
        return None

    def _take(self, head: Head, door: Door, account: str) -> None:
        visit = _Visit(self, door, head.end)
        body = self._data[head.begin : head.end]
        self._since = visit.started
        try:
            delivery = door.delivery(body, account=account, headers=head.headers)
            items, visit.reason = door.admit(delivery)
        except Exception:  # aiohttp's handler meets the same, and knows how to tell it
            return self._pass_on()
        self._visit = visit
        door.courtesy.come()
        door.inbox.begin(delivery, items, visit.end, quarantine=visit.reason)
        return None

    def settle(self, visit: _Visit, problem: Exception | None) -> None:
        """It is on disk, or will never be."""
        self._visit = None
        if self._transport is None:
            return
        if problem is None:
            self._transport.write(receipt())
        elif isinstance(problem, IntakeUnavailable):
            self._transport.write(come_back())
        else:
            return self._pass_on()
        self._data = self._data[visit.length :]
        self._go_on()

    def _go_on(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._house.closing:
            self._transport.close()
            return
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
        if self._data:
            self._next()

    def _pass_on(self) -> None:
        """To aiohttp, as if it had been there from the beginning."""
        transport, data = self._transport, self._data
        self._leave()
        if transport is None or self._house.closing:
            return
        handler = self._house.behind()
        transport.set_protocol(handler)
        handler.connection_made(transport)
        if self._is_paused:
            transport.resume_reading()
        handler.data_received(data)

    def _leave(self) -> None:
        self._transport, self._data = None, b""
        self._house.gone(self)
        if self._rest is not None:
            self._rest.cancel()

    def _look_again(self, after: float) -> None:
        self._rest = asyncio.get_running_loop().call_later(after, self._look)

    def _look(self) -> None:
        """Whoever has been silent for too long is no longer there."""
        left = self._since + RESTING_SECONDS - time.monotonic()
        if left > 0 or self._visit is not None:
            self._look_again(max(left, 1.0))
        else:
            self.close()


class _Visit:
    """One request under way."""

    __slots__ = ("_connection", "_door", "length", "reason", "started")

    def __init__(self, connection: Connection, door: Door, length: int) -> None:
        self._connection = connection
        self._door = door
        self.length = length
        self.reason = ""
        self.started = time.monotonic()

    def end(self, problem: Exception | None) -> None:
        """Whatever came of it is counted, also where nobody is there any more to hear it."""
        self._door.courtesy.go()
        self._door.count(problem, quarantined=bool(self.reason), seconds=time.monotonic() - self.started)
        self._connection.settle(self, problem)
