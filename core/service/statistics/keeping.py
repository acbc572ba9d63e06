"""
Figures that are asked for again and again, made of what was counted before and of what has changed since.

What is kept lies a little in the past (`SETTLED`), behind whatever is still being written, and is brought forward by
whoever asks and by the worker; it always equals counting all of it anew. A moment that is over is counted once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from core.storage import kept_figures, milestones, statistics
from core.storage.database import Connection, Database
from core.storage.kept_figures import Kept
from core.storage.statistics import Numbers, Period

SETTLED = timedelta(minutes=1)
"""Longer than any transaction takes: what happened before that is stored."""

LET_GO = timedelta(days=7)
_BROUGHT_FORWARD = timedelta(minutes=5)


class Keeping:
    """Counts for those who look at figures. `now` is the only clock."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def numbers(self, period: Period) -> tuple[Numbers, bool]:
        """What was counted, and whether every case is in it yet; while some are not, nothing is kept."""
        if await self._database.read(milestones.missing_after) is not None:
            return await self._database.read(partial(statistics.numbers, period=period)), False
        settled = period.until <= self._now() - SETTLED
        kept = await self._database.read(partial(kept_figures.find, period=period, settled=settled))
        if kept is None or kept.period.until > period.until:
            kept = await self._count(period, settled=settled)
        elif not settled and kept.period.until < self._now() - SETTLED - _BROUGHT_FORWARD:
            kept = await self._bring_forward(kept)
        return await self._database.read(partial(_as_of, kept=kept, until=period.until)), True

    async def _count(self, period: Period, *, settled: bool) -> Kept:
        base = period if settled else replace(period, until=min(period.until, self._now() - SETTLED))
        counted = Kept(base, await self._database.read(partial(statistics.numbers, period=base)))
        return await self._put(counted, settled=settled)

    async def _bring_forward(self, kept: Kept) -> Kept:
        until = self._now() - SETTLED
        return await self._put(
            await self._database.read(partial(kept_figures.brought_to, kept=kept, until=until)), settled=False
        )

    async def _put(self, kept: Kept, *, settled: bool) -> Kept:
        await self._database.write(partial(kept_figures.put, kept=kept, settled=settled, now=self._now()))
        return kept

    async def run_once(self) -> int:
        """The worker's part: nothing is kept for ever."""
        before = self._now() - LET_GO
        await self._database.write(partial(kept_figures.forget, asked_before=before))
        return 0


def _as_of(connection: Connection, kept: Kept, until: datetime) -> Numbers:
    if until <= kept.period.until:
        return kept.numbers
    return kept_figures.brought_to(connection, kept, until).numbers
