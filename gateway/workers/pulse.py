"""Measures how late the event loop wakes, without a pause: everything in the process waits as long."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from core.counting import Buckets

_NAP = 0.05
_REMEMBERED = 60.0
LAGS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Pulse:
    """Sleeps a moment and looks how much longer it took; `clock` is in seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._worst: deque[tuple[float, float]] = deque()
        self.lags = Buckets(LAGS)

    async def run_once(self) -> int:
        """One beat; the next follows at once."""
        asked = self._clock()
        await asyncio.sleep(_NAP)
        self.note(max(0.0, self._clock() - asked - _NAP))
        return 1

    def note(self, lag: float) -> None:
        """Remember one lag, in seconds; what is older and smaller can never be the worst again."""
        self.lags.note(lag)
        while self._worst and self._worst[-1][1] <= lag:
            self._worst.pop()
        self._worst.append((self._clock(), lag))

    def worst(self) -> float:
        """The longest lag of the last minute, in seconds."""
        since = self._clock() - _REMEMBERED
        while self._worst and self._worst[0][0] < since:
            self._worst.popleft()
        return self._worst[0][1] if self._worst else 0.0
