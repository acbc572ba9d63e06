"""One reading for all who ask for the same: a hundred pages that hear of a change ask within the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """
    Readings under way, by what they read.

    Everybody gets one that began after they asked, so that nobody sees less than a reading of their own would show:
    whoever asks while one is under way shares the next.
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[T]] = {}
        self._next: dict[Hashable, asyncio.Task[T]] = {}

    async def read(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` finds for `key`; it is called once for everybody who waits for it."""
        task = self._next.get(key)
        if task is None:
            task = self._next[key] = asyncio.create_task(self._follow(key, work))
        return await asyncio.shield(task)

    async def _follow(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        if key in self._under_way:
            await asyncio.wait([self._under_way[key]])
        self._under_way[key] = self._next.pop(key)
        try:
            return await work()
        finally:
            del self._under_way[key]
