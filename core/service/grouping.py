"""
Asking for many at once: whatever is asked while an answer is under way shares the next.

A lone question goes at once and waits for nobody. Under load the questions of all who work side by side become one
statement and one commit, which is what makes the difference between hundreds and thousands of reports a minute. Whoever
sets many to work says how many questions will come (`expect`), so that the first of them do not go by themselves.
Answers are handed out one at a time: what each of those who asked goes on with takes a millisecond or two, and all of
them together would keep a hook waiting that only wants to say 200.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

_MOST = 64
_ENOUGH = 16
_PATIENCE = 0.01


class Group(Generic[Q, A]):
    """
    `answer` takes up to `most` questions and gives as many answers in their order; an exception among them is raised
    to the one who asked, and one that `answer` raises to all.
    """

    def __init__(
        self, answer: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]], *, most: int = _MOST
    ) -> None:
        self._answer = answer
        self._most = most
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._expected = 0
        self._late: asyncio.TimerHandle | None = None
        self._working: asyncio.Task[None] | None = None
        self._handing: set[asyncio.Task[None]] = set()

    def expect(self, count: int) -> None:
        """So many will ask before long: whoever asks waits for them, until they are enough or one of them is late."""
        self._expected += count

    async def ask(self, question: Q) -> A:
        """One question; somebody who gives up waiting changes nothing for the others."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        self._expected = max(self._expected - 1, 0)
        self._arrange()
        return await future

    def _arrange(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if self._working is not None or not self._waiting:
            return
        if self._expected and len(self._waiting) < min(_ENOUGH, self._most):
            self._late = asyncio.get_running_loop().call_later(_PATIENCE, self._wait_no_more)
        else:
            self._working = asyncio.create_task(self._work())

    def _wait_no_more(self) -> None:
        self._expected = 0
        self._arrange()

    async def _work(self) -> None:
        taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            await self._settle(taken)
        finally:
            self._working = None
            self._arrange()

    async def _settle(self, taken: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        answers: Sequence[A | Exception]
        try:
            answers = await self._answer([question for question, _ in taken])
        except Exception as error:  # each of those who asked hears it
            answers = [error] * len(taken)
        futures = [future for _, future in taken]
        handing = asyncio.create_task(_hand_out(futures, answers))
        self._handing.add(handing)
        handing.add_done_callback(self._handing.discard)


async def _hand_out(futures: Sequence[asyncio.Future[A]], answers: Sequence[A | Exception]) -> None:
    for future, answer in zip(futures, answers, strict=True):
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        await asyncio.sleep(0)
