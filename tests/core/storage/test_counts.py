"""What a day's quota has left, counted once for all processes."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from functools import partial

from core.storage import counts
from core.storage.database import Database
from tests.support.databases import on_both_engines

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


@on_both_engines
async def test_a_quota_is_never_exceeded(database: Database) -> None:
    """Eight take at once; each day and each channel has its own."""
    spend = partial(counts.spend, channel="sms", day=TODAY, wanted=20, limit=100)
    taken = await asyncio.gather(*(database.write(spend) for _ in range(8)))

    assert (sum(taken), max(taken)) == (100, 20)
    assert await database.write(partial(counts.spend, channel="sms", day=TOMORROW, wanted=3, limit=100)) == 3
    assert await database.read(partial(counts.spent_on, day=TODAY)) == {"sms": 100}


@on_both_engines
async def test_what_never_left_is_given_back(database: Database) -> None:
    await database.write(partial(counts.spend, channel="sms", day=TODAY, wanted=2, limit=2))
    await database.write(partial(counts.give_back, channel="sms", day=TODAY))
    assert await database.write(partial(counts.spend, channel="sms", day=TODAY, wanted=2, limit=2)) == 1


async def test_old_days_are_forgotten(database: Database) -> None:
    for day in (TODAY, TOMORROW):
        await database.write(partial(counts.spend, channel="sms", day=day, wanted=1, limit=9))
    later = datetime(2026, 11, 24, 2, tzinfo=UTC) + counts.KEPT
    await database.write(partial(counts.forget, now=later))
    assert await database.read(partial(counts.spent_on, day=TODAY)) == {}
    assert await database.read(partial(counts.spent_on, day=TOMORROW)) == {"sms": 1}
