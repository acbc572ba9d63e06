"""The statistics page of the running gateway, looked at again and again while cases go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout

from bench.desk import Cast, Desk, accept, cast, get
from bench.launch import gateway
from core.service.statistics import usual_periods
from gateway.console.statistics import PAGE

CHANGES = 20
EVERY = 5
"""Pages between two changes."""


@dataclass
class Looked:
    """Seconds: of the first look at each period, counted from nothing, and of every look after it."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)


def periods() -> tuple[str, ...]:
    """What is looked at: the running month, the last one, and the year."""
    offered = [name for name, _ in usual_periods(datetime.now(UTC))]
    return (*offered[:2], next(name for name in offered if name.startswith("nam:")))


def look(folder: Path, store: Path, *, database_url: str = "", changes: int = CHANGES) -> Looked:
    """Serve the store, look, accept a case now and then, and look again."""
    working = asyncio.run(cast(store, sessions=1, changes=changes, database_url=database_url))
    folder.mkdir()
    (folder / "data-1").symlink_to(store.resolve())
    (folder / "master.key").write_text((store / "master.key").read_text())
    with gateway(folder, roles="web,worker", database_url=database_url) as served:
        return asyncio.run(_look(f"http://127.0.0.1:{served.ports[0]}", working, periods()))


async def _look(url: str, working: Cast, names: Sequence[str]) -> Looked:
    seen, (desk,) = Looked(), working.desks
    async with ClientSession(url, timeout=ClientTimeout(300)) as client:
        for name in names:
            seen.first.append(await _timed(client, desk, name))
        for case_id in working.cases:
            await accept(client, working, case_id)
            for number in range(EVERY):
                seen.again.append(await _timed(client, desk, names[number % len(names)]))
    return seen


async def _timed(client: ClientSession, desk: Desk, name: str) -> float:
    began = time.perf_counter()
    await get(client, desk, f"{PAGE}?ky={name}")
    return time.perf_counter() - began
