"""What a day's quota has left, counted once for all processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.util import await_only

from core.contract.schema import new_id
from core.storage import counts
from core.storage.database import Database
from core.storage.tables import inbox_item
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


@on_both_engines
async def test_what_comes_is_counted_by_channel_and_hour(database: Database) -> None:
    """Once, however often it is looked; what lay there before the first look is not."""
    await come("email", NOON)(database)
    before = await counted(database)
    for channel, at in (("email", NOON), ("email", NOON + timedelta(minutes=29)), ("email", LATER), ("sms", LATER)):
        await come(channel, at)(database)
    first = await counted(database)
    again = await counted(database)

    hour, next_hour = NOON.replace(minute=0), LATER.replace(minute=0)
    assert (before, first) == ({}, {"email": {hour: 2, next_hour: 1}, "sms": {next_hour: 1}})
    assert again == first


@on_both_engines
async def test_a_storm_is_counted_in_steps(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left says so; all of it is counted in the end."""
    monkeypatch.setattr(counts, "STEP", 2)
    await database.write(counts.count_arrivals)
    for _ in range(5):
        await come("zalo", NOON)(database)

    left = [await database.write(counts.count_arrivals) for _ in range(3)]

    assert left == [True, True, False]
    assert await database.read(counts.arrivals) == {"zalo": {NOON.replace(minute=0): 5}}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_finds_another_counting_leaves_it_to_that_one(database: Database) -> None:
    """Neither waits for the other, and nothing is counted twice."""
    await database.write(counts.count_arrivals)
    for _ in range(2):
        await come("zalo", NOON)(database)
    at_work, done = asyncio.Event(), asyncio.Event()

    def linger(connection: Connection) -> None:
        counts.count_arrivals(connection)
        at_work.set()
        await_only(done.wait())

    first = asyncio.create_task(database.write(linger))
    await at_work.wait()
    left = await asyncio.wait_for(database.write(counts.count_arrivals), 5)
    done.set()
    await first

    assert left is False
    assert await database.read(counts.arrivals) == {"zalo": {NOON.replace(minute=0): 2}}


NOON = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
LATER = NOON + timedelta(minutes=30)


async def counted(database: Database) -> dict[str, dict[datetime, int]]:
    """As the daily work does it."""
    more = await database.read(counts.uncounted)
    while more:
        more = await database.write(counts.count_arrivals)
    assert not await database.read(counts.uncounted)
    return await database.read(counts.arrivals)


def come(channel: str, at: datetime) -> Callable[[Database], Awaitable[object]]:
    """One item."""
    name = new_id()
    row = {
        "raw_id": name,
        "channel": channel,
        "account": "a",
        "dedupe_key": name,
        "conversation_key": name,
        "provider_time": at,
        "received_at": at,
    }
    return lambda database: database.write(lambda connection: connection.execute(insert(inbox_item).values(row)))
