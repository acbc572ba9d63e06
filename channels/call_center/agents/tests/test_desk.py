"""Callers and the people who answer them, with real browsers' legs and calls without a network."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from channels.call_center.acd.effects import Say
from channels.call_center.acd.model import Overflow, Queue, Rule
from channels.call_center.agents import messages as m
from channels.call_center.agents.caller import Caller, Told, Wanted
from channels.call_center.agents.desk import COUNT_EVERY, TICK_S
from channels.call_center.agents.news import Board
from channels.call_center.agents.tests.centre import REPORTS, Centre, open_centre
from channels.call_center.agents.tests.doubles import NotedCall
from tests.support.waiting import PATIENCE, until

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
OFFER = Rule(20, Overflow.OFFER_CALLBACK)


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    async with open_centre() as opened:
        yield opened


async def test_a_caller_is_answered_in_the_browser(centre: Centre) -> None:
    page = await centre.sits("lan")
    call = await centre.calls()
    ringing = centre.status("lan").ringing
    assert ringing is not None
    assert (ringing.call, ringing.remote) == (call.id, call.remote)
    centre.do(m.Take(agent="lan", call=call.id))
    assert call.media.hears == [centre.desk.seats["lan"].media]
    assert call.media.playing is None
    centre.do(m.HangUp(agent="lan"))
    served = await asyncio.wait_for(centre.served[0], PATIENCE)
    assert (served.outcome, served.agent) == ("talked", "lan")
    assert call.media.hears == []
    assert centre.status("lan").state == "wrap_up"
    await page.peer.close()


async def test_music_and_the_place_while_everybody_talks_and_nine_for_a_callback(centre: Centre) -> None:
    page = await centre.sits("lan")
    first = await centre.calls(1)
    centre.do(m.Take(agent="lan", call=first.id))
    second = await centre.calls(2)
    told = "queue_place digit_1 wait_about digit_4 minute queue_callback"
    await until(lambda: second.media.said == [told], "the place")
    await until(lambda: second.media.playing == "music", "music")
    assert centre.status("lan").waiting == {"reports": 1}
    second.media.keys.put_nowait("9")
    assert (await asyncio.wait_for(centre.served[1], PATIENCE)).outcome == "callback"
    assert centre.status("lan").waiting == {"reports": 0}
    await page.peer.close()


async def test_who_speaks_no_vietnamese_is_told_in_english(centre: Centre) -> None:
    page = await centre.sits("lan")
    first = await centre.calls(1)
    centre.do(m.Take(agent="lan", call=first.id))
    second = await centre.calls(2, Wanted("reports", language="en"))
    await until(lambda: second.media.said == ["english_queue"], "the sentence")
    await page.peer.close()


async def test_who_has_waited_is_offered_a_callback(centre: Centre) -> None:
    centre.desk.acd = replace(centre.desk.acd, queues={"reports": Queue("reports", rules=(OFFER,))})
    page = await centre.sits("lan")
    first = await centre.calls(1)
    centre.do(m.Take(agent="lan", call=first.id))
    second = await centre.calls(2)
    await until(lambda: len(second.media.said) == 1, "the place")
    centre.later(20)
    await until(lambda: second.media.said[1:] == ["offer_call_back"], "the offer")
    await page.peer.close()


async def test_a_long_or_unknown_wait_is_told_without_a_number() -> None:
    call = NotedCall(1)
    caller = Caller(call, "reports", NOON, about="", told=Told())
    for seconds in (1, 61, 1800, 1801, math.inf):
        caller.tell(Say(call.id, 2, seconds))
    await until(lambda: len(call.media.said) == 5, "five sentences")
    caller.stop_waiting()
    minutes = [said.removeprefix("queue_place digit_2 ").removesuffix("queue_callback") for said in call.media.said]
    assert minutes == [
        "wait_about digit_1 minute ",
        "wait_about digit_2 minute ",
        "wait_about digit_3 tens minute ",
        "",
        "",
    ]


async def test_a_queue_that_is_not_there_means_the_machine(centre: Centre) -> None:
    await centre.sits("lan")
    call = NotedCall(1)
    assert (await centre.desk.serve(call, Wanted("nowhere"))).outcome == "machine"


async def test_an_agent_whose_sound_died_unnoticed_is_found_within_ten_seconds(centre: Centre) -> None:
    """Nobody told of it: the count finds it, the caller hears music, and the log says what was put right."""
    page = await centre.sits("lan")
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    centre.desk.seats["lan"]._lost = lambda _agent: None  # what would have told
    await page.peer.close()
    await until(lambda: not centre.desk.seats["lan"].heard, "silence")
    with capture_logs() as logs:
        centre.desk.count()
    assert [(line["event"], line["what"], line["found"]) for line in logs] == [
        ("floor_repaired", "agent", "talking without sound")
    ]
    assert (call.media.hears, call.media.playing) == ([], "music")
    assert TICK_S * COUNT_EVERY <= 10


async def test_a_caller_whose_line_is_gone_is_found_too(centre: Centre) -> None:
    page = await centre.sits("lan")
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    del centre.desk.callers[call.id]
    centre.desk.count()
    assert centre.status("lan").state == "wrap_up"
    centre.desk.callers[call.id] = Caller(call, "reports", NOON, about="", told=Told())
    await page.peer.close()


async def test_nobody_there_means_the_machine_at_once(centre: Centre) -> None:
    await centre.calls()
    assert (await asyncio.wait_for(centre.served[0], PATIENCE)).outcome == "machine"


async def test_a_caller_who_hangs_up_stops_ringing(centre: Centre) -> None:
    page = await centre.sits("lan")
    await centre.calls()
    centre.served[0].cancel()
    await until(lambda: centre.status("lan").ringing is None, "silence")
    assert centre.status("lan").state == "available"
    await page.peer.close()


async def test_hold_is_music_and_keys_go_to_the_caller(centre: Centre) -> None:
    page = await centre.sits("lan")
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    centre.do(m.Hold(agent="lan", on=True))
    assert (call.media.hears, call.media.playing) == ([], "music")
    assert centre.desk.seats["lan"].media.hears == []
    assert centre.status("lan").call.held
    centre.do(m.Hold(agent="lan", on=False))
    assert (call.media.hears, call.media.playing) == ([centre.desk.seats["lan"].media], None)
    centre.do(m.Keys(agent="lan", keys="12#"))
    await until(lambda: call.media.sent_keys == "12#", "keys")
    await page.peer.close()


async def test_a_page_that_is_loaded_again_finds_its_call(centre: Centre) -> None:
    page = await centre.sits("lan")
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    before = centre.desk.seats["lan"].media
    await page.peer.close()
    await until(lambda: call.media.playing == "music", "music for the caller")
    again = await centre.sits("lan")
    assert call.media.hears == [centre.desk.seats["lan"].media] != [before]
    assert centre.status("lan").call.call == call.id
    await again.peer.close()


async def test_the_web_side_may_go_while_the_sound_stays(centre: Centre) -> None:
    page = await centre.sits("lan")
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    centre.do(m.Leave(agent="lan"))
    assert call.media.hears == [centre.desk.seats["lan"].media]
    await page.peer.close()


async def test_passed_on_to_one_agent(centre: Centre) -> None:
    lan, minh = await centre.sits("lan"), await centre.sits("minh")
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    centre.do(m.PassOn(agent="lan", queue="reports", to="minh"))
    assert call.media.playing == "music"
    assert centre.status("minh").ringing.call == call.id
    centre.do(m.Take(agent="minh", call=call.id))
    assert call.media.hears == [centre.desk.seats["minh"].media]
    await lan.peer.close()
    await minh.peer.close()


async def test_what_cannot_be_done_is_refused_with_a_word(centre: Centre) -> None:
    centre.do(m.HangUp(agent="lan"))
    centre.do(m.SignIn(agent="lan", queues=REPORTS))
    centre.do(m.Choose(agent="lan", state="available"))
    centre.do(m.Take(agent="lan", call="nothing"))
    centre.do(m.Keys(agent="lan", keys="1"))
    centre.do(m.PassOn(agent="lan", queue="reports"))
    centre.do(m.Offer(agent="lan", sdp="rubbish"))
    await until(lambda: len(centre.refused()) == 6, "six refusals")
    assert centre.refused() == ["not_signed_in", "no_sound", "gone", "no_call", "no_call", "offer"]


async def test_a_supervisor_sees_the_floor_listens_whispers_and_takes_over(centre: Centre) -> None:
    lan, chief = await centre.sits("lan"), await centre.sits("chief")
    centre.do(m.Choose(agent="chief", state="away"))
    call = await centre.calls()
    centre.do(m.Take(agent="lan", call=call.id))
    centre.do(m.Watch(agent="chief", on=True))
    board = [news for news in centre.news if isinstance(news, Board)][-1]
    assert {item.agent: item.state for item in board.agents} == {"chief": "away", "lan": "talking"}
    assert board.agents[1].call.remote == call.remote
    sound = {name: seat.media for name, seat in centre.desk.seats.items()}
    centre.do(m.Supervise(agent="chief", call=call.id, part="whisper"))
    assert call.media.hears == [sound["lan"]]
    assert sound["lan"].hears == [call.media, sound["chief"]]
    assert sound["chief"].hears == [call.media, sound["lan"]]
    centre.do(m.Supervise(agent="chief", call=call.id, part="listen"))
    assert sound["lan"].hears == [call.media]
    centre.do(m.Supervise(agent="chief", call=call.id, part="take_over"))
    assert call.media.hears == [sound["chief"]]
    assert sound["lan"].hears == []
    assert centre.status("lan").state == "wrap_up"
    await lan.peer.close()
    await chief.peer.close()
