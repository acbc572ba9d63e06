"""The twelve months behind a page of figures: those that are over are counted once in a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from aiohttp import web

from core.clock import local
from core.clock.zone import midnight, months_before
from core.storage import statistics
from core.storage.database import Database
from core.storage.statistics import Period
from gateway.statistics.charts import Month, label_of

MONTHS = 12
KEPT = timedelta(minutes=10)
"""Counting a year of a busy province takes a moment, and a month that is over changes only where a case is reopened."""
_INSTANT = timedelta(microseconds=1)

_Stretch = tuple[datetime, datetime]
_Flow = tuple[int, int]


@dataclass
class Trend:
    """Counts when asked, and keeps months that are over for a while. `now` is the only clock."""

    database: Database
    now: Callable[[], datetime]
    _kept: dict[_Stretch, tuple[datetime, _Flow]] = field(default_factory=dict, init=False)

    async def months(self, period: Period) -> list[Month]:
        """The twelve months until the end of the period; empty for whoever sees only some agencies."""
        if period.agencies is not None:
            return []
        last = local(min(period.end, period.until) - _INSTANT).date()
        edges = [midnight(months_before(last.replace(day=1), back)) for back in range(MONTHS - 1, -2, -1)]
        stretches = list(pairwise(edges))
        found = await self._flows(stretches)
        return [Month(label_of(stretch[0]), *found[stretch]) for stretch in stretches]

    async def _flows(self, stretches: list[_Stretch]) -> dict[_Stretch, _Flow]:
        now = self.now()
        known = {stretch: kept for stretch, kept in self._kept.items() if now - kept[0] < KEPT}
        missing = [stretch for stretch in stretches if stretch not in known]
        counted = await self.database.read(partial(statistics.flows, stretches=missing))
        known |= {stretch: (now, flow) for stretch, flow in zip(missing, counted, strict=True)}
        self._kept = {stretch: kept for stretch, kept in known.items() if stretch[1] <= now}
        return {stretch: known[stretch][1] for stretch in stretches}


TREND = web.AppKey("trend", Trend)
