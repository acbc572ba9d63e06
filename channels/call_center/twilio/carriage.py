"""Which stream carries a call at this moment, and for how long it may be without one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from channels.call_center.twilio.stream import Stream
from channels.call_center.twilio.wire import StreamWire

RESUME_S = 10.0
"""Twilio asks for another stream within a moment, or never."""


class Carriage:
    """`gone` is told when a stream that was expected has not come."""

    def __init__(self, wire: StreamWire, gone: Callable[[], None]) -> None:
        self._wire, self._gone = wire, gone
        self._stream: Stream | None = None
        self._here = asyncio.Event()
        self._expecting: asyncio.TimerHandle | None = None

    async def until_here(self, within_s: float) -> bool:
        """Wait until a stream is here, or none is needed any more; False where neither came so soon."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._here.wait()
        return self._here.is_set()

    def take(self, stream: Stream) -> None:
        """By this one from now on."""
        self._expect_no_more()
        self._stream = stream
        self._wire.carry(stream.say)
        self._here.set()

    def lose(self, stream: Stream) -> bool:
        """It is gone. False where it is not the one that carries the call."""
        if stream is not self._stream:
            return False
        self._stream = None
        self._wire.carry(None)
        self._here.clear()
        return True

    def expect(self) -> None:
        """A stream has to be here soon."""
        self._expect_no_more()
        if not self._here.is_set():
            self._expecting = asyncio.get_running_loop().call_later(RESUME_S, self._gone)

    def give_up(self) -> None:
        """None is needed any more; whoever waits for one goes on."""
        self._expect_no_more()
        self._here.set()

    async def finish(self, within_s: float) -> None:
        """Close it, once all that was said has been heard, and no later than that."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.until_heard(within_s)
            self._wire.carry(None)
            await stream.close()

    def _expect_no_more(self) -> None:
        if self._expecting is not None:
            self._expecting.cancel()
            self._expecting = None
