"""
What a running fleet stands on goes away: database stopped, killed, failed over; Redis killed; a backlog of messages.

Citizens write all the time. Every one of them is answered 200 (by the journal where it must be), and at the end each
report is there once and was answered once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from tests.load import books
from tests.load.fleet import observing, open_fleet
from tests.load.provider import Tally
from tests.load.scenes import A_WHILE, Scene, lost_or_doubled, more, writing
from tests.load.script import chat, receipts
from tests.load.standby import StandbyServer, wait_for_each_other
from tests.support.record import record
from tests.support.servers import PostgresServer, RedisServer, free_port
from tests.support.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Four processes that know two places for their database; at the second there is nobody yet."""
    standby_port = free_port()
    with PostgresServer.start() as postgres, RedisServer.start() as redis:
        url = f"postgresql://langnghe@127.0.0.1:{postgres.port},127.0.0.1:{standby_port}/fleet"
        postgres.create_database("fleet")
        async with open_fleet(tmp_path_factory.mktemp("fleet"), database_url=url, redis_url=redis.url()) as fleet:
            await fleet.start()
            async with observing(fleet) as seen:
                here = Scene(fleet, postgres, redis, seen, standby_port)
                yield here
                await fleet.stop()
        if here.postgres is not postgres:
            here.postgres.stop()


async def through(scene: Scene, prefix: str, tally: Tally) -> dict[str, int]:
    """What came of everybody who wrote meanwhile; a row for the table."""
    await until(lambda: scene.seen.journal.empty, "shipping")
    await scene.settled()
    wrong = await lost_or_doubled(scene, prefix, tally)
    assert wrong == []
    assert await scene.disorder() == ()
    assert (tally.refused, tally.cut) == (0, 0)
    return {
        "acknowledged": len(tally.acknowledged),
        "other than 200": tally.refused,
        "later than 2 s": tally.late,
        "lost or doubled": len(wrong),
    }


async def outage(scene: Scene, prefix: str, *, killed: bool, accepted: int) -> dict[str, int]:
    """The database goes, in good order or not; so many are accepted without it; it comes back."""
    async with writing(scene, prefix) as provider:
        if killed:
            scene.postgres.kill()
        else:
            scene.postgres.halt()
        await more(provider, accepted)
        journaled = not scene.seen.journal.empty
        scene.postgres.restart()
        await more(provider, 20)
    assert journaled
    return await through(scene, prefix, provider.tally)


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_a_database_that_goes_and_comes_back_costs_nothing(scene: Scene, killed: bool) -> None:
    """What is written meanwhile waits in the journal."""
    await outage(scene, "k" if killed else "s", killed=killed, accepted=40)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
async def test_a_database_that_goes_twenty_times_costs_nothing(scene: Scene) -> None:
    """Ten times in good order, ten times killed."""
    for killed in (False, True):
        rows = [await outage(scene, f"{'k' if killed else 's'}{n}x", killed=killed, accepted=100) for n in range(10)]
        figures = {"times": len(rows), **_sum(rows)}
        record("surroundings", f"PostgreSQL {'killed' if killed else 'stopped'} and started again", figures)


async def test_redis_that_is_killed_costs_nothing(scene: Scene) -> None:
    """Without it the workers look for themselves; back again, they are told."""
    await without_redis(scene, "r", times=1)


@pytest.mark.chaos
@pytest.mark.timeout(900)
async def test_redis_that_is_killed_ten_times_costs_nothing(scene: Scene) -> None:
    """The same, with a row for the table."""
    record("surroundings", "Redis killed and started again", {"times": 10, **await without_redis(scene, "q", times=10)})


async def without_redis(scene: Scene, prefix: str, *, times: int) -> dict[str, int]:
    """Kill Redis, let citizens be answered without it, and bring it back."""
    events = scene.seen.events
    async with writing(scene, prefix) as provider:
        for _ in range(times):
            scene.redis.kill()
            await until(lambda: not events.connected, "noticing")
            told = scene.fleet.sink.taken.total()
            scene.fleet.advance(seconds=10)  # bursts are over: somebody is to be answered
            await until(lambda: scene.fleet.sink.taken.total() > told, "answering without it")  # noqa: B023
            scene.redis.restart()
            await until(lambda: events.connected, "coming back")
            await more(provider, 5)
    return await through(scene, prefix, provider.tally)


async def test_a_failover_costs_nothing(scene: Scene) -> None:
    """The machine of the database is gone, its standby takes over, and nobody sets anything anew."""
    await failover(scene, "f", accepted=40)


@pytest.mark.chaos
async def test_a_failover_with_many_waiting_costs_nothing(scene: Scene) -> None:
    """The same with more, and a row for the table."""
    figures = {"times": 1, **await failover(scene, "g", accepted=500)}
    record("surroundings", "PostgreSQL killed, its standby promoted", figures)


async def failover(scene: Scene, prefix: str, *, accepted: int) -> dict[str, int]:
    """A synchronous standby follows; the primary is killed and stays away; the standby is promoted."""
    standby = StandbyServer.follow(scene.postgres, port=scene.second_port)
    await wait_for_each_other(scene.postgres)
    async with writing(scene, prefix) as provider:
        scene.postgres.kill()
        await more(provider, accepted)
        standby.promote()
        scene.postgres, scene.second_port = standby, scene.postgres.port
        await more(provider, 20)
    return await through(scene, prefix, provider.tally)


async def test_two_thousand_waiting_hold_up_nobody_new(scene: Scene) -> None:
    """Shuffled altogether; taken up in the order in which each chat was written."""
    await backlog(scene, "w", chats=30, each=10, silent=1700)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_a_hundred_thousand_waiting_hold_up_nobody_new(scene: Scene) -> None:
    """Ten thousand of them words of citizens, the others receipts."""
    figures = await backlog(scene, "h", chats=1000, each=10, silent=90_000)
    record("backlog", "100,000 waiting", figures)


async def backlog(scene: Scene, prefix: str, *, chats: int, each: int, silent: int) -> dict[str, int]:
    """Let messages wait while no worker runs; then let two catch up while citizens go on writing."""
    await scene.fleet.stop(*scene.fleet.workers)
    talks = [chat(f"{prefix}{number}", each, at=scene.now) for number in range(chats)]
    script = [one for talk in talks for one in talk] + receipts(prefix, silent, users=chats * 4, at=scene.now)
    random.Random(1).shuffle(script)
    waiting = scene.provider
    await waiting.hand_in(script)
    await until(lambda: scene.seen.journal.empty, "shipping")
    assert (await books.items(scene.seen))["new"] == len(script)
    last = await books.newest_item(scene.seen)

    async with writing(scene, f"{prefix}new", pause=0.2) as provider:
        await more(provider, 50)
        await scene.fleet.start()
        await until(partial(books.read_up_to, scene.seen, last), "catching up", within=A_WHILE)
    await scene.settled()
    said = await books.said(scene.seen, [one.id for talk in talks for one in talk])
    wanted = Counter(tuple(one.id for one in talk) for talk in talks)
    disordered = (wanted - Counter(map(tuple, said.values()))).total()
    assert (waiting.tally.refused, provider.tally.refused, disordered) == (0, 0, 0)
    assert await lost_or_doubled(scene, f"{prefix}new", provider.tally) == []
    assert await scene.disorder() == ()
    return {
        "waiting": len(script),
        "accepted meanwhile": len(provider.tally.acknowledged),
        "other than 200": provider.tally.refused,
        "later than 2 s": provider.tally.late,
        "out of order": disordered,
    }


def _sum(rows: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in rows[0]}
