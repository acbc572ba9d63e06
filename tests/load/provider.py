"""
The provider's servers as a load client: plain HTTP/1.1 over a few open connections, cheap enough to ask a lot.

Like a real provider it hands a delivery in again, to whichever server is next, until one says 200; what was said is
counted, and what was acknowledged is remembered.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.load.fleet import Member
from tests.load.script import Delivery

CONNECTIONS = 32
PATIENCE = 10.0
PAUSE = 0.05
LATE = 2.0  # seconds that Zalo waits


@dataclass
class Tally:
    """What came of handing in: how often which status was said, cut connections, late answers, what was confirmed."""

    statuses: Counter[int] = field(default_factory=Counter)
    cut: int = 0
    acknowledged: set[str] = field(default_factory=set)
    late: int = 0

    @property
    def refused(self) -> int:
        """Answers that were no acknowledgement."""
        return sum(count for status, count in self.statuses.items() if status != 200)


class _Line:
    """One connection to one server, opened when needed."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> int:
        """The status. OSError (also when it takes too long) or EOFError when no answer came."""
        try:
            async with asyncio.timeout(PATIENCE):
                if self._ends is None:
                    self._ends = await asyncio.open_connection("127.0.0.1", self._member.port)
                return await self._ask(*self._ends, request)
        except (OSError, EOFError):
            self.close()
            raise

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
        if b"connection: close" in head:
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        """Let go of it."""
        if self._ends is not None:
            self._ends[1].close()
        self._ends = None


@dataclass
class Provider:
    """Hands deliveries in at several servers. `stopped` ends a stream that has no end of its own."""

    servers: Sequence[Member]
    tally: Tally = field(default_factory=Tally)
    stopped: bool = False

    async def hand_in(
        self, deliveries: Iterable[Delivery], *, connections: int = CONNECTIONS, pause: float = 0.0
    ) -> Tally:
        """
        All of them, over so many connections at once, spread over the servers; each connection rests between two.

        What one user wrote goes in one after the other, as a provider keeps a chat in order.
        """
        queue: Iterator[Delivery] = iter(deliveries)
        busy: dict[str, asyncio.Lock] = {}
        await asyncio.gather(*(self._work(queue, busy, number, pause) for number in range(connections)))
        return self.tally

    async def _work(self, queue: Iterator[Delivery], busy: dict[str, asyncio.Lock], number: int, pause: float) -> None:
        lines = [_Line(member) for member in self.servers]
        with suppress(StopIteration):
            while not self.stopped:
                one, number = next(queue), number + 1
                turn = number % len(lines)
                async with busy.setdefault(one.user, asyncio.Lock()):  # fair: who came first is served first
                    await self._hand_in(one, lines[turn:] + lines[:turn])
                if pause:
                    await asyncio.sleep(pause)
        for line in lines:
            line.close()

    async def _hand_in(self, one: Delivery, lines: Sequence[_Line]) -> None:
        if one.twin:
            await asyncio.gather(*(self._until_acknowledged(one, [line]) for line in lines[:2]))
        else:
            await self._until_acknowledged(one, lines)

    async def _until_acknowledged(self, one: Delivery, lines: Sequence[_Line]) -> None:
        turn = 0
        while not await self._acknowledged(one, lines[turn % len(lines)]):
            turn += 1
            await asyncio.sleep(PAUSE)

    async def _acknowledged(self, one: Delivery, line: _Line) -> bool:
        begun = time.monotonic()
        try:
            status = await line.ask(one.request)
        except (OSError, EOFError):
            self.tally.cut += 1
            return False
        self.tally.statuses[status] += 1
        self.tally.late += time.monotonic() - begun > LATE
        if status == 200:
            self.tally.acknowledged.add(one.id)
        return status == 200
