"""Whoever is owed a call rings for a free agent at their turn; one key calls them, and what came of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from channels.call_center.webrtc.tests.pages import Page
from core.service.callbacks import turns
from core.service.calls import NOT_REACHED
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import Office
from tests.gateway.console.telephones import Hear, telephone
from tests.gateway.console.test_dialling import NOBODY, NUMBER, OURS, owed_call, picked_up, read_by, telephony
from tests.support.caller import telephone as citizen_phone
from tests.support.calls import CALL, book_of, hand_over, leave_call
from tests.support.deployments import World
from tests.support.waiting import until

LATE = datetime.fromisoformat("2026-11-23T23:00:00+07:00")


async def rings(hear: Hear) -> Mapping[str, Any]:
    """The callback that rings for the agent."""
    while not (card := (await hear("status"))["ringing"]):
        pass
    return dict(card)


@pytest.mark.rule("QB-QD.III.1.1b", "VN-4")
async def test_a_callback_rings_is_dialled_by_a_key_and_settled(office: Office) -> None:
    ioc, contact = await centre(office.world), await owed_call(office)
    async with AsyncExitStack() as stack:
        citizen = await stack.enter_async_context(citizen_phone(NOBODY))
        running = await stack.enter_async_context(telephony(office, citizen))
        desk = await stack.enter_async_context(office.desk(ioc))
        say, hear = await stack.enter_async_context(telephone(desk, office.url))
        page = Page()
        stack.push_async_callback(page.peer.close)
        await say({"do": "offer", "sdp": await page.offer()})
        await page.take((await hear("answer"))["sdp"])
        while not (await hear("status"))["sound"]:
            pass
        await say({"do": "choose", "state": "available"})
        card = await rings(hear)
        unread = await read_by(office, contact)
        await say({"do": "take", "call": CALL})
        call = await picked_up(citizen)
        await until(lambda: CALL in running.desk.callers, "both hear each other")
        await call.hangup()
        await until(lambda: not running.outgoing.calls, "its record")

    assert (card["call"], card["callback"], NUMBER[3:] in str(card)) == (CALL, True, False)
    assert unread == []
    assert await read_by(office, contact) == [(ioc.id, "contact")]
    await hand_over(office.world)
    assert await book_of(office.world).owed() == []
    assert (await book_of(office.world).held(OURS)).row.outcome == "served"


async def wait_in(world: World, **facts: Any) -> tuple[Any, ...]:
    """Whose turns come, after a call with these facts."""
    leave_call(world, **facts)
    await hand_over(world)
    return await turns(world.deployment.database, book_of(world), now=world.clock)


async def test_who_left_the_queue_keeps_the_place_and_is_called_the_same_night(office: Office) -> None:
    world = office.world
    world.clock.at = LATE
    since = LATE - timedelta(seconds=30)
    (turn,) = await wait_in(world, purpose="callback", queue="english", skills=("en",), queued_at=since)

    assert (turn.kind, turn.since, turn.queue, turn.skills) == ("kept", since, "english", {"en"})
    assert (turn.number, turn.attempts, turn.not_before) == (NUMBER, 0, None)


@pytest.mark.rule("VN-6")
async def test_who_was_missed_late_is_called_in_the_morning(office: Office) -> None:
    office.world.clock.at = LATE
    (turn,) = await wait_in(office.world)

    assert (turn.kind, turn.not_before) == ("missed", datetime.fromisoformat("2026-11-24T07:00:00+07:00"))


async def test_an_emergency_waits_for_no_morning_and_an_unknown_number_for_nobody(office: Office) -> None:
    office.world.clock.at = LATE
    (turn,) = await wait_in(office.world, purpose="emergency", emergency="114")
    assert (turn.kind, turn.not_before) == ("emergency", None)
    assert len(await wait_in(office.world, id="0" * 31 + "2", caller="")) == 1


async def test_whom_nobody_reached_comes_after_those_whom_nobody_tried(office: Office) -> None:
    world, book = office.world, book_of(office.world)
    await wait_in(world)
    world.clock.at += timedelta(minutes=5)
    await wait_in(world, id="0" * 31 + "2", caller="+84900000002")
    await book.called(CALL, NOT_REACHED, by="u1", attempts=0)

    waiting = await turns(world.deployment.database, book, now=world.clock)
    assert [(turn.call_id[-1], turn.attempts) for turn in waiting] == [("2", 0), ("1", 1)]
    assert len(await turns(world.deployment.database, book, now=world.clock, most=1)) == 1
