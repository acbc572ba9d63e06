"""How long a voice is under way: from a caller's mouth to an agent's browser, and back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.calls.browsers import FRAME_S, SILENCE, FastPage, keep_talking
from bench.calls.stage import hotline, port_of
from bench.measurement import Goal, Measurement, Result, Table, Terms
from channels.call_center.media.g711 import FRAME
from channels.call_center.media.tests.phone import Phone
from channels.call_center.sip.tests.raw import LOOPBACK, a_phone, sdp
from tests.support.serving import Served
from tests.support.waiting import until
from tests.surge.agents import sitting

LOUD = b"\x2a" * FRAME
FRAME_MS = 1000 * FRAME_S


class Caller(Phone):
    """A telephone that says `says` each tick; its times are those of `FastPage`."""

    says = SILENCE
    said_at = loud_at = 0.0
    is_loud, _said = False, SILENCE

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Note when it became loud; nothing is kept."""
        loud = data[12:] != SILENCE
        if loud and not self.is_loud:
            self.loud_at = asyncio.get_running_loop().time()
        self.is_loud = loud

    async def keep_saying(self, port: int) -> None:
        """A packet each tick, until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self.send((LOOPBACK, port), self.says)
            if self.says is not self._said:
                self._said, self.said_at = self.says, loop.time()
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - loop.time()))


Side = Caller | FastPage


def measurements() -> list[Measurement]:
    """One, of two directions."""
    goals = tuple(
        Goal(key, f"{who} word until it is at the {whose}, p95", at_most=120, unit="ms", source="issue 6")
        for key, who, whose in (
            ("to_agent_ms", "a caller's", "agent's browser"),
            ("to_caller_ms", "an agent's", "caller's telephone"),
        )
    )
    return [Measurement("calls.delay", "From mouth to ear", goals, measure_delay)]


def measure_delay(terms: Terms) -> Result:
    """One call, many words."""
    with hotline(terms.folder, agents=1) as served:
        to_agent, to_caller = asyncio.run(delays(served, words=10 if terms.quick else 100))
    rows = tuple((name, *_row(found)) for name, found in (("to the agent", to_agent), ("to the caller", to_caller)))
    figures = {"to_agent_ms": _p95(to_agent), "to_caller_ms": _p95(to_caller)}
    return Result(figures, (Table("One word, loopback", ("", "words", "p50 ms", "p95", "max"), rows),), (_NOTE,))


_NOTE = (
    "The 20 ms in which a packet is spoken are counted, and our jitter buffer and clock; what comes after the wire of "
    "the ear (a browser's own buffer, a telephone's) is not ours and not counted."
)


def _row(found: list[float]) -> tuple[int, int, int, int]:
    return len(found), round(found[len(found) // 2]), round(_p95(found)), round(found[-1])


def _p95(found: list[float]) -> float:
    return found[int(0.95 * (len(found) - 1))]


async def delays(served: Served, *, words: int) -> tuple[list[float], list[float]]:
    """To the agent and to the caller, in ms, in order of size."""
    async with _talking(served) as (caller, page):
        there = [await _word(caller, page) for _ in range(words)]
        back = [await _word(page, caller) for _ in range(words)]
        return sorted(there), sorted(back)


async def _word(mouth: Side, ear: Side) -> float:
    """Say one, and wait until it is over on both sides."""
    before, said = ear.loud_at, mouth.said_at
    mouth.says = LOUD
    await until(lambda: mouth.said_at != said, "it is said")
    spoken = mouth.said_at
    await until(lambda: ear.loud_at != before, "it is heard")
    mouth.says = SILENCE
    await until(lambda: not ear.is_loud, "it is quiet again")
    return 1000 * (ear.loud_at - spoken) + FRAME_MS


@asynccontextmanager
async def _talking(served: Served) -> AsyncIterator[tuple[Caller, FastPage]]:
    """A caller and an agent who hear each other, both silent."""
    page, caller = FastPage(), await _opened()
    page.says = SILENCE
    async with a_phone(port_of(served)) as signals, sitting(str(served.demo["http"]), 0, page) as agent:
        await agent.open_up()
        await signals.call(body=sdp().replace("40000", str(caller.plan.port)))
        port = re.search(r"m=audio (\d+)", str(signals.answer.body if signals.answer else ""))
        assert port is not None
        tasks = [asyncio.create_task(work) for work in (caller.keep_saying(int(port[1])), keep_talking([page]))]
        try:
            await agent.take()
            await until(lambda: page.arrivals and not page.is_loud and not caller.is_loud, "both are quiet")
            yield caller, page
        finally:
            for task in tasks:
                task.cancel()
            caller.close()


async def _opened() -> Caller:
    caller = await Caller.open()
    assert isinstance(caller, Caller)
    return caller
