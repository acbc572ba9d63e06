"""Waiting for what happens by itself, as long as it may take on a busy machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

PATIENCE = 60.0


async def until(happened: Callable[[], object | Awaitable[object]], what: str, *, within: float = PATIENCE) -> None:
    """Look again until it is so; fails with `what` after `within` seconds."""
    try:
        async with asyncio.timeout(within):
            while True:
                found = happened()
                if await found if isawaitable(found) else found:
                    return
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"{what} did not happen") from None
