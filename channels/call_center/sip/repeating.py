"""Sending again until it is heard: the timers that every transaction is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Repeater:
    """
    Sends again after `first` seconds, then after twice as long each time, up to `longest`; gives up after `lifetime`.

    `first` None: nothing is sent again (TCP), only the giving up is left.
    """

    def __init__(
        self,
        send: Callable[[], None],
        lapse: Callable[[], None],
        *,
        first: float | None,
        longest: float,
        lifetime: float,
    ) -> None:
        self._loop = loop = asyncio.get_running_loop()
        self._send = send
        self._lapse = lapse
        self._longest = longest
        now = loop.time()
        self._end = loop.call_at(now + lifetime, self._give_up)
        self._next = loop.call_at(now + first, self._again, now + first, first) if first is not None else None

    def _again(self, due: float, pause: float) -> None:
        """Once more, `pause` after the time before; a late loop does not shift what follows."""
        pause = min(2 * pause, self._longest)
        self._next = self._loop.call_at(due + pause, self._again, due + pause, pause)
        self._send()

    def _give_up(self) -> None:
        self.stop()
        self._lapse()

    def quiet(self) -> None:
        """Send no more, but still give up in time."""
        if self._next:
            self._next.cancel()
            self._next = None

    def stop(self) -> None:
        """Neither send nor give up."""
        self.quiet()
        self._end.cancel()
