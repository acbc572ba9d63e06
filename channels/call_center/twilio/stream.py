"""One websocket of a call, from its start message to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from channels.call_center.twilio.playout import Playout
from channels.tasks import let_go

MOST_WAITING = 50
"""Messages on their way to a socket that takes none; beyond, the oldest are not worth saying any more."""
Send = Callable[[str], Awaitable[None]]


class Stream:
    """
    Says frames by `send`, in its own time: the clock of the sound never waits for a socket.

    `hang_up` closes the socket; Twilio then goes on to what stands behind the stream.
    """

    def __init__(self, sid: str, send: Send, *, hang_up: Callable[[], Awaitable[object]]) -> None:
        self._send, self._hang_up = send, hang_up
        self._playout = Playout(sid)
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._played: dict[str, asyncio.Event] = {}
        self._sending = asyncio.create_task(self._keep_sending())

    def say(self, payload: bytes) -> None:
        """One frame of µ-law, from the clock of the sound."""
        for message in self._playout.say(payload, time.monotonic()):
            self._put(message)

    def played(self, name: str) -> None:
        """A mark came back."""
        self._playout.played(name, time.monotonic())
        if name in self._played:
            self._played[name].set()

    @property
    def late_s(self) -> float:
        """From saying to being heard, as the last mark told."""
        return self._playout.late_s

    async def until_heard(self, within_s: float) -> None:
        """Wait until all that was said has been heard, and for no longer than this."""
        heard = asyncio.Event()
        mark = self._playout.mark(time.monotonic())
        self._played[self._playout.last] = heard
        self._put(mark)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await heard.wait()

    async def close(self) -> None:
        """Say no more, and end it. Twice is once."""
        await let_go(self._sending)
        for heard in self._played.values():
            heard.set()
        with suppress(ConnectionError, RuntimeError):
            await self._hang_up()

    def _put(self, message: str) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(message)

    async def _keep_sending(self) -> None:
        with suppress(ConnectionError, RuntimeError):  # a socket that has gone: its reader tells so
            while True:
                await self._send(await self._waiting.get())
