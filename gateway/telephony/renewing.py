"""What people record in the console is heard in the next call, without a restart: the folder is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from channels.call_center.prompts.live import LivePrompts
from channels.tasks import ended

log = structlog.get_logger()
EVERY_S = 1.0


@asynccontextmanager
async def renewing(prompts: LivePrompts) -> AsyncIterator[None]:
    """Keep the prompts as they are in their folder, for the length of a block."""
    task = asyncio.create_task(_keep(prompts))
    try:
        yield
    finally:
        await ended(task)


async def _keep(prompts: LivePrompts) -> None:
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await asyncio.to_thread(prompts.refresh)
        except OSError as error:  # the folder is away: what is in memory is played on
            log.warning("prompts_not_read", error=error.strerror)
