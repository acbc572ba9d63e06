"""A place outside is asked about a call: over a line of its own, by its name; it may be given the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from channels.call_center.agents import messages as m
from channels.call_center.agents.caller import Told
from channels.call_center.agents.outside import Outside
from channels.call_center.agents.tests.centre import REPORTED, Centre, open_centre
from channels.call_center.agents.tests.doubles import NotedCall, NotedSound
from channels.call_center.ports import CallFailed, Ended, Played
from tests.support.waiting import PATIENCE, until

GUARD, NUMBER = "Trực ban huyện", "0232000001"


class Sound(NotedSound):
    """`listens`: the notice is still being said."""

    listens, closed = False, False

    async def play(self, slots: Any, *, barge_in: bool = False) -> Played:
        self.said.append(" ".join(slots))
        return await asyncio.Event().wait() if self.listens else Played()  # type: ignore[return-value]

    async def close(self) -> None:
        self.closed = True


class Guard(NotedCall):
    """Whoever answers there."""

    def __init__(self) -> None:
        super().__init__(99)
        self.media: Sound = Sound()
        self.over: asyncio.Queue[Ended] = asyncio.Queue()

    async def events(self) -> AsyncIterator[Ended]:
        yield await self.over.get()

    async def hangup(self) -> None:
        self.over.put_nowait(Ended("us"))


@dataclass
class Asked:
    """Lan talks to a caller; the guard answers when told to."""

    centre: Centre
    call: NotedCall
    given: list[str]
    guard: Guard = field(default_factory=Guard)
    dialled: list[str] = field(default_factory=list)
    answers: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def reach(self, number: str) -> Any:
        self.dialled.append(number)
        if code := await self.answers:
            raise CallFailed(code)
        return self.guard

    @property
    def lan(self) -> NotedSound:
        return self.centre.desk.seats["lan"].media  # type: ignore[return-value]

    def asking(self) -> Any:
        return self.centre.status("lan").asking

    async def ask(self) -> None:
        """Lan asks, the guard answers."""
        self.centre.do(m.ConsultOutside(agent="lan", place=GUARD))
        self.answers.set_result(0)
        await until(lambda: self.asking().answered, "the guard is heard")


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    async with open_centre() as centre:
        page, call, given = await centre.sits("lan"), NotedCall(1), []
        serving = centre.desk.serve(call, REPORTED, told=Told(given=given.append))  # type: ignore[arg-type]
        centre.served.append(asyncio.ensure_future(serving))
        await until(lambda: call.id in centre.desk.callers, "a caller")
        centre.do(m.Take(agent="lan", call=call.id))
        asked = Asked(centre, call, given)
        centre.desk.outside = Outside(centre.desk, {GUARD: NUMBER}, asked.reach)
        centre.do(m.Hold(agent="lan", on=False))
        yield asked
        await centre.desk.outside.close()
        await page.peer.close()


async def test_it_rings_at_a_place_by_its_name_while_the_caller_hears_music(asked: Asked) -> None:
    asked.centre.do(m.ConsultOutside(agent="lan", place=GUARD))
    await until(lambda: asked.dialled == [NUMBER], "the guard's telephone rings")
    assert (asked.call.media.hears, asked.call.media.playing) == ([], "music")
    assert (asked.lan.hears, asked.lan.playing) == ([], "ringing")
    asking = asked.asking()
    assert (asking.colleague, asking.answered, asking.outside) == (GUARD, False, True)


@pytest.mark.rule("VN-5")
async def test_they_hear_that_the_call_is_recorded_before_anybody_hears_them(asked: Asked) -> None:
    asked.guard.media.listens = True
    asked.centre.do(m.ConsultOutside(agent="lan", place=GUARD))
    asked.answers.set_result(0)
    await until(lambda: asked.guard.media.said == ["outgoing_notice"], "the notice is said")
    assert not asked.asking().answered
    assert asked.lan.hears == []


async def test_the_agent_turns_between_the_place_and_the_caller_and_both(asked: Asked) -> None:
    await asked.ask()
    guard, caller = asked.guard.media, asked.call.media
    assert (asked.lan.hears, guard.hears, caller.hears) == ([guard], [asked.lan], [])
    asked.centre.do(m.Turn(agent="lan", side="all"))
    assert caller.hears == [asked.lan, guard]
    asked.centre.do(m.Turn(agent="lan", side="caller"))
    assert (asked.lan.hears, guard.hears, guard.playing) == ([caller], [], "music")


async def test_the_place_gets_the_call_and_ends_it(asked: Asked) -> None:
    """The agent writes it up at once, and may take the next; what became of the caller is in the record."""
    await asked.ask()
    asked.centre.do(m.HandOver(agent="lan"))
    assert (asked.call.media.hears, asked.guard.media.hears) == ([asked.guard.media], [asked.call.media])
    assert (asked.lan.hears, asked.given) == ([], [GUARD])
    lan = asked.centre.status("lan")
    assert (lan.state, lan.wrapping.call if lan.wrapping else "", lan.asking) == ("wrap_up", asked.call.id, None)
    asked.centre.desk.count()
    asked.guard.over.put_nowait(Ended("them"))
    served = await asyncio.wait_for(asked.centre.served[0], PATIENCE)
    assert (served.outcome, served.agent) == ("talked", "lan")
    await until(lambda: asked.guard.media.closed, "its leg is free")
    assert asked.centre.desk.consulting.calls == {}


async def test_a_caller_who_hangs_up_ends_the_line_to_the_place(asked: Asked) -> None:
    await asked.ask()
    asked.centre.do(m.HandOver(agent="lan"))
    asked.centre.served[0].cancel()
    await until(lambda: asked.guard.media.closed, "hung up")
    assert asked.centre.desk.consulting.calls == {}


async def test_back_to_the_caller_hangs_up_there(asked: Asked) -> None:
    await asked.ask()
    asked.centre.do(m.Back(agent="lan"))
    assert (asked.call.media.hears, asked.lan.hears) == ([asked.lan], [asked.call.media])
    await until(lambda: asked.guard.media.closed, "hung up")
    assert asked.centre.refused() == []


@pytest.mark.parametrize(
    ("code", "why"), [(486, "outside_busy"), (408, "outside_gone"), (503, "no_line"), (0, "outside_gone")]
)
async def test_without_the_place_the_caller_is_held_until_taken_up(asked: Asked, code: int, why: str) -> None:
    """Busy, silent, no line; or they answered and hung up."""
    if code:
        asked.centre.do(m.ConsultOutside(agent="lan", place=GUARD))
        asked.answers.set_result(code)
    else:
        await asked.ask()
        asked.guard.over.put_nowait(Ended("them"))
    await until(lambda: asked.centre.refused() == [why], "the page is told")
    call = asked.centre.status("lan").call
    assert call is not None
    assert call.held
    assert (asked.call.media.hears, asked.call.media.playing) == ([], "music")


async def test_only_what_is_listed_can_be_called(asked: Asked) -> None:
    """No number of a page's own, no second question at once, and nobody without a call."""
    assert asked.centre.status("lan").outside == (GUARD,)
    asked.centre.do(m.ConsultOutside(agent="lan", place="0900000001"))
    asked.centre.do(m.ConsultOutside(agent="lan", place=NUMBER))
    asked.centre.do(m.ConsultOutside(agent="lan", place=GUARD))
    asked.centre.do(m.ConsultOutside(agent="lan", place=GUARD))
    assert asked.centre.refused() == ["no_place", "no_place", "no_call"]
    await until(lambda: asked.dialled == [NUMBER], "one call")
