"""
The running process: listens, works, and stops without losing anything.

Start: databases, channels that listen, workers, web; `var/demo.json` is written when all of it answers. Stop: no new
requests, what is being received is finished, loops end after their round, connections close; nothing of it is waited
for longer than `LONGEST_STOP`. What was accepted and not yet processed waits in the inbox for the next start.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from core.contract.ports import ListeningChannel
from core.contract.schema import new_id
from core.intake.rehearsal import rehearse
from gateway.admin import serving_admin
from gateway.app import create_app
from gateway.deployment import Deployment, open_deployment
from gateway.front.listening import Front
from gateway.hooks import doors_of
from gateway.settings import Settings
from gateway.stores import Now, utc_now
from gateway.telephony.beside import telephony_beside
from gateway.telephony.link import serving_calls
from gateway.workers.crew import LONGEST_STOP as LONGEST_STOP_OF_WORK
from gateway.workers.crew import Crew

log = structlog.get_logger()

_DRAIN_SECONDS = 20
_YOUNG_OBJECTS = 10_000
_TURN_SECONDS = 0.0005
_SPOKEN_FOR, _MOST_THINKERS = 2, 2  # of the processors: ours and the database's
LONGEST_STOP = _DRAIN_SECONDS + LONGEST_STOP_OF_WORK
"""Seconds that a stop may take; whoever supervises the process waits longer before killing it."""


Ready = Callable[[Deployment, str], Awaitable[None]]
"""Told once when all of it answers, with the base URL."""


async def run(settings: Settings, *, ready: Ready | None = None, now: Now = utc_now) -> None:
    """Serve until SIGTERM or SIGINT, by this clock."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with open_deployment(settings, now=now) as deployment:
        if "worker" in settings.roles:  # before anybody may come in, who would wait for it
            rehearse(deployment.regulation.intake_rules(settings.office), now())
        async with (
            running(deployment) as address,
            serving_admin(deployment),
            serving_calls(deployment),
            telephony_beside(settings),
            thinking_beside(deployment),
        ):
            tune_interpreter()
            log.info("started", port=urlsplit(address).port, pid=os.getpid(), mode=settings.mode)
            if ready is not None:
                await ready(deployment, address)
            await stopping.wait()
            log.info("stopping")
    log.info("stopped")


def thinking_beside(deployment: Deployment) -> AbstractAsyncContextManager[None]:
    """Processes that think for the worker, so that words are read beside this loop (ADR 0018)."""
    settings, thinking = deployment.settings, deployment.thinking
    wanted = settings.intake.thinkers
    count = thinkers_for(len(os.sched_getaffinity(0))) if wanted is None else wanted
    return thinking.thinkers.working(count if "worker" in settings.roles else 0, thinking.premises)


def thinkers_for(processors: int) -> int:
    """As many as there are processors which nobody else needs: with less, hooks wait for who thinks."""
    return min(max(processors - _SPOKEN_FOR, 0), _MOST_THINKERS)


def tune_interpreter() -> None:
    """
    Keep the garbage collector away from what stays for good: packs, word lists, templates, modules.

    Hundreds of requests in flight are many objects and no garbage, so that it looks more rarely, too; together this
    was a tenth of the price of a webhook. And threads take turns sooner: the one that writes to SQLite would otherwise
    wait up to 5 ms for the event loop before it may say COMMIT.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)


@asynccontextmanager
async def running(deployment: Deployment) -> AsyncIterator[str]:
    """Everything a deployment does in this process; yields the base URL of its web side."""
    roles = deployment.settings.roles
    crew = Crew(deployment, owner=new_id())
    runner = web.AppRunner(create_app(deployment, crew.watch), access_log=None, shutdown_timeout=_DRAIN_SECONDS)
    await runner.setup()
    assert runner.server is not None
    front = Front([door for door in doors_of(deployment) if door.is_plain], runner.server)
    try:
        await crew.start()
        if "web" in roles:
            await _listen(deployment)
        http = deployment.settings.http
        await front.listen(http.host, http.port, reuse_port=http.reuse_port)
        yield f"http://{http.host}:{front.port}"
    finally:
        front.close()
        await asyncio.gather(front.drain(_DRAIN_SECONDS), runner.cleanup(), _stop_listening(deployment))
        await crew.stop()


async def _listen(deployment: Deployment) -> None:
    for channel in deployment.channels.values():
        if isinstance(channel, ListeningChannel):
            await channel.start(deployment.inbox.accept)


async def _stop_listening(deployment: Deployment) -> None:
    for channel in deployment.channels.values():
        if isinstance(channel, ListeningChannel):
            await channel.stop()
