"""A colleague is asked about a call: who hears whom meanwhile, and who has the call afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from channels.call_center.agents import messages as m
from channels.call_center.agents.tests.centre import Centre, open_centre
from channels.call_center.agents.tests.doubles import NotedCall, NotedSound
from tests.support.waiting import PATIENCE, until


@dataclass
class Asked:
    """Lan talks to a caller; Minh is free."""

    centre: Centre
    call: NotedCall

    @property
    def lan(self) -> NotedSound:
        return self.centre.desk.seats["lan"].media

    @property
    def minh(self) -> NotedSound:
        return self.centre.desk.seats["minh"].media

    def ask(self) -> None:
        """Lan asks, Minh answers."""
        self.centre.do(m.Consult(agent="lan", colleague="minh"))
        self.centre.do(m.Take(agent="minh", call=self.centre.status("minh").ringing.call))


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    async with open_centre() as centre:
        pages = [await centre.sits("lan")]
        call = await centre.calls()
        centre.do(m.Take(agent="lan", call=call.id))
        pages.append(await centre.sits("minh"))
        yield Asked(centre, call)
        for page in pages:
            await page.peer.close()


async def test_it_rings_for_the_colleague_while_the_caller_hears_music(asked: Asked) -> None:
    asked.centre.do(m.Consult(agent="lan", colleague="minh"))
    card = asked.centre.status("minh").ringing
    assert (card.asked_by, card.remote) == ("Lan", asked.call.remote)
    assert (asked.call.media.hears, asked.call.media.playing) == ([], "music")
    assert (asked.lan.hears, asked.lan.playing) == ([], "ringing")
    asking = asked.centre.status("lan").asking
    assert (asking.colleague, asking.answered) == ("Minh", False)


async def test_the_agent_turns_between_colleague_and_caller_and_both(asked: Asked) -> None:
    caller = asked.call.media
    asked.ask()
    assert (asked.lan.hears, asked.minh.hears, caller.hears) == ([asked.minh], [asked.lan], [])
    assert (asked.lan.playing, caller.playing) == (None, "music")
    asked.centre.do(m.Turn(agent="lan", side="caller"))
    assert (asked.lan.hears, asked.minh.hears, caller.hears) == ([caller], [], [asked.lan])
    assert (asked.minh.playing, caller.playing) == ("music", None)
    asked.centre.do(m.Turn(agent="lan", side="all"))
    assert (asked.lan.hears, asked.minh.hears) == ([caller, asked.minh], [caller, asked.lan])
    assert caller.hears == [asked.lan, asked.minh]
    assert asked.centre.status("lan").asking.side == "all"


async def test_the_colleague_gets_the_call_and_the_one_who_asked_writes_it_up(asked: Asked) -> None:
    asked.ask()
    asked.centre.do(m.HandOver(agent="lan"))
    assert (asked.call.media.hears, asked.minh.hears) == ([asked.minh], [asked.call.media])
    assert asked.lan.hears == []
    lan, minh = asked.centre.status("lan"), asked.centre.status("minh")
    assert (lan.state, lan.wrapping.call) == ("wrap_up", asked.call.id)
    assert (minh.state, minh.call.call, minh.call.asked_by) == ("talking", asked.call.id, "")
    asked.centre.do(m.HangUp(agent="minh"))
    assert (await asyncio.wait_for(asked.centre.served[0], PATIENCE)).agent == "minh"


async def test_back_to_the_caller_lets_the_colleague_rest(asked: Asked) -> None:
    asked.ask()
    asked.centre.do(m.Back(agent="lan"))
    assert (asked.call.media.hears, asked.lan.hears, asked.minh.hears) == ([asked.lan], [asked.call.media], [])
    assert (asked.centre.status("minh").state, asked.centre.status("lan").asking) == ("available", None)


@pytest.mark.parametrize("how", ["declines", "hangs_up", "goes", "is_silent"])
async def test_without_the_colleague_the_caller_is_held_until_taken_up(asked: Asked, how: str) -> None:
    """Nobody is heard who does not know it: the agent takes the caller up by hand."""
    if how == "declines":
        asked.centre.do(m.Consult(agent="lan", colleague="minh"))
        asked.centre.do(m.Decline(agent="minh", call=asked.centre.status("minh").ringing.call))
    elif how == "is_silent":
        asked.centre.do(m.Consult(agent="lan", colleague="minh"))
        asked.centre.later(16)
    else:
        asked.ask()
        asked.centre.do(m.HangUp(agent="minh") if how == "hangs_up" else m.Leave(agent="minh", signed_out=True))
        asked.centre.later(31)
    assert asked.centre.refused() == ["colleague_gone"]
    assert (asked.call.media.hears, asked.call.media.playing) == ([], "music")
    assert asked.centre.status("lan").call.held
    asked.centre.do(m.Hold(agent="lan", on=False))
    assert (asked.call.media.hears, asked.lan.hears) == ([asked.lan], [asked.call.media])
    assert asked.centre.desk.consulting.calls == {}


async def test_a_caller_who_hangs_up_ends_the_question(asked: Asked) -> None:
    asked.ask()
    asked.centre.served[0].cancel()
    await until(lambda: asked.centre.status("minh").state == "available", "the colleague rests")
    assert (asked.centre.status("lan").state, asked.minh.hears) == ("wrap_up", [])


async def test_a_page_that_is_loaded_again_finds_the_colleague(asked: Asked) -> None:
    asked.ask()
    asked.centre.later(6)
    asked.centre.desk.count()
    again = await asked.centre.sits("minh")
    assert asked.lan.hears == [asked.minh]
    assert asked.minh.hears == [asked.lan]
    await again.peer.close()


async def test_who_cannot_be_asked_is_told(asked: Asked) -> None:
    colleagues = asked.centre.status("lan").colleagues
    assert [(one.agent, one.name, one.free) for one in colleagues] == [("minh", "Minh", True)]
    for command in (
        m.Consult(agent="lan", colleague="lan"),
        m.Consult(agent="lan", colleague="nobody"),
        m.Consult(agent="minh", colleague="lan"),
        m.Turn(agent="lan", side="all"),
        m.HandOver(agent="lan"),
        m.Back(agent="lan"),
    ):
        asked.centre.do(command)
    assert asked.centre.refused() == ["colleague_busy", "colleague_busy", "no_call", *["no_colleague"] * 3]
