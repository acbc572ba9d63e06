"""The statistics page of a gateway, looked at again and again while reports come in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout

from bench.desk import Desk, get, hired
from bench.growth.lives import report
from bench.growth.load import settings_of
from core.service.statistics import usual_periods
from gateway.console.statistics import PAGE
from gateway.deployment import open_deployment
from gateway.process import running, tune_interpreter

CHANGES, EVERY = 20, 5
"""How many reports come in meanwhile, and pages between two of them."""
_BODY = "Đèn đường trước nhà tôi hỏng ba hôm nay, buổi tối rất khó đi lại."


@dataclass
class Looked:
    """Seconds: of the first look at each period, counted from nothing, and of every look after it."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


def periods() -> tuple[str, ...]:
    """What is looked at: the running month, the last one, and the year."""
    offered = [name for name, _ in usual_periods(datetime.now(UTC))]
    return (*offered[:2], next(name for name in offered if name.startswith("nam:")))


async def look(store: Path, *, database_url: str = "", changes: int = CHANGES) -> Looked:
    """
    Serve the store with its workers; look, report something now and then, and look again. All in one process.
    """
    seen, names = Looked(), periods()
    async with open_deployment(settings_of(store, database_url)) as deployment, running(deployment) as url:
        tune_interpreter()  # as the process that serves does
        desk = await hired(deployment, 1)
        async with ClientSession(url, timeout=ClientTimeout(300)) as client:
            seen.first = [await _timed(client, desk, name) for name in names]
            for change in range(changes):
                await report(deployment, _BODY, f"{change + 1} Hương Sen, phường Thanh Trà")
                seen.again += [await _timed(client, desk, names[number % len(names)]) for number in range(EVERY)]
    return seen


async def _timed(client: ClientSession, desk: Desk, name: str) -> float:
    began = time.perf_counter()
    await get(client, desk, f"{PAGE}?ky={name}")
    return time.perf_counter() - began
