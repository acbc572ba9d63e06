"""Agents call citizens from the console: over SIP to a telephone that answers, recorded, and in the access log."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import pytest

from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents.commands import Commands
from channels.call_center.agents.desk import Desk
from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.ports import Call
from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.settings import EndpointSettings, TrunkSettings
from channels.call_center.sip.trunk import SipTrunk
from channels.call_center.tests.played import tools
from channels.call_center.webrtc.tests.pages import LOOPBACK as PLACE
from channels.call_center.webrtc.tests.pages import Page
from core.service.actors import Member
from core.storage import people
from gateway.telephony.agents_link import AgentsLink
from gateway.telephony.outgoing import OutgoingCalls
from gateway.telephony.paths import agents_socket
from tests.gateway.api.staffing import agency, centre, report
from tests.gateway.console.office import Answer, Office
from tests.gateway.console.office import Desk as Browsing
from tests.gateway.console.telephones import Hear, telephone
from tests.support.caller import Telephone, over
from tests.support.caller import telephone as citizen_phone
from tests.support.calls import CALL, book_of, fetch_recordings, hand_over, leave_call, spool_of
from tests.support.servers.ports import LOOPBACK
from tests.support.sounding import Hum
from tests.support.waiting import until

CALLS, CASES = "/console/cuoc-goi", "/console/ho-so"
NUMBER, NOBODY, OURS = "+84900000001", f"{LOOPBACK}:9", "0" * 31 + "7"


@dataclass
class Telephony:
    """The telephony process's part, in this process, with a line that leads to the citizen's telephone."""

    desk: Desk
    outgoing: OutgoingCalls


@asynccontextmanager
async def telephony(office: Office, citizen: Telephone) -> AsyncIterator[Telephony]:
    """Engine, line, desk, link."""
    data = office.world.deployment.settings.data
    engine = Engine(LOOPBACK, range(0), Hum(), settings=MediaSettings(latest_ms=math.inf))
    target = TrunkSettings(host=LOOPBACK, port=citizen.trunk.endpoint.address[1], options_s=0)
    line = SipTrunk("main", target, endpoint=SipEndpoint(EndpointSettings(host=LOOPBACK, port=0)), media=engine)
    led_by = replace(
        tools(data), spool=spool_of(office.world), new_id=lambda: OURS, now=office.world.clock, number=lambda said: said
    )
    outgoing = OutgoingCalls([line], led_by, ended=asyncio.Event())
    link = AgentsLink(agents_socket(data))
    desk = Desk(Acd({"reports": Queue("reports")}), tell=link.tell, now=office.world.clock)
    async with AsyncExitStack() as stack:
        await engine.start()
        stack.push_async_callback(engine.stop)
        await line.start()
        stack.push_async_callback(line.stop)
        await link.start(Commands(desk, legs=engine, place=PLACE, dial=outgoing.begin))
        stack.push_async_callback(link.stop)
        stack.push_async_callback(desk.stop)
        stack.push_async_callback(outgoing.close)
        yield Telephony(desk, outgoing)


@asynccontextmanager
async def sitting(office: Office, desk: Browsing) -> AsyncIterator[Hear]:
    """An agent at their telephone, heard; what their page is told."""
    page = Page()
    async with telephone(desk, office.url) as (say, hear):
        await say({"do": "offer", "sdp": await page.offer()})
        await page.take((await hear("answer"))["sdp"])
        while not (await hear("status"))["sound"]:
            pass
        yield hear
    await page.peer.close()


@asynccontextmanager
async def at_work(office: Office, agent: Member) -> AsyncIterator[tuple[Telephone, Telephony, Browsing, Hear]]:
    """A citizen with a telephone, our line to it, and an agent at theirs."""
    async with citizen_phone(NOBODY) as citizen, telephony(office, citizen) as running, AsyncExitStack() as stack:
        desk = await stack.enter_async_context(office.desk(agent))
        yield citizen, running, desk, await stack.enter_async_context(sitting(office, desk))


async def picked_up(citizen: Telephone) -> Call:
    """The citizen's telephone rings, and they answer."""
    call = await anext(aiter(citizen.trunk.incoming()))
    assert call.called == NUMBER
    await call.answer()
    return call


async def read_by(office: Office, ref: str) -> list[tuple[str, str]]:
    """(user, what) of the access log."""
    rows = await office.world.deployment.database.read(partial(people.accesses, ref=ref))
    return [(who, what) for _at, who, what in rows]


async def refused_anew(desk: Browsing, before: Answer) -> Answer:
    """The answer to another click, once the telephony process is there."""
    while (answer := await desk.send(CALLS, f"{CALLS}/{CALL}/goi")).text == before.text:
        pass
    return answer


async def owed_call(office: Office) -> str:
    """Somebody is owed a call; returns their contact."""
    leave_call(office.world)
    await hand_over(office.world)
    return (await book_of(office.world).held(CALL)).row.subject_id


@pytest.mark.rule("QB-QD.III.1.1b", "VN-4", "VN-5")
async def test_who_is_owed_a_call_is_called_with_one_click(office: Office) -> None:
    ioc, contact = await centre(office.world), await owed_call(office)
    async with at_work(office, ioc) as (citizen, running, desk, hear):
        answer = await desk.send(CALLS, f"{CALLS}/{CALL}/goi")
        shown = await desk.get(answer.location)
        call = await picked_up(citizen)
        await until(lambda: OURS in running.desk.callers, "both hear each other")
        await call.media.play(["tone"])
        await call.hangup()
        while (await hear("status"))["state"] != "wrap_up":
            pass
        await until(lambda: not running.outgoing.calls, "its record")

    assert answer.status == 303
    assert NUMBER not in shown.text + answer.location
    assert "Vui lòng nói chuyện ở trang Tổng đài" in shown.text
    assert await read_by(office, contact) == [(ioc.id, "contact")]
    await hand_over(office.world)
    assert await fetch_recordings(office.world) == 1
    assert await book_of(office.world).owed() == []
    ours = await book_of(office.world).held(OURS)
    assert (ours.row.outcome, ours.row.subject_id, list(ours.labels.values())) == (
        "served",
        contact,
        ["Toàn bộ cuộc gọi"],
    )


@pytest.mark.rule("QB-QD.III.1.1b", "VN-4")
async def test_a_reporter_who_is_busy_is_told_to_the_agent(office: Office) -> None:
    """The number is read for the call and never shown; after it there is nothing to write up."""
    ioc, case_id = await centre(office.world), await report(office.world)
    page = f"{CASES}/{case_id}"
    async with at_work(office, ioc) as (citizen, running, desk, hear):
        answer = await desk.send(page, f"{page}/goi-nguoi-phan-anh")
        shown = await desk.get(answer.location)
        call = await anext(aiter(citizen.trunk.incoming()))
        await call.reject(486)
        assert (await hear("refused"))["why"] == "busy"
        assert running.desk.acd.agents[ioc.id].state == "away"
        await until(lambda: not running.outgoing.calls, "its record")
        await over(call)

    assert (answer.status, NUMBER in shown.text, "0900 000 001" in shown.text) == (303, False, False)
    assert (ioc.id, "identity") in await read_by(office, case_id)
    await hand_over(office.world)
    ours = await book_of(office.world).held(OURS)
    assert (ours.row.outcome, ours.about, ours.labels) == ("not_reached", case_id, {})


async def test_without_the_telephone_open_nobody_is_called(office: Office) -> None:
    """What to do is said where they clicked."""
    ioc, _contact = await centre(office.world), await owed_call(office)
    async with citizen_phone(NOBODY) as citizen, office.desk(ioc) as desk:
        away = await desk.send(CALLS, f"{CALLS}/{CALL}/goi")
        async with telephony(office, citizen):
            unseated = await refused_anew(desk, away)
            async with telephone(desk, office.url):
                silent = await desk.send(CALLS, f"{CALLS}/{CALL}/goi")

    assert (away.status, "đang khởi động lại" in away.text) == (409, True)
    assert (unseated.status, "mở trang Tổng đài" in unseated.text) == (409, True)
    assert (silent.status, "Chưa có âm thanh" in silent.text) == (409, True)


async def test_whom_somebody_called_back_already_is_not_called_again(office: Office) -> None:
    ioc, _contact = await centre(office.world), await owed_call(office)
    async with office.desk(ioc) as desk:
        page = await desk.get(CALLS)
        await book_of(office.world).called(CALL, "reached", by="u1", attempts=0)
        late = await desk.submit(page, f"{CALLS}/{CALL}/goi")

    assert (late.status, "đã có người gọi lại" in late.text) == (409, True)


async def test_a_withheld_number_has_no_button(office: Office) -> None:
    ioc = await centre(office.world)
    leave_call(office.world, caller="")
    await hand_over(office.world)
    async with office.desk(ioc) as desk:
        assert f"{CALLS}/{CALL}/goi" not in (await desk.get(CALLS)).forms()


async def test_agencies_call_nobody(office: Office) -> None:
    officer, _contact = await agency(office.world), await owed_call(office)
    case_id = await report(office.world)
    async with office.desk(officer) as desk:
        token = next(iter((await desk.get("/console")).forms().values()))
        for address in (f"{CALLS}/{CALL}/goi", f"{CASES}/{case_id}/goi-nguoi-phan-anh"):
            assert (await desk.post(address, token)).status == 403


async def test_a_page_cannot_name_a_number(office: Office) -> None:
    """Only the server's own addresses dial; a page that is not ours would call whomever it likes."""
    ioc = await centre(office.world)
    async with citizen_phone(NOBODY) as citizen, telephony(office, citizen) as running, office.desk(ioc) as desk:
        async with telephone(desk, office.url) as (say, hear):
            await say({"do": "dial", "number": "+84900000009"})
            assert (await hear("refused"))["why"] == "not_allowed"
        assert running.outgoing.calls == 0
