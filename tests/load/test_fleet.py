"""
Two web and two worker processes on one PostgreSQL and one Redis: what one does the others know, and nothing is lost,
doubled or taken out of its order, whichever of them ends in whatever way.

`make chaos` does the same with more, and leaves its figures for docs/reliability.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.load.scenes import (
    Scene,
    at_work,
    caught_at_work,
    crossings,
    limits_that_end_together,
    lost_or_doubled,
    more,
    taken_over,
    writing,
)
from tests.load.storming import prove, storm
from tests.support.record import record

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """Four processes at work; each test leaves four at work."""
    async with at_work(tmp_path_factory.mktemp("fleet"), webs=2, workers=2) as scene:
        yield scene


async def test_a_change_is_heard_in_another_process(scene: Scene) -> None:
    """This process looks nowhere by itself: it hears of what a worker stored, or its patience ends."""
    assert len(await crossings(scene, "c", 5)) == 5


@pytest.mark.chaos
async def test_two_hundred_changes_are_heard_in_another_process(scene: Scene) -> None:
    """How many within a second is counted and shown."""
    crossed = await crossings(scene, "d", 200)

    soon = sum(seconds <= 1 for seconds in crossed)
    record("fleet", "An event crosses", {"times": len(crossed), "within a second": soon})


async def test_twenty_thousand_deliveries_give_the_distinct_count(scene: Scene) -> None:
    """14,000 are distinct: each stored and read once, every chat in its order, nobody waiting for each other."""
    end = await storm(scene, "s", deliveries=20_000, chats=60, each=10)
    await scene.settled()

    prove(end, deliveries=20_000, messages=600)
    assert (await scene.disorder(), scene.fleet.complaints()) == ((), [])


@pytest.mark.rule("HUE-2")
async def test_limits_that_end_together_are_told_once(scene: Scene) -> None:
    """Both workers see all of them due at the same moment: one warning each, and one breach."""
    await limits(scene, "t", 50)


@pytest.mark.chaos
@pytest.mark.timeout(1200)
@pytest.mark.rule("HUE-2")
async def test_a_thousand_limits_that_end_together_are_told_once(scene: Scene) -> None:
    """The same with more, and a row for the table."""
    record("fleet", "Legal limits end together", {"times": 1000, "lost or doubled": await limits(scene, "u", 1000)})


async def limits(scene: Scene, prefix: str, count: int) -> int:
    """How many of so many limits were not told exactly once; none, or the test ends."""
    told = await limits_that_end_together(scene, prefix, count)
    wrong = count - told.count(Counter(clock_warned=1, clock_breached=1))
    assert (wrong, await scene.disorder(), scene.fleet.complaints()) == (0, (), [])
    return wrong


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "frozen"])
async def test_what_a_worker_had_in_hand_is_taken_over(scene: Scene, killed: bool) -> None:
    """Once its leases have run out, and nothing is done twice; not by one either that wakes up and goes on."""
    assert await taken_from_a_worker(scene, "k" if killed else "f", killed=killed) == []


@pytest.mark.chaos
@pytest.mark.timeout(1200)
async def test_forty_workers_that_end_at_work_lose_nothing(scene: Scene) -> None:
    """Twenty of them killed, twenty frozen and woken."""
    for killed, how in ((True, "A worker killed at work"), (False, "A worker frozen past its lease")):
        prefixes = [f"{how[9]}{number}x" for number in range(20)]
        wrong = [len(await taken_from_a_worker(scene, prefix, killed=killed)) for prefix in prefixes]
        record("fleet", how, {"times": len(wrong), "lost or doubled": sum(wrong)})
        assert sum(wrong) == 0


async def taken_from_a_worker(scene: Scene, prefix: str, *, killed: bool) -> list[str]:
    """End one at work; whose reports were lost or doubled when another has done them."""
    async with caught_at_work(scene, prefix, 40) as (one, other, tally):
        if killed:
            await scene.fleet.kill(one)
        await taken_over(scene, other)
    await scene.settled()
    await scene.fleet.start()
    assert (await scene.disorder(), scene.fleet.complaints()) == ((), [])
    return await lost_or_doubled(scene, prefix, tally)


async def test_a_rolling_restart_loses_and_doubles_nothing(scene: Scene) -> None:
    """Each process in turn, while citizens write: no answer but 200, one report each, and each told once."""
    await rolling_restart(scene, "r", times=1)


@pytest.mark.chaos
@pytest.mark.timeout(1200)
async def test_ten_rolling_restarts_lose_and_double_nothing(scene: Scene) -> None:
    """The same with more, and a row for the table."""
    figures = await rolling_restart(scene, "q", times=10)
    record("fleet", "Rolling restart of four processes", {"times": 10, **figures})


async def rolling_restart(scene: Scene, prefix: str, *, times: int) -> dict[str, int]:
    """Restart all members in turn so many times; what came of those who wrote meanwhile."""
    async with writing(scene, prefix, connections=2) as provider:
        for member in [*scene.fleet.members.values()] * times:
            await scene.fleet.stop(member)
            await more(provider, 5)
            await scene.fleet.start(member)
    await scene.settled()
    wrong = await lost_or_doubled(scene, prefix, provider.tally)
    assert (wrong, provider.tally.refused) == ([], 0)
    assert (await scene.disorder(), scene.fleet.complaints()) == ((), [])
    return {"acknowledged": len(provider.tally.acknowledged), "lost or doubled": len(wrong)}
