"""Small questions of many requests, asked together: the way to a reading thread and back costs more than the answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from core.storage.database import Connection, Database

T = TypeVar("T")

MOST = 64
"""Questions asked together at most, so that nobody waits long for the others."""

_Answer = tuple[Any, Exception | None]


@dataclass(eq=False, slots=True)
class _Asked:
    question: Callable[[Connection], Any]
    answer: asyncio.Future[Any]


class SmallReads:
    """
    One batch after the other: whoever asks while one is under way goes into the next, with a snapshot taken afterwards.

    Only for what an index finds at once, since everybody waits for those before them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: deque[_Asked] = deque()
        self._asking: asyncio.Task[None] | None = None

    async def read(self, question: Callable[[Connection], T]) -> T:
        """As `Database.read`; what goes wrong with one question is nobody else's trouble."""
        asked = _Asked(question, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all(), name="small-reads")
        answer: T = await asked.answer
        return answer

    async def _ask_all(self) -> None:
        try:
            while self._asked:
                await self._ask([self._asked.popleft() for _ in range(min(MOST, len(self._asked)))])
        finally:
            self._asking = None

    async def _ask(self, batch: list[_Asked]) -> None:
        try:
            answers = await self._database.read(partial(_answers, batch=batch))
        except Exception as failure:  # each of those who asked hears it
            answers = [(None, failure)] * len(batch)
        self._asked.extendleft(reversed(batch[len(answers) :]))
        for asked, (answer, error) in zip(batch, answers, strict=False):
            if asked.answer.done():  # nobody waits any more
                continue
            if error is None:
                asked.answer.set_result(answer)
            else:
                asked.answer.set_exception(error)


def _answers(connection: Connection, batch: Sequence[_Asked]) -> list[_Answer]:
    """As far as the first that fails: on PostgreSQL the transaction is worth nothing after that."""
    answers: list[_Answer] = []
    for asked in batch:
        try:
            answers.append((asked.question(connection), None))
        except Exception as error:  # raised where it was asked
            return [*answers, (None, error)]
    return answers
