"""
Whose turn it is to send: no provider is handed more in a second than it takes, however many processes hand it over.

A turn is an instant; those of one key are apart by a second divided by the rate. They are given out a little ahead,
so that many messages can be on their way to their turns at once. In one process a dictionary is enough; several ask
one place.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

HORIZON = 0.5
"""Seconds ahead for which turns are given out."""


class Turns(Protocol):
    """Gives out turns."""

    async def take(self, key: str, *, per_second: float, most: int) -> list[float]:
        """
        The next turns under this key, at most so many.

        Returns: how many seconds away each is, in order; empty when all soon ones are taken.
        """


class OwnTurns:
    """The turns of one process. `clock`: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}

    async def take(self, key: str, *, per_second: float, most: int) -> list[float]:
        """See `Turns`."""
        now = self._clock()
        first, apart = max(now, self._free_at.get(key, now)) - now, 1 / per_second
        count = how_many(first, apart, most)
        self._free_at[key] = now + first + count * apart
        return [first + number * apart for number in range(count)]


def how_many(first: float, apart: float, most: int) -> int:
    """Turns that lie before the horizon when the first is so far away, and the others follow so far apart."""
    return max(0, min(most, int((HORIZON - first) / apart) + 1)) if first <= HORIZON else 0
