"""Messages that are on their way to a provider: so many side by side, and none waits for the answer to another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable

from core.service.keeping import kept


class Flights:
    """
    What one sender has in the air.

    Args:
        most: how many fly side by side. `renew`: keeps the claims of those that fly, called every few seconds.
        landed: hears that there is room again.
    """

    def __init__(
        self, *, most: int, renew: Callable[[], Awaitable[object]], landed: Callable[[], object] | None = None
    ) -> None:
        self._most = most
        self._renew = renew
        self._landed = landed
        self._flying: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._problem: BaseException | None = None

    @property
    def room(self) -> int:
        """How many more may start."""
        return self._most - len(self._flying)

    def start(self, flights: Iterable[Coroutine[object, object, None]]) -> None:
        """Let them fly."""
        for flight in flights:
            task = asyncio.create_task(flight)
            self._flying.add(task)
            task.add_done_callback(self._end)
        if self._flying and (self._keeper is None or self._keeper.done()):
            self._keeper = asyncio.create_task(self._keep())

    def complain(self) -> None:
        """Raise what went wrong with one that has landed, once."""
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    async def all_landed(self) -> None:
        """Wait until nothing flies. Raises what went wrong with one, once all are done."""
        while self._flying:
            await asyncio.wait(self._flying)
        if self._keeper is not None:
            await self._keeper
        self.complain()

    def _end(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self._problem = self._problem or problem
        if self._landed is not None:
            self._landed()

    async def _keep(self) -> None:
        """As long as anything flies its claim lasts; also what starts while the keeping of the last one ends."""
        while self._flying:
            async with kept(self._renew):
                while self._flying:
                    await asyncio.wait(self._flying)
