"""
Figures that take long are counted once for everybody who waits, whose page meanwhile says so and asks again.

The first look at a period nobody has asked for yet reads all of it (docs/performance.md); every later one is quick.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from aiohttp import web

from channels.tasks import let_go
from core.service.statistics import Figures
from gateway.statistics.charts import Month

T = TypeVar("T")

PATIENCE = 4.0
"""Seconds that somebody looks at an empty page."""
AGAIN = 5
"""Seconds until the page asks again."""


class Awaited(Generic[T]):
    """What is being counted, by what was asked for. `patience`: seconds that one who asks waits for it."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def ask(self, key: Hashable, count: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """What `count` comes to; None: it is still being counted, also when whoever asked has gone."""
        task = self._running.get(key) or self._begin(key, count())
        await asyncio.wait([task], timeout=self.patience)
        return task.result() if task.done() else None

    def _begin(self, key: Hashable, counting: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = self._running[key] = asyncio.create_task(counting, name="figures")
        task.add_done_callback(lambda _: self._running.pop(key, None))
        return task

    async def stop(self) -> None:
        """The process ends: nobody will ask again."""
        await let_go(*self._running.values())


AWAITED = web.AppKey("awaited_figures", Awaited[tuple[Figures, list[Month]]])


async def awaiting(app: web.Application) -> AsyncIterator[None]:
    """What is still being counted ends with the process."""
    yield
    await app[AWAITED].stop()
