"""Small questions are asked together, each gets its own answer, and one that fails harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.storage import small_reads
from core.storage.database import Connection, Database
from core.storage.small_reads import SmallReads
from tests.support.databases import on_both_engines


class Counting:
    """A database that counts how often it is asked."""

    def __init__(self, database: Database) -> None:
        self.database, self.reads = database, 0

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        self.reads += 1
        return await self.database.read(work)


def number(one: int) -> Callable[[Connection], int]:
    def ask(connection: Connection) -> int:
        return int(connection.scalar(text(f"SELECT {one}")) or 0)

    return ask


def nonsense(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT of_nothing")) or 0)


@on_both_engines
async def test_questions_that_come_together_are_asked_together(database: Database) -> None:
    counting: Any = Counting(database)
    together = SmallReads(counting)

    assert await asyncio.gather(*(together.read(number(one)) for one in range(1, 51))) == list(range(1, 51))
    assert counting.reads == 1
    assert await together.read(number(7)) == 7
    assert counting.reads == 2


@on_both_engines
async def test_a_question_that_fails_fails_alone(database: Database) -> None:
    """Also for those behind it, whose transaction PostgreSQL has given up."""
    together = SmallReads(database)
    asked = [together.read(one) for one in (number(1), nonsense, number(2), nonsense, number(3))]

    found = await asyncio.gather(*asked, return_exceptions=True)

    assert [one for one in found if isinstance(one, int)] == [1, 2, 3]
    assert [type(one) for one in (found[1], found[3]) if isinstance(one, DBAPIError)] == [type(found[1])] * 2


async def test_many_wait_for_a_few_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_reads, "MOST", 4)
    counting: Any = Counting(database)
    together = SmallReads(counting)

    assert await asyncio.gather(*(together.read(number(one)) for one in range(10))) == list(range(10))
    assert counting.reads == 3


async def test_who_stops_waiting_holds_up_nobody(database: Database) -> None:
    together = SmallReads(database)
    impatient = asyncio.create_task(together.read(number(1)))
    patient = asyncio.create_task(together.read(number(2)))
    await asyncio.sleep(0)
    impatient.cancel()

    assert await patient == 2
    assert impatient.cancelled()


async def test_a_database_that_is_away_is_told_to_all_who_asked(database: Database) -> None:
    class Away:
        async def read(self, _work: Callable[[Connection], Any]) -> Any:
            raise ConnectionError("away")

    away: Any = Away()
    together = SmallReads(away)

    found = await asyncio.gather(*(together.read(number(one)) for one in range(3)), return_exceptions=True)
    assert [type(one) for one in found] == [ConnectionError] * 3
