"""Both ways of telling events keep one contract; the one by Redis also outlives its server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from structlog.testing import capture_logs

from channels.tasks import ended
from core.contract.schema import new_id
from core.service.changes import Changes
from gateway.events import Events, open_events
from gateway.events.bells import DUE, OUTBOX, bell, pass_on, pass_on_changes
from gateway.events.redis import RedisEvents
from tests.support.servers import RedisServer
from tests.support.waiting import until


@dataclass
class Ends:
    """Two processes' ends of one deployment's events; in memory both are one."""

    here: Events
    there: Events


@dataclass
class Notebook:
    """Writes down what it hears."""

    heard: list[str] = field(default_factory=list)

    @property
    def bodies(self) -> list[str]:
        """All but the calls to look oneself."""
        return [body for body in self.heard if body]


@pytest_asyncio.fixture(params=["memory", "redis"])
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[Ends]:
    """Connected, with each implementation."""
    namespace = new_id()
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            alone = await stack.enter_async_context(open_events("", namespace=namespace))
            yield Ends(alone, alone)
            return
        url = request.getfixturevalue("redis_server").url()
        here, there = [await stack.enter_async_context(open_events(url, namespace=namespace)) for _ in range(2)]
        await until(lambda: here.connected and there.connected, "connecting")
        yield Ends(here, there)


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """The server, running again for whoever comes after."""
    yield redis_server
    if not redis_server.running:
        redis_server.restart()


async def settled(ends: Ends) -> None:
    """Everything told before has been heard by both."""
    for one, other in ((ends.here, ends.there), (ends.there, ends.here)):
        with bell(other, "settled") as rung:
            one.publish("settled")
            await asyncio.wait_for(rung.wait(), 60)


async def test_everybody_hears_once_and_in_order(ends: Ends) -> None:
    """Whoever tells hears it, too; bodies arrive as they were told."""
    mine, theirs = Notebook(), Notebook()
    ends.here.subscribe("calls", mine.heard.append)
    ends.there.subscribe("calls", theirs.heard.append)
    told = [f"cuộc gọi {number}: a b\n“c”" for number in range(50)]

    for body in told:
        ends.here.publish("calls", body)
    await settled(ends)

    assert (mine.bodies, theirs.bodies) == (told, told)


async def test_topics_are_apart(ends: Ends) -> None:
    """One is not heard on another, also where its name begins alike."""
    notebook = Notebook()
    ends.there.subscribe("call", notebook.heard.append)

    ends.here.publish("calls", "x")
    ends.here.publish("call", "y")
    await settled(ends)

    assert notebook.bodies == ["y"]


async def test_who_has_left_hears_nothing(ends: Ends) -> None:
    """Leaving twice is no mistake, and another's ear stays."""
    gone, kept = Notebook(), Notebook()
    leave = ends.there.subscribe("calls", gone.heard.append)
    ends.there.subscribe("calls", kept.heard.append)
    leave()
    leave()

    ends.here.publish("calls", "x")
    await settled(ends)

    assert (gone.heard, kept.bodies) == ([], ["x"])


async def test_a_listener_that_fails_spoils_it_for_nobody(ends: Ends) -> None:
    """Neither for whoever tells nor for the next in line."""
    notebook = Notebook()

    def fail(_body: str) -> None:
        raise ValueError("mine alone")

    for end in (ends.here, ends.there):
        end.subscribe("calls", fail)
    ends.there.subscribe("calls", notebook.heard.append)

    with capture_logs() as lines:
        ends.here.publish("calls", "x")
        await settled(ends)

    assert notebook.bodies == ["x"]
    assert {line["event"] for line in lines} == {"listener_failed"}


async def test_a_bell_rings_wherever_it_hangs(ends: Ends) -> None:
    """What is set in one process wakes the loops of the other, once it hangs and no longer than it does."""
    happened = asyncio.Event()
    passing = asyncio.create_task(pass_on(happened, ends.here, "inbox", "due"))
    with bell(ends.there, "inbox") as inbox, bell(ends.there, "due") as due, bell(ends.there, "outbox") as other:
        await settled(ends)
        happened.set()
        await asyncio.wait_for(asyncio.gather(inbox.wait(), due.wait()), 60)
        await settled(ends)
        assert not other.is_set()
    inbox.clear()
    ends.here.publish("inbox")
    await settled(ends)
    passing.cancel()

    assert not inbox.is_set()
    assert not happened.is_set()


async def test_only_those_wake_who_have_something_to_send(ends: Ends) -> None:
    """A report that is answered on one channel wakes neither the others' senders nor, unanswered, any."""
    changes = Changes()
    passing = asyncio.create_task(pass_on_changes(changes, ends.here))
    sms_bell, zalo_bell = (bell(ends.there, OUTBOX, about=name) for name in ("sms", "zalo"))
    with sms_bell as sms, zalo_bell as zalo, bell(ends.there, DUE) as due:
        await settled(ends)
        for each in (sms, zalo, due):
            each.clear()
        changes.note(())
        await asyncio.wait_for(due.wait(), 60)
        assert not any(each.is_set() for each in (sms, zalo))
        changes.note(["sms"])
        await asyncio.wait_for(sms.wait(), 60)
        await settled(ends)
        assert not zalo.is_set()
        changes.set()
        await asyncio.wait_for(zalo.wait(), 60)
    passing.cancel()


# --- By Redis only ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def pair(redis: RedisServer) -> AsyncIterator[tuple[RedisEvents, RedisEvents]]:
    """Two connected ends, quick to notice."""
    namespace = new_id()
    opened = [RedisEvents(redis.url(), namespace=namespace, quiet=0.1, patience=1) for _ in range(2)]
    for one in opened:
        one.start()
    await until(lambda: all(one.connected for one in opened), "connecting")
    yield opened[0], opened[1]
    for one in opened:
        await one.close()


async def test_other_deployments_on_the_server_hear_nothing(
    pair: tuple[RedisEvents, RedisEvents], redis: RedisServer
) -> None:
    """Publish/subscribe knows no databases: the namespace keeps them apart."""
    notebook = Notebook()
    async with open_events(redis.url(1), namespace=new_id()) as stranger:
        await until(lambda: stranger.connected, "connecting")
        stranger.subscribe("calls", notebook.heard.append)
        pair[0].publish("calls", "x")
        await settled(Ends(*pair))
        await settled(Ends(stranger, stranger))

    assert notebook.heard == []


async def test_a_server_that_dies_is_missed_once_and_found_again(
    pair: tuple[RedisEvents, RedisEvents], redis: RedisServer
) -> None:
    """One warning when it goes, one when it is back; in between nothing fails, afterwards everybody looks."""
    here, there = pair
    notebook = Notebook()
    there.subscribe("calls", notebook.heard.append)

    with capture_logs() as lines:
        await asyncio.to_thread(redis.kill)
        await until(lambda: not (here.connected or there.connected), "noticing")
        for number in range(5000):
            here.publish("calls", str(number))
        assert notebook.heard == []
        assert len(here._missed) == 1
        await asyncio.to_thread(redis.restart)
        await until(lambda: here.connected and there.connected, "coming back")
        await until(lambda: notebook.heard, "being told to look")
        here.publish("calls", "x")
        await until(lambda: notebook.bodies, "hearing again")

    assert notebook.bodies == ["x"]
    told = sorted((line["event"], line["log_level"]) for line in lines)
    assert told == [("events_away", "warning")] * 2 + [("events_back", "warning")] * 2


async def test_a_process_starts_and_works_without_the_server(redis: RedisServer) -> None:
    """It tells itself at once; whoever connects later is told to look."""
    await asyncio.to_thread(redis.kill)
    notebook = Notebook()
    with capture_logs() as lines:
        async with open_events(redis.url(), namespace=new_id()) as events:
            events.subscribe("calls", notebook.heard.append)
            events.publish("calls", "x")
            assert notebook.heard == ["x"]
            await until(lambda: lines, "a warning")
            assert events.connected is False
            await asyncio.to_thread(redis.restart)
            await until(lambda: events.connected, "connecting")

    assert notebook.heard == ["x", ""]
    assert [line["event"] for line in lines] == ["events_away", "events_back"]


async def test_what_one_end_could_not_tell_the_other_is_told_to_look_at(redis: RedisServer) -> None:
    """Only the teller was cut off: the others, who noticed nothing, must look all the same."""
    namespace = new_id()
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(open_events(redis.url(), namespace=namespace))
        await until(lambda: there.connected, "connecting")
        notebook = Notebook()
        there.subscribe("calls", notebook.heard.append)
        here = RedisEvents(redis.url(), namespace=namespace)
        here.publish("calls", "before it was connected")
        here.start()
        stack.push_async_callback(here.close)
        await until(lambda: notebook.heard, "being told")

    assert notebook.heard == [""]


async def test_a_silent_server_is_noticed(pair: tuple[RedisEvents, RedisEvents], redis: RedisServer) -> None:
    """A connection that stands and says nothing is no connection."""
    here, there = pair
    async with Redis.from_url(redis.url()) as client:
        with capture_logs() as lines:
            await client.execute_command("CLIENT", "PAUSE", 2500, "ALL")
            await until(lambda: not (here.connected or there.connected), "noticing")
            await until(lambda: here.connected and there.connected, "coming back")

    assert {line["error"] for line in lines if line["event"] == "events_away"} == {"TimeoutError"}


async def test_a_flood_is_bounded(pair: tuple[RedisEvents, RedisEvents]) -> None:
    """More than can be sent becomes a call to look; bells are one however often they are rung."""
    here, there = pair
    notebook, bells = Notebook(), Notebook()
    there.subscribe("calls", notebook.heard.append)
    there.subscribe("bells", bells.heard.append)

    for _ in range(5000):
        here.publish("bells")
    for number in range(5000):
        here.publish("calls", str(number))
    assert len(here._waiting) <= 1000
    await until(partial(notebook.heard.__contains__, ""), "being told to look")

    assert notebook.bodies == [str(number) for number in range(len(notebook.bodies))]
    assert notebook.heard[-1] == ""
    assert bells.heard == [""]


async def test_what_swallows_a_cancellation_is_asked_again() -> None:
    """Libraries do; a process that is told to stop must not wait for them for ever."""
    heard = 0

    async def hard_of_hearing() -> None:
        nonlocal heard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1
                if heard == 3:
                    raise

    task = asyncio.create_task(hard_of_hearing())
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await ended(task)

    assert (heard, task.cancelled()) == (3, True)
