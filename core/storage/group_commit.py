"""
Many who wait share one commit: all that arrives while one is in flight goes into the next.

Hot path of acceptance: nobody has a task or a timer of their own; each has a future, and each commit one deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.storage.intake_rows import Acceptance

MOST_ROWS = 500
MOST_BYTES = 16 * 1024 * 1024
MOST_WAITING = 2000
MOST_WAITING_BYTES = 64 * 1024 * 1024

Store = Callable[[Sequence[Acceptance]], Awaitable[Collection[Acceptance]]]
"""Stores a batch durably; returns those that no database will take. Raises when the database is away."""


class Overloaded(Exception):
    """So much waits already that one more would wait in vain."""


class Unfit(ValueError):
    """The database stands, and will never take this one."""


@dataclass(eq=False, slots=True)
class _Waiting:
    acceptance: Acceptance
    since: float
    done: asyncio.Future[None]


class GroupCommit:
    """
    Calls `store` for one batch after the other.

    `budget`: how long anybody waits, in seconds, before the database counts as away. `linger`: how long a batch waits,
    in seconds, for as many as came last time, so that a crowd makes fewer commits; who comes alone never waits for it.
    """

    def __init__(self, store: Store, *, budget: float, linger: float = 0.0) -> None:
        self._store = store
        self._budget = budget
        self._linger = linger
        self._waiting: list[_Waiting] = []
        self._bytes = 0
        self._flushing: asyncio.Task[None] | None = None
        self._crowd = 1
        self._assembled: asyncio.Future[None] | None = None

    async def put(self, acceptance: Acceptance) -> None:
        """
        Returns once it is committed.

        Raises: Overloaded; Unfit; TimeoutError when the budget is spent; whatever ails the database.
        """
        if len(self._waiting) >= MOST_WAITING or self._bytes >= MOST_WAITING_BYTES:
            raise Overloaded
        loop = asyncio.get_running_loop()
        waiting = _Waiting(acceptance, loop.time(), loop.create_future())
        self._waiting.append(waiting)
        self._bytes += len(acceptance.raw.body_sealed)
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

    def _take(self) -> list[_Waiting]:
        batch = next(batches([waiting.acceptance for waiting in self._waiting]))
        taken, self._waiting = self._waiting[: len(batch)], self._waiting[len(batch) :]
        self._bytes -= sum(len(one.raw.body_sealed) for one in batch)
        self._crowd = len(batch)
        return taken

    async def _commit(self, taken: Sequence[_Waiting]) -> None:
        deadline = asyncio.get_running_loop().call_at(taken[0].since + self._budget, self._give_up, taken)
        problem: Exception | None = None
        unfit: Collection[Acceptance] = ()
        try:
            unfit = await self._store([one.acceptance for one in taken if not one.done.done()])
        except Exception as error:
            problem = error
        finally:
            deadline.cancel()
        refused = {id(one) for one in unfit}
        for one in taken:
            _settle(one.done, Unfit() if id(one.acceptance) in refused else problem)

    def _give_up(self, taken: Sequence[_Waiting]) -> None:
        """The oldest has waited too long: nobody waits on for this database, nor does the next commit for this one."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        for one in (*taken, *waiting):
            _settle(one.done, TimeoutError())
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None


def batches(acceptances: Iterable[Acceptance]) -> Iterator[list[Acceptance]]:
    """Never more in one transaction than a database takes, or than memory should hold."""
    batch: list[Acceptance] = []
    size = 0
    for one in acceptances:
        if batch and (len(batch) == MOST_ROWS or size + len(one.raw.body_sealed) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.raw.body_sealed)
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
