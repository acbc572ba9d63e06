"""Events between the processes of one deployment: `Events`, and `open_events`, which alone knows how they travel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.events.base import Events
from gateway.events.memory import MemoryEvents

__all__ = ["Events", "open_events"]


@asynccontextmanager
async def open_events(url: str, *, namespace: str) -> AsyncIterator[Events]:
    """
    Events by way of a Redis server, or inside this process alone.

    Args:
        url: of the server (redis, rediss or unix); empty: this process is the only one.
        namespace: what processes of one deployment share and no other deployment has.
    """
    if not url:
        yield MemoryEvents()
        return
    from gateway.events.redis import RedisEvents

    events = RedisEvents(url, namespace=namespace)
    events.start()
    try:
        yield events
    finally:
        await events.close()
