"""What an agent notes of a call: photos and place by a link sent during it, its report, what came of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import FormData

from channels.call_center.webrtc.tests.pages import Page
from core.service.actors import Member
from core.service.call_notes import Tray
from core.storage import cases, people, reports
from gateway.call_notes import NOTES
from gateway.console.phone.page import PAGE
from gateway.console.writing import BEGIN
from gateway.console.writing import PAGE as WRITING
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Answer, Office
from tests.gateway.console.office import Desk as Browsing
from tests.gateway.console.telephones import Caller, Hear, telephone, telephony
from tests.gateway.console.test_writing import TOLD, code_in
from tests.gateway.portal.citizen import photo
from tests.support.calls import hand_over, leave_call
from tests.support.codes import PHONE, with_phones

CASES = "/console/ho-so"
LINK, RESULT = f"{PAGE}/lien-ket", f"{PAGE}/ket-qua"


@pytest.fixture
async def agent(office: Office) -> Member:
    return await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))


@asynccontextmanager
async def on_a_call(office: Office, agent: Member) -> AsyncIterator[tuple[Browsing, Caller, Any]]:
    """An agent in the middle of a call: their browser, the call, and how their page commands."""
    page = Page()
    async with telephony(office) as running, office.desk(agent) as desk, telephone(desk, office.url) as (say, hear):
        await say({"do": "offer", "sdp": await page.offer()})
        await page.take((await hear("answer"))["sdp"])
        await heard(hear, lambda told: told["sound"])
        await say({"do": "choose", "state": "available"})
        await heard(hear, lambda told: told["state"] == "available")
        caller, _served = await running.ring()
        await heard(hear, lambda told: told["ringing"])
        await say({"do": "take", "call": caller.id})
        await heard(hear, lambda told: told["call"])
        yield desk, caller, (say, hear)
        await page.peer.close()


async def heard(hear: Hear, wanted: Callable[[dict[str, Any]], object]) -> None:
    """Wait for a status that says so."""
    while not wanted(await hear("status")):
        pass


async def post(desk: Browsing, path: str, *files: bytes, **fields: str) -> Answer:
    """A form of the page, as htmx sends it."""
    token = (await desk.get(PAGE)).text.partition('data-token="')[2].partition('"')[0]
    form = FormData({"csrf": token, **fields})
    for number, data in enumerate(files):
        form.add_field("media", data, filename=f"anh-{number}.jpg")
    return await desk.post(path, form)


async def hand_in(office: Office, link: str, *files: bytes, **fields: str) -> Answer:
    """What the caller's own browser does with the link."""
    async with visitor(office) as citizen:
        path = link.removeprefix(office.world.deployment.settings.public_url)
        page = await citizen.get(path)
        form = FormData({**page.forms()[""], **fields})
        for data in files:
            form.add_field("media", data, filename="anh.jpg")
        return await citizen.post(path, form)


@asynccontextmanager
async def visitor(office: Office) -> AsyncIterator[Browsing]:
    """Somebody without an account."""
    from aiohttp import ClientSession, CookieJar

    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        yield Browsing(office.url, client)


async def link_sent(office: Office, sms: Any, number: str = PHONE) -> str:
    """The link in the newest message to a number."""
    await office.world.settle()
    text = [one.text for one in sms.sent if one.recipient.value == number][-1]
    return re.findall(r"https?://\S+", text)[0]


async def test_what_the_caller_sends_during_the_call_is_in_the_report(office: Office, agent: Member) -> None:
    """Seen by the agent at once, and the call, its report and its wrap-up code belong together."""
    sms = with_phones(office.world)
    async with on_a_call(office, agent) as (desk, caller, _):
        sent = await post(desk, LINK, **{"cuoc-goi": caller.id})
        assert "Đã gửi liên kết đến" in sent.text
        assert PHONE not in sent.text
        link = await link_sent(office, sms)
        assert (await desk.get(f"{PAGE}/den/{caller.id}")).text.count("<img") == 0
        done = await hand_in(office, link, photo(), photo(size=(80, 60)), latitude="16.463700", longitude="107.590900")
        assert "Đã nhận" in done.text
        tray = await desk.get(f"{PAGE}/den/{caller.id}")
        pictures = re.findall(r'<img src="([^"]+)"', tray.text)
        assert (len(pictures), "16.46370" in tray.text) == (2, True)
        assert (await desk.get(pictures[0])).headers["Content-Type"] == "image/jpeg"
        form = await post(desk, BEGIN, **{"cuoc-goi": caller.id, "so": PHONE})
        written = await desk.submit(form, WRITING, **TOLD)
        assert (await post(desk, RESULT, **{"cuoc-goi": caller.id, "ma": "reported"})).status == 204
    await office.world.settle()

    deployment = office.world.deployment
    report = await deployment.database.read(partial(reports.by_code, code=code_in(written)))
    case = (await deployment.database.read(partial(cases.load, case_id=report.case_id))).state
    assert len(case["media"]) == 2
    notes = office.app[NOTES]
    assert [one.case_id for one in (await notes.reports_of([caller.id]))[caller.id]] == [report.case_id]
    now = office.world.clock()
    counted = await notes.codes(since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    assert counted == {"reported": 1}
    leave_call(office.world, "whole", id=caller.id, talked=True, agent=agent.id)
    await hand_over(office.world)
    async with office.desk(agent) as desk:
        assert "Cuộc gọi đã ghi phản ánh này" in (await desk.get(f"{CASES}/{report.case_id}")).text
        assert f"{CASES}/{report.case_id}" in (await desk.get("/console/cuoc-goi")).text
    logged = await deployment.database.read(partial(people.accesses, ref=caller.id))
    assert [(who, what) for _at, who, what in logged] == [(agent.id, "call_link")]


DENUNCIATION = "Tôi tố cáo ông Nguyễn Văn An, cán bộ địa chính xã, nhận hối lộ."


async def kept_for(office: Office, call: str) -> tuple[Tray, bool]:
    """What is kept of what a caller sent, and whether a file lies there."""
    notes = office.app[NOTES]
    note = await notes.find(call)
    files = await office.world.deployment.media.subjects_last_touched()
    return await notes.tray(note), note.contact_id in files


@pytest.mark.rule("VN-1", "VN-2")
@pytest.mark.parametrize("overridden", [False, True], ids=["sent elsewhere", "a report after all"])
async def test_what_was_sent_for_a_denunciation_goes_with_the_call(
    office: Office, agent: Member, overridden: bool
) -> None:
    """At once when it is wrapped up; before, the agent may know better, and then it is in the report."""
    sms = with_phones(office.world)
    async with on_a_call(office, agent) as (desk, caller, _):
        await post(desk, LINK, **{"cuoc-goi": caller.id})
        await hand_in(office, await link_sent(office, sms), photo())
        form = await post(desk, BEGIN, **{"cuoc-goi": caller.id, "so": PHONE})
        told = {**TOLD, "content": DENUNCIATION}
        assert "Không thuộc phản ánh hiện trường" in (await desk.submit(form, WRITING, **told)).text
        await post(desk, LINK, **{"cuoc-goi": caller.id})
        late = await link_sent(office, sms)
        assert (await kept_for(office, caller.id))[1]
        if overridden:
            code_in(await desk.submit(form, WRITING, **told, ground="wording"))
        assert (await post(desk, RESULT, **{"cuoc-goi": caller.id, "ma": "directed"})).status == 204
        tray, files = await kept_for(office, caller.id)
        assert (tray.empty, files) == (True, overridden)
        async with visitor(office) as citizen:
            path = late.removeprefix(office.world.deployment.settings.public_url)
            assert (await citizen.get(path)).status == (200 if overridden else 410)
    await office.world.settle()


async def test_a_link_opens_once_and_not_for_long(office: Office, agent: Member) -> None:
    sms = with_phones(office.world)
    async with on_a_call(office, agent) as (desk, caller, _):
        await post(desk, LINK, **{"cuoc-goi": caller.id})
        first = await link_sent(office, sms)
        await post(desk, LINK, **{"cuoc-goi": caller.id, "so": "0900 000 002"})
        second = await link_sent(office, sms, "+84900000002")
        async with visitor(office) as citizen:
            path = second.removeprefix(office.world.deployment.settings.public_url)
            assert (await citizen.get(first.removeprefix(office.world.deployment.settings.public_url))).status == 410
            empty = await hand_in(office, second)
            assert (empty.status, "Hãy ghi nội dung hoặc chọn ảnh" in empty.text) == (422, True)
            assert (await hand_in(office, second, place="Trước trạm y tế")).status == 200
            assert (await citizen.get(path)).status == 410
            await post(desk, LINK, **{"cuoc-goi": caller.id})
            third = (await link_sent(office, sms)).removeprefix(office.world.deployment.settings.public_url)
            assert (await citizen.get(third)).status == 200
            office.world.clock.advance(hours=2)
            assert (await citizen.get(third)).status == 410


async def test_what_comes_after_the_report_joins_its_conversation(office: Office, agent: Member) -> None:
    sms = with_phones(office.world)
    async with on_a_call(office, agent) as (desk, caller, _):
        form = await post(desk, BEGIN, **{"cuoc-goi": caller.id, "so": PHONE})
        code = code_in(await desk.submit(form, WRITING, **TOLD))
        await office.world.settle()
        await post(desk, LINK, **{"cuoc-goi": caller.id})
        assert (await hand_in(office, await link_sent(office, sms), photo(), content="Ảnh đây ạ")).status == 200
    await office.world.settle()

    report = await office.world.deployment.database.read(partial(reports.by_code, code=code))
    async with office.desk(agent) as desk:
        talk = await desk.get(f"/console/hoi-thoai/{report.conversation_id}")
    assert ("Ảnh đây ạ" in talk.text, talk.text.count('<img src="/console/hoi-thoai/')) == (True, 1)


async def test_a_caller_with_two_matters_has_two_reports(office: Office, agent: Member) -> None:
    """The second is written in the same call, pressed twice; neither is taken for the other."""
    async with on_a_call(office, agent) as (desk, caller, _):
        form = await post(desk, BEGIN, **{"cuoc-goi": caller.id, "so": PHONE})
        first = code_in(await desk.submit(form, WRITING, **TOLD))
        form = await post(desk, BEGIN, **{"cuoc-goi": caller.id, "so": PHONE})
        other = {**TOLD, "content": "Nắp cống trước trường học bị vỡ."}
        second, again = [code_in(await desk.submit(form, WRITING, **other)) for _ in range(2)]
    await office.world.settle()

    read = office.world.deployment.database.read
    rows = [await read(partial(reports.by_code, code=code)) for code in (first, second)]
    assert (first != second, second == again, rows[0].case_id != rows[1].case_id) == (True, True, True)
    assert {one.code for one in (await office.app[NOTES].reports_of([caller.id]))[caller.id]} == {first, second}
    leave_call(office.world, "whole", id=caller.id, talked=True, agent=agent.id)
    await hand_over(office.world)
    async with office.desk(agent) as desk:
        pages = [(await desk.get(f"{CASES}/{row.case_id}")).text for row in rows]
        listed = (await desk.get("/console/cuoc-goi")).text
    assert ["Cuộc gọi đã ghi phản ánh này" in page for page in pages] == [True, True]
    assert [f"{CASES}/{row.case_id}" in listed for row in rows] == [True, True]


async def test_without_a_channel_to_telephones_the_agent_is_told(office: Office, agent: Member) -> None:
    async with on_a_call(office, agent) as (desk, caller, _):
        assert "chưa có kênh nhắn tin" in (await post(desk, LINK, **{"cuoc-goi": caller.id})).text


async def test_only_whose_call_it_is_notes_anything_of_it(office: Office, agent: Member) -> None:
    with_phones(office.world)
    other = await hire(office.world, "Lê Văn Cường", ("receptionist", ""))
    async with on_a_call(office, agent) as (desk, caller, _), office.desk(other) as stranger:
        assert (await post(stranger, LINK, **{"cuoc-goi": caller.id, "so": PHONE})).status == 403
        assert (await post(stranger, RESULT, **{"cuoc-goi": caller.id, "ma": "reported"})).status == 403
        assert (await stranger.get(f"{PAGE}/den/{caller.id}")).status == 403
        assert (await post(desk, RESULT, **{"cuoc-goi": caller.id, "ma": "nothing"})).status == 400
