"""Ending background tasks, so that whoever waits for their end never waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

HEARD_SECONDS = 1.0
"""Time to clean up in; whoever still runs then is asked again."""


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """
    Cancel until it is heard. A library that is just done with what it waited for may swallow a cancellation (in
    CPython 3.11 `wait_for` does), and whoever asked only once would wait for ever.

    Who is cancelled meanwhile still sees them to their end. Raises: what the first of them failed of.
    """
    running, interrupted = set(tasks), False
    while running:
        for task in running:
            task.cancel()
        try:
            await asyncio.wait(running, timeout=HEARD_SECONDS)
        except asyncio.CancelledError:
            interrupted = True
        running = {task for task in running if not task.done()}
    if interrupted:
        raise asyncio.CancelledError
    for failure in [task.exception() for task in tasks if not task.cancelled()]:
        if failure is not None:
            raise failure
