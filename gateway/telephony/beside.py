"""
The telephony processes beside the gateway: started, watched and ended with it, and found again after a crash.

They do not end when the gateway is killed: calls go on, and the gateway's next start takes them as its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from gateway.settings import Settings
from gateway.telephony.node import as_node, node_of, nodes_of
from gateway.telephony.paths import spool_folders
from gateway.telephony.running import digest_of, running

log = structlog.get_logger()

_AGAIN_S = 1.0
_LOOK_S = 0.25
_START_S = 30.0
_STOP_S = 15.0


@asynccontextmanager
async def telephony_beside(settings: Settings) -> AsyncIterator[None]:
    """The telephony processes, for the length of a block, where there is a hotline; one that dies is started again."""
    if not settings.takes_calls or "telephony" not in settings.roles:
        yield
        return
    watching = [asyncio.create_task(_keep_up(as_node(settings, node), settings)) for node in nodes_of(settings)]
    watching += [asyncio.create_task(_end(settings, node)) for node in _too_many(settings)]
    try:
        yield
    finally:
        for watch in watching:
            watch.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await asyncio.gather(*(_end(settings, node) for node in spool_folders(settings.data)))


def _too_many(settings: Settings) -> list[int]:
    """Nodes of a time when there were more."""
    return [node for node in spool_folders(settings.data) if node not in nodes_of(settings)]


async def _keep_up(ours: Settings, shared: Settings) -> None:
    """Keep one node up; `ours` is what it goes by, `shared` what it reads."""
    data, node = ours.data, node_of(ours)
    while True:
        try:
            found = running(data, node)
            if found is None:
                await _start(shared, node)
            elif found.pid and found.settings != digest_of(ours):
                log.info("telephony_settings_changed", pid=found.pid, node=node)
                await _end(ours, node)
                continue
            else:
                log.info("telephony_found", pid=found.pid, node=node)
            await _until_gone(data, node)
            log.warning("telephony_died", node=node)
        except OSError as error:
            log.error("telephony_not_started", error=error.strerror, node=node)
        await asyncio.sleep(_AGAIN_S)


async def _start(settings: Settings, node: int) -> None:
    """A session of its own: Ctrl-C is for us, and killing us ends no call."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", "serve", "--roles", "telephony", "--beside"),
        stdin=DEVNULL,
        start_new_session=True,
        env=os.environ | _environment(settings, node),
    )
    for _ in range(int(_START_S / _LOOK_S)):
        if process.returncode is not None or running(settings.data, node) is not None:
            return
        await asyncio.sleep(_LOOK_S)
    process.kill()


def _environment(settings: Settings, node: int) -> dict[str, str]:
    """What demo mode chose for itself, told to the child, which reads everything else where we did."""
    return {
        "LANGNGHE_MODE": settings.mode,
        "LANGNGHE_DATA": str(settings.data),
        "LANGNGHE_SIP_PORT": str(settings.call_center.sip_port),
        "LANGNGHE_NODE": str(node),
        **_public(settings),
    }


def _public(settings: Settings) -> dict[str, str]:
    """Under which address we are called, and where Twilio is that is only played."""
    if settings.mode != "demo":
        return {}
    return {"LANGNGHE_PUBLIC_URL": settings.public_url, "LANGNGHE_TWILIO_URL": settings.call_center.twilio.base_url}


async def _until_gone(data: Path, node: int) -> None:
    """The lock of a process that is not our child is all that can be watched of it."""
    while True:
        await asyncio.sleep(_LOOK_S)
        if running(data, node) is None:
            return


async def _end(settings: Settings, node: int) -> None:
    """Ask it to stop, wait for its calls, and for no longer."""
    found = running(settings.data, node)
    if found is None or not found.pid:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
        try:
            longest = settings.call_center.drain_seconds + _STOP_S
            await asyncio.wait_for(_until_gone(settings.data, node), longest)
        except TimeoutError:
            log.error("telephony_killed", pid=found.pid, node=node)
            os.kill(found.pid, signal.SIGKILL)
