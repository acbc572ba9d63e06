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

    Not for work that cleans up for longer than that, as a call that hangs up does. Who is cancelled meanwhile still
    sees them to their end. Raises: what the first of them failed of.
    """
    await let_go(*tasks)
    for failure in [task.exception() for task in tasks if not task.cancelled()]:
        if failure is not None:
            raise failure


async def let_go(*tasks: asyncio.Task[Any]) -> None:
    """The same where nobody cares any more what became of them."""
    running, interrupted = set(tasks), False
    while running:
        for task in running:
            task.cancel()
        try:
            await asyncio.wait(running, timeout=HEARD_SECONDS)
        except asyncio.CancelledError:
            interrupted = True
        running = {task for task in running if not task.done()}
    for task in tasks:
        if not task.cancelled():
            task.exception()  # it was seen: no line in the log when it is forgotten
    if interrupted:
        raise asyncio.CancelledError
