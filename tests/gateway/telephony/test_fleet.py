"""Two telephony processes behind a real kamailio: one is killed, one is drained, and who hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bench.calls.sipp import counted
from channels.call_center.ports import Call
from gateway.telephony.draining import NotRunning, drain
from tests.support.caller import Telephone, telephone
from tests.support.fleet import Fleet, fleet
from tests.support.sipp import sipp
from tests.support.waiting import until

CALLS = 40
NEW_WITHIN_S = 20
LEARNT_WITHIN_S = 30
SOME = 12


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with fleet(tmp_path_factory.mktemp("fleet")) as running:
        yield running


@pytest.fixture
def two(nodes: Fleet) -> Fleet:
    """Both take calls, whatever the test before did to them."""
    nodes.start(*(node for node in (1, 2) if not nodes.up(node)))
    return nodes


async def call_at(fleet: Fleet, mine: Telephone, node: int) -> tuple[Call, list[Call]]:
    """A call that came to this node, and some of those before it; the edge may learn only now that the node is up."""
    others: list[Call] = []
    async with asyncio.timeout(LEARNT_WITHIN_S):
        for number in range(1000):
            caller = f"0900001{number:03d}"
            call = await mine.call(caller=caller)
            if fleet.node_of(caller) == node:
                return call, others
            others.append(call)
            if len(others) > SOME:
                await others.pop(0).hangup()
                await asyncio.sleep(0.1)
    raise AssertionError(f"no call came to node {node}")


async def heard(call: Call) -> None:
    """Sound goes on arriving."""
    before = call.media.stats().received
    await until(lambda: call.media.stats().received > before + 20, "sound of the greeting")


async def test_the_death_of_one_is_not_heard_at_the_other(two: Fleet) -> None:
    """Forty calls of sipp and two of ours are up; a node is killed; the other's go on, and new ones are taken."""
    lasting = ["-r", "20", "-d", "30000", "-trace_stat", "-stf", "stat.csv", "-fd", "1"]
    callers = await sipp("caller", two.edge.port, *lasting, calls=CALLS)
    try:
        await until(lambda: two.calls().total() == CALLS, "forty calls")
        async with telephone(two.target) as mine:
            survivor, doomed = await call_at(two, mine, 2)
            before = two.calls()
            assert min(before.values()) > 0
            two.kill(1)
            await heard(survivor)
            async with asyncio.timeout(NEW_WITHIN_S):
                fresh = [await mine.call(caller=f"09000002{number:02d}") for number in range(4)]
            await heard(fresh[-1])
            assert two.calls()[2] == before[2] + len(fresh)
            for call in (survivor, *doomed, *fresh):
                await call.hangup()
        await asyncio.wait_for(callers.process.communicate(), 90)
        told = counted(callers.folder)
        assert (told.calls, told.failed) == (CALLS, before[1] - len(doomed))
    finally:
        await callers.close()


async def test_a_drained_node_ends_with_its_last_call_and_comes_back(two: Fleet) -> None:
    """No new call comes to it, the one that is up goes on for as long as it likes, and its record is kept."""
    async with telephone(two.target) as mine:
        lasting, others = await call_at(two, mine, 1)
        draining = asyncio.create_task(asyncio.to_thread(drain, two.data, 1, seconds=60, tell=lambda _: None))
        await until(lambda: b"telephony_draining" in two.log(1).read_bytes(), "it drains")
        for number in range(6):
            others.append(await mine.call(caller=f"09000003{number:02d}"))
            assert two.node_of(f"09000003{number:02d}") == 2
        await heard(lasting)
        assert not draining.done()
        await lasting.hangup()
        assert await asyncio.wait_for(draining, 60)
        assert two.processes[1].wait() == 0
        assert len(list((two.data / "calls").glob("*/record.json"))) >= 1
        with pytest.raises(NotRunning):
            await asyncio.to_thread(drain, two.data, 1, seconds=1, tell=lambda _: None)
        await asyncio.to_thread(two.start, 1)
        back, more = await call_at(two, mine, 1)
        for call in (*others, back, *more):
            await call.hangup()


async def test_a_drain_has_an_end(two: Fleet) -> None:
    """Whoever still talks then is given `drain_seconds` more, or is cut by a second signal."""
    said: list[str] = []
    async with telephone(two.target) as mine:
        lasting, others = await call_at(two, mine, 2)
        draining = asyncio.create_task(asyncio.to_thread(drain, two.data, 2, seconds=0.1, tell=said.append))
        await until(lambda: len(said) == 2, "its patience ends")
        await heard(lasting)
        await lasting.hangup()
        assert not await asyncio.wait_for(draining, 60)
        for call in others:
            await call.hangup()
    assert two.processes[2].wait() == 0
