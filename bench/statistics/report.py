"""The monthly report, from nothing: counted, written as spreadsheet and PDF, sealed and kept."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from bench.growth.load import NOTE, settings_of
from core.clock.zone import local
from core.regulations.sections import PeriodReport
from core.service.statistics import Keeping, read_period, usual_periods
from core.service.statistics.reporting import Wanted
from core.storage import kept_figures, statistics
from core.storage.statistics import Period
from gateway.deployment import Deployment, open_deployment
from gateway.statistics.asking import figures_of
from gateway.statistics.reports import prepare

RUNS = 3
_ENTRY = PeriodReport(id="month", cites=("TG-12.5",), label="Báo cáo tháng", role="receptionist", every="demand")
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reported:
    """Of the last whole month: cases it counts, seconds to count them anew, and for the report with its files."""

    cases: int
    counting: float
    whole: float

    @property
    def per_case_us(self) -> float:
        """Microseconds of counting for each case counted."""
        return 1_000_000 * self.counting / max(self.cases, 1)


async def time_report(data: Path, *, database_url: str = "") -> Reported:
    """Medians of some runs, each as if nobody had asked before. Nobody else has the store open."""
    as_of = datetime.fromisoformat(json.loads((data / NOTE).read_text())["as_of"])
    async with open_deployment(settings_of(data, database_url), now=lambda: as_of) as deployment:
        period = read_period(usual_periods(as_of)[1][0], now=as_of)
        figures = await figures_of(deployment, period)
        counting = await _median(deployment, partial(figures_of, deployment, period))
        whole = await _median(deployment, partial(_report, deployment, period))
    return Reported(figures.cases.total, counting, whole)


async def _median(deployment: Deployment, work: Callable[[], Awaitable[object]]) -> float:
    taken = []
    for _ in range(RUNS):
        await deployment.database.write(kept_figures.forget)
        began = time.perf_counter()
        await work()
        taken.append(time.perf_counter() - began)
    return median(taken)


async def _report(deployment: Deployment, period: Period) -> None:
    first, last = local(period.first).date(), local(period.end - _INSTANT).date()
    await prepare(deployment, Wanted("month", _ENTRY, first, last), by="bench")


async def differing(data: Path, periods: Sequence[str], *, database_url: str = "") -> int:
    """How many figures of these periods are, brought forward from what is kept, others than counted anew."""
    async with open_deployment(settings_of(data, database_url)) as deployment:
        wrong = 0
        for name in periods:
            period = read_period(name, now=deployment.now())
            kept, _ = await Keeping(deployment.database, now=deployment.now).numbers(period)
            anew = await deployment.database.read(partial(statistics.numbers, period=period))
            wrong += sum(kept[fact] != anew[fact] for fact in {*kept, *anew})
    return wrong
