"""
Many who wait share one commit: all that arrives while one is in flight goes into the next.

Hot path of acceptance: nobody has a task or a timer of their own; each has a future, and each commit one deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_ROWS = 500
MOST_BYTES = 16 * 1024 * 1024
MOST_WAITING = 2000
MOST_WAITING_BYTES = 64 * 1024 * 1024

Store = Callable[[Sequence[T]], Awaitable[Mapping[int, Exception]]]
"""Stores a batch durably; returns what is wrong with single ones, by position. Raises when the database is away."""


class Overloaded(Exception):
    """So much waits already that one more would wait in vain."""


@dataclass(eq=False, slots=True)
class _Waiting(Generic[T]):
    one: T
    since: float
    done: asyncio.Future[None]


class GroupCommit(Generic[T]):
    """
    Calls `store` for one batch after the other. `size` is how many bytes one of them holds.

    `budget`: how long anybody waits, in seconds, before the database counts as away. `linger`: how long a batch waits,
    in seconds, for as many as came last time, so that a crowd makes fewer commits; who comes alone never waits for it.
    """

    def __init__(self, store: Store[T], *, size: Callable[[T], int], budget: float, linger: float = 0.0) -> None:
        self._store = store
        self._size = size
        self._budget = budget
        self._linger = linger
        self._waiting: list[_Waiting[T]] = []
        self._bytes = 0
        self._flushing: asyncio.Task[None] | None = None
        self._crowd = 1
        self._assembled: asyncio.Future[None] | None = None

    async def put(self, one: T) -> None:
        """
        Returns once it is committed.

        Raises: Overloaded; TimeoutError when the budget is spent; what is wrong with it, or ails the database.
        """
        if len(self._waiting) >= MOST_WAITING or self._bytes >= MOST_WAITING_BYTES:
            raise Overloaded
        loop = asyncio.get_running_loop()
        waiting = _Waiting(one, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self._bytes += self._size(one)
        if self._flushing is None:
            self._flushing = loop.create_task(self._flush())
        elif self._assembled is not None and len(self._waiting) >= self._crowd:
            _settle(self._assembled)
        await waiting.done

    async def _flush(self) -> None:
        while self._waiting:
            await self._assemble()
            await self._commit(self._take())
        self._flushing = None

    async def _assemble(self) -> None:
        if not self._linger or len(self._waiting) >= self._crowd:
            return
        loop = asyncio.get_running_loop()
        self._assembled = loop.create_future()
        timer = loop.call_later(self._linger, _settle, self._assembled)
        await self._assembled
        timer.cancel()
        self._assembled = None

    def _take(self) -> list[_Waiting[T]]:
        batch = next(batches([waiting.one for waiting in self._waiting], size=self._size))
        taken, self._waiting = self._waiting[: len(batch)], self._waiting[len(batch) :]
        self._bytes -= sum(map(self._size, batch))
        self._crowd = len(batch)
        return taken

    async def _commit(self, taken: Sequence[_Waiting[T]]) -> None:
        deadline = asyncio.get_running_loop().call_at(taken[0].since + self._budget, self._give_up, taken)
        staying = [waiting for waiting in taken if not waiting.done.done()]
        try:
            problems = await self._store([waiting.one for waiting in staying])
        except Exception as error:
            problems = dict.fromkeys(range(len(staying)), error)
        finally:
            deadline.cancel()
        for position, waiting in enumerate(staying):
            _settle(waiting.done, problems.get(position))

    def _give_up(self, taken: Sequence[_Waiting[T]]) -> None:
        """The oldest has waited too long: nobody waits on for this database, nor does the next commit for this one."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        for one in (*taken, *waiting):
            _settle(one.done, TimeoutError())
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None


def batches(ones: Iterable[T], *, size: Callable[[T], int]) -> Iterator[list[T]]:
    """Never more in one transaction than a database takes, or than memory should hold."""
    batch: list[T] = []
    held = 0
    for one in ones:
        if batch and (len(batch) == MOST_ROWS or held + size(one) > MOST_BYTES):
            yield batch
            batch, held = [], 0
        batch.append(one)
        held += size(one)
    if batch:
        yield batch


def _settle(done: asyncio.Future[None], problem: Exception | None = None) -> None:
    """Unless its owner has gone."""
    if done.done():
        return
    if problem is None:
        done.set_result(None)
    else:
        done.set_exception(problem)
