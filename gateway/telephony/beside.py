"""
The telephony process beside the gateway: started, watched and ended with it, and found again after a crash.

It does not end when the gateway is killed: calls go on, and the gateway's next start takes it as its own.
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

import structlog

from gateway.settings import Settings
from gateway.telephony.running import digest_of, running

log = structlog.get_logger()

_AGAIN_S = 1.0
_LOOK_S = 0.25
_START_S = 30.0
_STOP_S = 15.0


@asynccontextmanager
async def telephony_beside(settings: Settings) -> AsyncIterator[None]:
    """The telephony process, for the length of a block, where there is a hotline; one that dies is started again."""
    if not settings.takes_calls or "telephony" not in settings.roles:
        yield
        return
    watch = asyncio.create_task(_keep_up(settings))
    try:
        yield
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await _end(settings)


async def _keep_up(settings: Settings) -> None:
    while True:
        try:
            found = running(settings.data)
            if found is None:
                await _start(settings)
            elif found.pid and found.settings != digest_of(settings):
                log.info("telephony_settings_changed", pid=found.pid)
                await _end(settings)
                continue
            else:
                log.info("telephony_found", pid=found.pid)
            await _until_gone(settings)
            log.warning("telephony_died")
        except OSError as error:
            log.error("telephony_not_started", error=error.strerror)
        await asyncio.sleep(_AGAIN_S)


async def _start(settings: Settings) -> None:
    """A session of its own: Ctrl-C is for us, and killing us ends no call."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", "serve", "--roles", "telephony", "--beside"),
        stdin=DEVNULL,
        start_new_session=True,
        env=os.environ | _environment(settings),
    )
    for _ in range(int(_START_S / _LOOK_S)):
        if process.returncode is not None or running(settings.data) is not None:
            return
        await asyncio.sleep(_LOOK_S)
    process.kill()


def _environment(settings: Settings) -> dict[str, str]:
    """What demo mode chose for itself, told to the child, which reads everything else where we did."""
    return {
        "LANGNGHE_MODE": settings.mode,
        "LANGNGHE_DATA": str(settings.data),
        "LANGNGHE_SIP_PORT": str(settings.call_center.sip_port),
    }


async def _until_gone(settings: Settings) -> None:
    """The lock of a process that is not our child is all that can be watched of it."""
    while True:
        await asyncio.sleep(_LOOK_S)
        if running(settings.data) is None:
            return


async def _end(settings: Settings) -> None:
    """Ask it to stop, wait for its calls, and for no longer."""
    found = running(settings.data)
    if found is None or not found.pid:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(_until_gone(settings), settings.call_center.drain_seconds + _STOP_S)
        except TimeoutError:
            log.error("telephony_killed", pid=found.pid)
            os.kill(found.pid, signal.SIGKILL)
