"""The sandbox as a process beside the gateway: started, watched, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from channels.tasks import ended
from gateway.sandbox.connected import Addresses
from gateway.settings.model import Settings

log = structlog.get_logger()

_START_SECONDS = 60.0
_RESTART_SECONDS = 1.0


@dataclass
class Beside:
    """The sandbox that runs. `again` is called each time it had to be started anew, for it forgets everything."""

    addresses: Addresses
    again: Callable[[], Awaitable[None]] | None = None


@asynccontextmanager
async def sandbox_beside(settings: Settings) -> AsyncIterator[Beside]:
    """The sandbox as a process of its own. One that dies is started again at the same addresses."""
    process, addresses = await _start(settings, ports=())
    beside = Beside(addresses)

    async def keep_up() -> None:
        nonlocal process
        while True:
            process = await _next(settings, process, addresses)
            if beside.again is not None:
                await beside.again()

    watch = asyncio.create_task(keep_up())
    try:
        yield beside
    finally:
        await ended(watch)
        await _end(process)


async def _next(settings: Settings, process: Process, addresses: Addresses) -> Process:
    """The one after it, at the same addresses, once it has died."""
    await process.wait()
    log.warning("sandbox_died", code=process.returncode)
    await asyncio.sleep(_RESTART_SECONDS)
    fresh, _ = await _start(settings, ports=tuple(part for one in _ports(addresses) for part in ("--port", one)))
    return fresh


def _ports(addresses: Addresses) -> list[str]:
    """`email_smtp=8025` for the SMTP server of mail, `email=8026` for its HTTP side."""
    return [
        f"{name if kind == 'http' else f'{name}_{kind}'}={address.rpartition(':')[2]}"
        for name, kinds in addresses.items()
        for kind, address in kinds.items()
    ]


async def _start(settings: Settings, *, ports: tuple[str, ...]) -> tuple[Process, Addresses]:
    smtp = f"{settings.email.host}:{settings.email.smtp_port}"
    gateway = f"http://{settings.http.host}:{settings.http.port}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", "sandbox", "--attached", "--gateway-smtp", smtp),
        *("--gateway", gateway, "--public-url", settings.public_url, *ports),
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,  # Ctrl-C is for us; it ends when our end of its input closes, also if we are killed
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        return process, json.loads(line)
    except (TimeoutError, ValueError):
        await _end(process)
        raise RuntimeError("the sandbox did not start") from None


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
