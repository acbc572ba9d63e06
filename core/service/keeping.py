"""Keeping a short claim (15 s) alive while its owner works: a dead owner's claim then ends within seconds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger()

_RENEWAL_SECONDS = 5.0


@asynccontextmanager
async def kept(renew: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Call `renew` every five seconds for as long as the block runs; a failed renewal is tried again."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            try:
                await renew()
            except Exception as error:  # the database may be away for a moment; the version checks are the real guard
                log.warning("claim_not_renewed", error=type(error).__name__)

    keeper = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
