"""Waiting for a tick at which something is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from channels.call_center.ports import CallGone

Over = Callable[[], bool]


class Waking:
    """Everybody who waits for one leg; asked at each of its ticks."""

    def __init__(self) -> None:
        self._waits: tuple[tuple[Over, asyncio.Future[None]], ...] = ()
        self.closed = False

    async def until(self, over: Over) -> None:
        """Until `over` says so at a tick. Raises: CallGone: the leg is closed, before or meanwhile."""
        self.check()
        wait = (over, asyncio.get_running_loop().create_future())
        self._waits = (*self._waits, wait)
        try:
            await wait[1]
        finally:
            self._waits = tuple(other for other in self._waits if other is not wait)
        self.check()

    def check(self) -> None:
        """Raises: CallGone: the leg is closed."""
        if self.closed:
            raise CallGone

    def tick(self) -> None:
        """Wake those for whom it is over."""
        for over, future in self._waits:
            if not future.done() and over():
                future.set_result(None)

    def close(self) -> None:
        """Wake everybody."""
        self.closed = True
        for _over, future in self._waits:
            if not future.done():
                future.set_result(None)
