"""
Deliveries that nobody could prove: counted where they are refused, and kept so that every process shows the same.

Whoever knows an address of ours may knock there. Their knocking is added up in memory and written down by a loop: a
flood costs one small write each time, whatever its size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from core.storage import refusals
from core.storage.database import Database
from core.storage.refusals import Refused

INTERVAL = 10.0
"""Seconds after which a process tells the others."""


class Refusals:
    """Of one process and of all of them. `now`: the deployment's clock."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._hours: dict[str, Counter[datetime]] = {}
        self._last: dict[str, datetime] = {}

    def note(self, channel: str) -> None:
        """One was refused just now."""
        now = self._now()
        self._hours.setdefault(channel, Counter())[now.replace(minute=0, second=0, microsecond=0)] += 1
        self._last[channel] = now

    async def keep(self) -> int:
        """Write down what this process has counted since the last time; what cannot be written waits for the next."""
        for channel in tuple(self._hours):
            await self._keep(channel, self._hours.pop(channel))
        return 0

    async def lately(self) -> dict[str, Refused]:
        """Of each channel that refused anything within a day, by any process."""
        await self.keep()
        return await self._database.read(partial(refusals.lately, now=self._now()))

    async def _keep(self, channel: str, hours: Counter[datetime]) -> None:
        write = partial(refusals.add, channel=channel, hours=hours, last_at=self._last[channel])
        try:
            await self._database.write(write)
        except Exception:
            self._hours[channel] = hours + self._hours.get(channel, Counter())
            raise
