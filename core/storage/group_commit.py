"""
Many who wait share one commit: all that arrives while one is in flight goes into the next.

Where a database commits side by side, two dozen that wait do not wait for the commit before: they go beside it.

Hot path of acceptance: nobody has a task or a timer of their own; each is called back, each commit has a deadline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from core.storage.pace import Pace

T = TypeVar("T")

MOST_ROWS = 500
MOST_BYTES = 16 * 1024 * 1024
MOST_WAITING = 2000
ENOUGH_FOR_ANOTHER = 24
MOST_WAITING_BYTES = 64 * 1024 * 1024

Store = Callable[[Sequence[T]], Awaitable[Mapping[int, Exception]]]
"""Stores a batch durably; returns what is wrong with single ones, by position. Raises when the database is away."""


class Overloaded(Exception):
    """So much waits already that one more would wait in vain."""


Settle = Callable[[Exception | None], None]
"""Told once, never before the call that took it has returned: None when it is committed, or what went wrong."""


@dataclass(eq=False, slots=True)
class _Waiting(Generic[T]):
    one: T
    since: float
    settle: Settle | None


class GroupCommit(Generic[T]):
    """
    Stores one batch after the other, or up to `flights` side by side where enough wait.

    `size`: how many bytes one holds. `keys`: what one has an order with; two with a key in common are never on their
    way at once, so that the earlier is committed first. `budget`: how long anybody waits, in seconds, before the
    database counts as away. `linger`: how long a batch waits at most, in seconds, for its crowd (`core.storage.pace`).
    """

    def __init__(
        self,
        store: Store[T],
        *,
        size: Callable[[T], int],
        keys: Callable[[T], Collection[str]],
        budget: float,
        linger: float = 0.0,
        flights: int = 1,
    ) -> None:
        self._store = store
        self._size = size
        self._keys = keys
        self._budget = budget
        self._pace = Pace(linger, flights=flights)
        self._waiting: list[_Waiting[T]] = []
        self._bytes = 0
        self._most_flights = flights
        self._flights: set[asyncio.Task[None]] = set()
        self._under_way: set[str] = set()
        self._rows_under_way = 0
        self._assembled: asyncio.Future[None] | None = None

    async def put(self, one: T) -> None:
        """
        Returns once it is committed.

        Raises: Overloaded; TimeoutError when the budget is spent; what is wrong with it, or ails the database.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._join(one, partial(_settle, done))
        try:
            await done
        finally:
            waiting.settle = None

    def add(self, one: T, settle: Settle) -> None:
        """The same for who has no task that could wait. Raises: Overloaded."""
        self._join(one, settle)

    def _join(self, one: T, settle: Settle) -> _Waiting[T]:
        if len(self._waiting) >= MOST_WAITING or self._bytes >= MOST_WAITING_BYTES:
            raise Overloaded
        loop = asyncio.get_running_loop()
        waiting = _Waiting(one, loop.time(), settle)
        self._waiting.append(waiting)
        self._bytes += self._size(one)
        if self._assembled is not None:
            if len(self._waiting) >= self._pace.crowd:
                _settle(self._assembled)
        else:
            self._send_another()
        return waiting

    def _send_another(self) -> None:
        if self._is_worth_a_flight(beside=len(self._flights)):
            self._flights.add(asyncio.get_running_loop().create_task(self._fly()))

    def _is_worth_a_flight(self, *, beside: int) -> bool:
        if self._assembled is not None:
            return False  # all who wait belong to the one that waits for its crowd
        if beside == 0:
            return bool(self._waiting)
        return beside < self._pace.flights and len(self._waiting) >= ENOUGH_FOR_ANOTHER

    async def _fly(self) -> None:
        """Batch after batch, as long as there is something to do for one more."""
        me = asyncio.current_task()
        try:
            while self._is_worth_a_flight(beside=sum(flight is not me for flight in self._flights)):
                await self._assemble()
                if not (taken := self._take()):
                    break
                self._send_another()
                await self._commit(taken)
        finally:
            self._flights.discard(me)

    async def _assemble(self) -> None:
        before = len(self._waiting)
        patience = self._pace.patience(before)
        if not patience:
            return
        loop = asyncio.get_running_loop()
        self._assembled = loop.create_future()
        timer = loop.call_later(patience, _settle, self._assembled)
        try:
            await self._assembled
        finally:
            timer.cancel()
            self._assembled = None
            self._pace.note_wait(before, len(self._waiting))

    def _take(self) -> list[_Waiting[T]]:
        """The next batch, in order of arrival: whoever has no order with what is under way, as many as should be."""
        taken: list[_Waiting[T]] = []
        left: list[_Waiting[T]] = []
        held, behind, most = 0, set(self._under_way), min(MOST_ROWS, self._pace.most)
        for position, waiting in enumerate(self._waiting):
            size = self._size(waiting.one)
            if len(taken) == most or (taken and held + size > MOST_BYTES):
                left += self._waiting[position:]
                break
            if behind and not behind.isdisjoint(keys := self._keys(waiting.one)):
                left.append(waiting)
                behind.update(keys)
            else:
                taken.append(waiting)
                held += size
        self._waiting, self._bytes = left, self._bytes - held
        return taken

    async def _commit(self, taken: Sequence[_Waiting[T]]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        deadline = loop.call_at(taken[0].since + self._budget, self._give_up, taken, asyncio.current_task())
        staying = [waiting for waiting in taken if waiting.settle is not None]
        keys = self._keys_of(staying)
        self._under_way |= keys
        self._rows_under_way += len(staying)
        try:
            problems = await self._store([waiting.one for waiting in staying])
        except Exception as error:  # each of those who wait hears it
            problems = dict.fromkeys(range(len(staying)), error)
        finally:
            deadline.cancel()
            self._under_way -= keys
            self._rows_under_way -= len(staying)
        beside = self._rows_under_way
        self._pace.note(loop.time() - began, rows=len(staying), waiting=len(self._waiting), beside=beside)
        for position, waiting in enumerate(staying):
            _tell(waiting, problems.get(position))

    def _keys_of(self, staying: Iterable[_Waiting[T]]) -> set[str]:
        """Asked only where another commit may go beside."""
        if self._most_flights == 1:
            return set()
        return {key for waiting in staying for key in self._keys(waiting.one)}

    def _give_up(self, taken: Sequence[_Waiting[T]], flight: asyncio.Task[None] | None) -> None:
        """The oldest has waited too long: nobody waits on for this database, nor does the next commit for this one."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        for one in (*taken, *waiting):
            _tell(one, TimeoutError())
        if flight is not None:
            self._flights.discard(flight)
            flight.cancel()


def _tell(waiting: _Waiting[Any], problem: Exception | None) -> None:
    """Once, and what one of them makes of it is no concern of the others."""
    settle, waiting.settle = waiting.settle, None
    if settle is None:
        return
    try:
        settle(problem)
    except Exception as error:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": "who waited for a commit failed on hearing of it", "exception": error})


def _settle(done: asyncio.Future[None], problem: Exception | None = None) -> None:
    """Unless its owner has gone."""
    if done.done():
        return
    if problem is None:
        done.set_result(None)
    else:
        done.set_exception(problem)
