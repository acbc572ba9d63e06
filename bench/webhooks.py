"""
Ten thousand pieces of news for twenty other systems, one of which never answers: whether the others wait for it.

They wait in the outbox and leave by the lanes of a worker, as `langnghe serve` runs them; receivers are a process of
their own, which answers at once. Both runs are on this machine, one after the other: only their ratio counts.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web

from bench.measurement import Goal, Measurement, Result, Table, Terms
from core.service.links.book import Link
from core.storage import links
from gateway.deployment import Deployment, open_deployment
from gateway.links.lanes import Lanes, lane_bell, lane_loop
from tests.support.deployments import settings_for

SYSTEMS, EACH = 20, 500
_PATIENCE = 240.0
_LOOK = 0.1


def measurements() -> list[Measurement]:
    """What this group measures."""
    source = "issue 8"
    goals = (
        Goal(
            "ratio", "time for the healthy, one of twenty silent, against none", at_most=1.25, unit="×", source=source
        ),
        Goal("lost", "pieces that a healthy receiver did not get", at_most=0, source=source),
        Goal("twice", "pieces that it got twice", at_most=0, source=source),
        Goal("kept", "pieces for the silent one that are neither waiting nor for a person", at_most=0, source=source),
    )
    return [Measurement("webhooks.drain", "10,000 webhooks, one receiver of twenty silent", goals, measure_drain)]


@dataclass(frozen=True)
class Drained:
    """One run: seconds until the healthy had all, what they got and how much of it twice, what still waits."""

    seconds: float
    got: int
    twice: int
    waiting: int


def measure_drain(terms: Terms) -> Result:
    """All healthy, then one of them silent."""
    each = 50 if terms.quick else EACH
    runs = {}
    for name, silent in (("all healthy", False), ("one silent", True)):
        terms.say(f"{name}: {SYSTEMS * each:,}")
        with receivers(silent=silent) as (url, counts):
            runs[name] = asyncio.run(_drain(terms.folder / name.replace(" ", "-"), url, counts, each))
    calm, sick = runs.values()
    rows = tuple((name, f"{run.seconds:.1f}", f"{run.got:,}", run.twice, run.waiting) for name, run in runs.items())
    healthy = (SYSTEMS - 1) * each
    figures = {
        "ratio": sick.seconds / calm.seconds,
        "lost": 2 * healthy - calm.got - sick.got,
        "twice": calm.twice + sick.twice,
        "kept": each - sick.waiting,
    }
    header = ("run", "seconds until 19 receivers had all", "pieces", "twice", "waiting for the twentieth")
    note = (
        f"{SYSTEMS} receivers, {each} pieces each, SQLite; the silent one never answers, and costs ten seconds a try."
    )
    return Result(figures, (Table("Draining", header, rows),), (note,))


async def _drain(folder: Path, url: str, counts: Connection, each: int) -> Drained:
    settings = settings_for(folder, links={"inside": ("127.0.0.0/8",)}, email={"enabled": False})
    async with open_deployment(settings) as deployment:
        await _write(deployment, url, each)
        with lane_bell(deployment.events) as rung:
            lanes = Lanes(deployment, owner="bench", rung=rung)
            loop, begun = lane_loop(lanes, rung), time.monotonic()
            running = asyncio.create_task(loop.run())
            got, twice = await _until(counts, (SYSTEMS - 1) * each)
            seconds = time.monotonic() - begun
            lanes.give_up()
            loop.stop()
            await running
        return Drained(seconds, got, twice, await _waiting(deployment))


async def _write(deployment: Deployment, url: str, each: int) -> None:
    book = deployment.clerk.links
    for number in range(SYSTEMS):
        await book.add(Link(f"system-{number}", "", "webhook", url=f"{url}/{number}"))
    for link in await book.current():
        works = [await deployment.clerk.telling.test(link) for _ in range(each)]
        await asyncio.gather(*(deployment.clerk.committer.commit(work) for work in works))


async def _until(counts: Connection, wanted: int) -> tuple[int, int]:
    """Ask the receivers until the healthy ones have all, or patience ends."""
    end = time.monotonic() + _PATIENCE
    while True:
        got, twice = await asyncio.to_thread(_asked, counts)
        if got >= wanted or time.monotonic() > end:
            return got, twice
        await asyncio.sleep(_LOOK)


def _asked(counts: Connection) -> tuple[int, int]:
    counts.send("how many?")
    got, twice = counts.recv()
    return int(got), int(twice)


async def _waiting(deployment: Deployment) -> int:
    lane = (await deployment.database.read(links.lanes)).get(f"link/system-{SYSTEMS - 1}")
    return lane.waiting + lane.failed if lane else 0


@contextmanager
def receivers(*, silent: bool) -> Iterator[tuple[str, Connection]]:
    """A process with all receivers: its address, and a pipe that tells what the first nineteen got."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_receive, args=(theirs, silent), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}", ours
    finally:
        process.terminate()
        process.join()


def _receive(pipe: Connection, silent: bool) -> None:
    asyncio.run(_serve(pipe, silent=silent))


async def _serve(pipe: Connection, *, silent: bool) -> None:
    seen: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        if request.match_info["number"] != str(SYSTEMS - 1):
            seen.append(request.headers["webhook-id"])
        elif silent:
            await asyncio.Event().wait()
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/{number}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    while await asyncio.to_thread(pipe.recv):
        pipe.send((len(seen), len(seen) - len(set(seen))))
