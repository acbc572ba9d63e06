"""Two nodes, one floor: a caller of one talks to an agent of the other, and loses nothing when that one goes."""

from __future__ import annotations

import asyncio
import fcntl
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiortc.mediastreams import AudioStreamTrack

from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents import messages as m
from channels.call_center.agents.caller import Served, Told, Wanted
from channels.call_center.agents.commands import Commands
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.news import Answer
from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tests.phone import Phone, strength, tone
from channels.call_center.ports import Media, Way
from channels.call_center.webrtc.tests.pages import LOOPBACK, Page
from gateway.lines import bound
from gateway.telephony import floor_words as words
from gateway.telephony.floor import Floor
from gateway.telephony.paths import floor_lock, floor_socket
from tests.support.sounding import CALLER_HERTZ, MUSIC_HERTZ, Hum
from tests.support.waiting import PATIENCE, until

REPORTS = Wanted("reports", skills=frozenset())
AGENT_HERTZ = 400
"""Whole turns in a frame of 20 ms, so that one frame follows another without a click."""
LOUD = 2000
LATELY = 8000  # bytes of linear sound: half a second


class Says(AudioStreamTrack):
    """An agent who hums."""

    async def recv(self) -> Any:
        frame: Any = await super().recv()
        samples = frame.samples
        frame.planes[0].update(tone(AGENT_HERTZ, seconds=samples / 8000)[: 2 * samples])
        return frame


@dataclass
class Node:
    """One process's engine and its part in the floor; `news` are what its pages were told."""

    folder: Path
    engine: Engine = field(
        default_factory=lambda: Engine("127.0.0.1", range(0), Hum(), settings=MediaSettings(latest_ms=math.inf))
    )
    news: list[Any] = field(default_factory=list)
    others: list[asyncio.Task[Served]] = field(default_factory=list)
    desk: Desk | None = None

    def __post_init__(self) -> None:
        self.floor = Floor(self.folder, self.engine, self._opening)

    @asynccontextmanager
    async def _opening(self) -> AsyncIterator[Desk]:
        self.desk = Desk(Acd({"reports": Queue("reports")}), tell=self.news.append, now=lambda: datetime.now(UTC))
        self.commands = Commands(self.desk, legs=self.engine, place=LOOPBACK)
        await self.desk.start()
        try:
            yield self.desk
        finally:
            await self.desk.stop()

    async def seat(self, agent: str) -> Page:
        """An agent who hums, and waits for calls."""
        assert self.desk is not None
        page = Page()
        page.peer.getTransceivers()[0].sender.replaceTrack(Says())
        self.commands.heed(m.SignIn(agent=agent, queues=frozenset({"reports"})))
        self.commands.heed(m.Offer(agent=agent, sdp=await page.offer()))
        await until(lambda: any(isinstance(news, Answer) for news in self.news), "an answer")
        await page.take(next(news for news in self.news if isinstance(news, Answer)).sdp)
        await until(lambda: self.desk is not None and self.desk.seats[agent].heard, "sound")
        self.commands.heed(m.Choose(agent=agent, state="available"))
        return page


@dataclass
class Caller:
    """Somebody on the line of a node, with a telephone that keeps what it hears."""

    media: Media
    phone: Phone
    id: str = "c1"
    trunk: str = "carrier"
    remote: str = "0900000001"
    called: str = "1022"
    way: Way = Way.IN
    agents: list[str] = field(default_factory=list)
    hung_up: bool = False

    async def hangup(self) -> None:
        self.hung_up = True

    def hears(self, hertz: float) -> bool:
        return strength(self.phone.linear()[-LATELY:], hertz) > LOUD

    def waits_at(self, node: Node) -> asyncio.Task[Served]:
        return asyncio.ensure_future(
            node.floor.serve(self, REPORTS, about="record", told=Told(self.agents.append))  # type: ignore[arg-type]
        )


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[tuple[Node, Node, AsyncExitStack]]:
    """The first has the floor; its stack ends it."""
    first, second = Node(tmp_path), Node(tmp_path)
    async with AsyncExitStack() as stack:
        for node in (first, second):
            await node.engine.start()
            stack.push_async_callback(node.engine.stop)
        theirs = await stack.enter_async_context(AsyncExitStack())
        await theirs.enter_async_context(first.floor.taking_part())
        await stack.enter_async_context(second.floor.taking_part())
        await until(lambda: second.floor.alive, "the second knows of the first")
        assert (first.floor.here, second.floor.here) == (True, False)
        yield first, second, theirs


@pytest.fixture
async def call() -> AsyncIterator[Callable[[Node], Any]]:
    made: list[Caller] = []

    async def begin(node: Node) -> Caller:
        phone = await Phone.open()
        media = node.engine.open()
        media.talk(phone.plan)
        made.append(Caller(media, phone))
        return made[-1]

    yield begin
    for one in made:
        await one.media.close()
        one.phone.close()


async def busy(node: Node, call: Any) -> Page:
    """The only agent talks to somebody else."""
    page, other = await node.seat("lan"), await call(node)
    other.id = "c0"
    node.others.append(other.waits_at(node))
    assert node.desk is not None
    desk = node.desk
    await until(lambda: other.id in desk.callers, "it rings")
    node.commands.heed(m.Take(agent="lan", call=other.id))
    return page


async def test_a_caller_of_one_node_talks_to_an_agent_of_the_other(nodes: Any, call: Any) -> None:
    """Each other, music while they are held, keys, and the flow goes on when the agent is done."""
    first, second, _ = nodes
    page = await first.seat("lan")
    caller = await call(second)
    waiting = caller.waits_at(second)
    await until(lambda: caller.id in first.desk.callers, "it rings")
    first.commands.heed(m.Take(agent="lan", call=caller.id))
    await until(lambda: caller.agents == ["lan"], "their own node knows who answered")
    await until(lambda: caller.hears(AGENT_HERTZ), "the agent")
    first.commands.heed(m.Hold(agent="lan", on=True))
    await until(lambda: caller.hears(MUSIC_HERTZ) and not caller.hears(AGENT_HERTZ), "music from the other node")
    first.commands.heed(m.Hold(agent="lan", on=False))
    await until(lambda: caller.hears(AGENT_HERTZ) and not caller.hears(MUSIC_HERTZ), "the agent again")
    track = await page.track
    talking = asyncio.ensure_future(caller.phone.talk(caller.media.local, tone(CALLER_HERTZ, seconds=20)))
    while strength(bytes((await track.recv()).planes[0]), CALLER_HERTZ) < LOUD:
        pass
    talking.cancel()
    first.commands.heed(m.Keys(agent="lan", keys="5"))
    await until(lambda: any(packet.payload_type == 101 for packet in caller.phone.heard), "a key of the agent")
    first.commands.heed(m.HangUp(agent="lan"))

    served = await asyncio.wait_for(waiting, PATIENCE)
    assert (served.outcome, served.agent) == ("talked", "lan")
    assert served.began is not None
    assert not first.desk.callers
    await page.peer.close()


async def test_a_key_is_heard_on_the_other_side(nodes: Any, call: Any) -> None:
    first, second, _ = nodes
    page = await busy(first, call)
    caller = await call(second)
    waiting = caller.waits_at(second)
    await until(lambda: caller.hears(MUSIC_HERTZ), "music")
    caller.media.press("9")

    assert (await asyncio.wait_for(waiting, PATIENCE)).outcome == "callback"
    await page.peer.close()


async def test_whoever_hangs_up_leaves_the_floor(nodes: Any, call: Any) -> None:
    first, second, _ = nodes
    page = await first.seat("lan")
    waiting = (await call(second)).waits_at(second)
    await until(lambda: bool(first.desk.callers), "a place on the floor")
    waiting.cancel()
    await until(lambda: not first.desk.callers, "they are gone")
    await page.peer.close()


async def test_nobody_there_is_the_machine_at_once(nodes: Any, call: Any) -> None:
    _, second, _ = nodes
    caller = await call(second)

    assert (await asyncio.wait_for(caller.waits_at(second), PATIENCE)).outcome == "machine"


async def test_who_waits_at_a_node_that_goes_is_told_to_the_machine(nodes: Any, call: Any) -> None:
    """And another node has the floor from then on."""
    first, second, theirs = nodes
    page = await busy(first, call)
    caller = await call(second)
    waiting = caller.waits_at(second)
    await until(lambda: caller.hears(MUSIC_HERTZ), "music")
    await theirs.aclose()

    assert (await asyncio.wait_for(waiting, PATIENCE)).outcome == "machine"
    await until(lambda: second.floor.here, "the second has the floor")
    assert (await asyncio.wait_for(caller.waits_at(second), PATIENCE)).outcome == "machine"
    await page.peer.close()


async def test_a_door_that_closes_serves_whoever_is_inside(nodes: Any, call: Any) -> None:
    first, second, _ = nodes
    page = await first.seat("lan")
    inside, late = await call(second), await call(second)
    waiting = inside.waits_at(second)
    await until(lambda: inside.id in first.desk.callers, "a place on the floor")
    closing = asyncio.ensure_future(first.floor.close_door())
    late.id = "c2"

    assert (await asyncio.wait_for(late.waits_at(second), PATIENCE)).outcome == "machine"
    assert not closing.done()
    first.commands.heed(m.Take(agent="lan", call=inside.id))
    first.commands.heed(m.HangUp(agent="lan"))
    assert (await asyncio.wait_for(waiting, PATIENCE)).outcome == "talked"
    await asyncio.wait_for(closing, PATIENCE)
    await page.peer.close()


async def test_a_floor_that_hangs_is_no_floor(tmp_path: Path, call: Any) -> None:
    """It takes connections, gives a pulse, and then none: after half a second nobody waits for it any more."""
    beating = asyncio.Event()
    beating.set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while beating.is_set() and await reader.readline() in (words.PULSE, b"\n"):
            while beating.is_set():
                writer.write(b".")
                await asyncio.sleep(words.PULSE_S)

    node, held = Node(tmp_path), floor_lock(tmp_path).open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    server = await asyncio.start_unix_server(meet, sock=bound(floor_socket(tmp_path)))
    await node.engine.start()
    async with node.floor.taking_part():
        await until(lambda: node.floor.alive, "a pulse")
        caller = await call(node)
        waiting = caller.waits_at(node)
        beating.clear()
        assert (await asyncio.wait_for(waiting, PATIENCE)).outcome == "machine"
        assert not node.floor.alive
        assert (await asyncio.wait_for(caller.waits_at(node), PATIENCE)).outcome == "machine"
    server.close()
    held.close()
    await node.engine.stop()
