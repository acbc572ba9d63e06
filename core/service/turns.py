"""
Whose turn it is to send: no provider is handed more in a second than it takes, however many processes hand it over.

A turn is an instant; those of one key are apart by a second divided by the rate. They are given out a little ahead,
so that many messages can be on their way to their turns at once. In one process a dictionary is enough; several ask
one place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

GRACE = 0.1
"""Seconds after its instant for which a turn is good."""
MARGIN = 0.9
"""Share of a provider's rate that is used: with all that a second may hold of the grace before it, less than all."""
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


class Gate:
    """
    The door of one sender to a provider: messages pass it at their turns.

    A turn is good for a moment only. Whoever comes later (the process was busy) takes another one, or what was held up
    would leave all at once; the margin below the rate is for such moments, and for the network's.
    """

    def __init__(self, turns: Turns, key: str, *, per_second: float) -> None:
        self._turns = turns
        self._key = key
        self._rate = per_second * MARGIN

    async def book(self, most: int) -> list[float]:
        """The next turns, at most so many, as instants of the event loop's clock."""
        now = asyncio.get_running_loop().time()
        return [now + away for away in await self._turns.take(self._key, per_second=self._rate, most=most)]

    async def at(self, turn: float, *, stopped: asyncio.Event) -> None:
        """Return when the turn has come, at once where it no longer matters."""
        clock = asyncio.get_running_loop().time
        await _wait(stopped, turn - clock())
        while clock() > turn + GRACE and not stopped.is_set():
            booked = await self.book(1)
            await _wait(stopped, booked[0] - clock() if booked else HORIZON / 2)
            turn = booked[0] if booked else turn


async def _wait(stopped: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), max(0.0, seconds))


def how_many(first: float, apart: float, most: int) -> int:
    """Turns that lie before the horizon when the first is so far away, and the others follow so far apart."""
    return max(0, min(most, int((HORIZON - first) / apart) + 1)) if first <= HORIZON else 0
