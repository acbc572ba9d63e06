"""Troubles of the process and its machine: clocks, loop, Redis, disk, certificate."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, insert

from core.contract.schema import new_id
from core.storage import tables
from gateway.events import open_events
from gateway.watch.watch import Watch
from gateway.workers.loop import Loop
from gateway.workers.pulse import Pulse
from tests.gateway.watch.certificate import make_certificate
from tests.gateway.watch.troubles.trouble import Trouble, look, with_limit
from tests.support.deployments import World
from tests.support.servers import free_port
from tests.support.waiting import until


@asynccontextmanager
async def clocks_late(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A clock is due, and nobody fires it."""
    row = {"case_id": new_id(), "clock_id": "accept", "fire_at": world.clock()}
    await world.deployment.database.write(lambda connection: connection.execute(insert(tables.case_clock), row))
    watch = Watch(world.deployment)
    await look(world, watch, timedelta(seconds=6))
    fired = delete(tables.case_clock)
    yield Trouble(
        watch,
        timedelta(seconds=60),
        lambda: world.deployment.database.write(lambda connection: connection.execute(fired)),
    )


@asynccontextmanager
async def loop_lag(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Somebody holds the event loop; a minute without that ends it."""
    pulse = Pulse()
    watch = Watch(world.deployment, pulse=pulse)
    beat = asyncio.create_task(pulse.run_once())
    await asyncio.sleep(0)
    held = time.monotonic()
    while time.monotonic() - held < 0.4:
        pass
    await beat
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=61))


@asynccontextmanager
async def loop_dead(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Every round fails."""
    well = False

    async def work() -> int:
        if not well:
            raise ValueError("as always")
        return 0

    loop = Loop("inbound", work, interval=0.01)
    watch = Watch(with_limit(world, loop_seconds=0.05), loops=lambda: [loop])
    running = asyncio.create_task(loop.run())
    await until(lambda: loop.silent > 0.05, "a long silence")

    async def mend() -> None:
        nonlocal well
        well = True
        await until(lambda: loop.failures == 0, "a good round")

    yield Trouble(watch, mend=mend)
    loop.stop()
    await running


@asynccontextmanager
async def redis_away(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Nobody listens where Redis should."""
    async with open_events(f"redis://127.0.0.1:{free_port()}/0", namespace="test") as events:
        watch = Watch(replace(world.deployment, events=events))
        await watch.run_once()
        yield Trouble(watch, timedelta(seconds=601))


@asynccontextmanager
async def disk_full(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Less room than wanted: this machine's disk against a limit that no disk keeps."""
    yield Trouble(Watch(with_limit(world, disk_free_percent=100)))


@asynccontextmanager
async def calendar_ends(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """November 2026: next year's days are only expected."""

    async def mend() -> None:
        world.clock.advance(days=-200)

    yield Trouble(Watch(world.deployment), mend=mend)


@asynccontextmanager
async def certificate_ends(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A reverse proxy shows one that has three days left."""
    made = make_certificate(tmp_path, ends=world.clock() + timedelta(days=3))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*made)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    settings = world.deployment.settings.model_copy(update={"public_url": f"https://localhost:{port}"})

    async def renew() -> None:
        context.load_cert_chain(*make_certificate(tmp_path, ends=world.clock() + timedelta(days=90)))
        world.clock.advance(minutes=5)

    yield Trouble(Watch(replace(world.deployment, settings=settings)), mend=renew)
    server.close()


OF_PROCESS = (
    clocks_late,
    loop_lag,
    loop_dead,
    redis_away,
    disk_full,
    calendar_ends,
    certificate_ends,
)
