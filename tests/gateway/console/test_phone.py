"""The agents' telephone in a real browser: a call comes, is answered, heard both ways, held, and survives a reload."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from core.storage import people
from gateway.auth.ending import tell_ended
from gateway.call_notes import NOTES
from gateway.console.phone.page import PAGE
from tests.gateway.api.staffing import LIGHTS, centre, hire, report
from tests.gateway.console.office import Office, open_office
from tests.gateway.console.telephones import (
    hears,
    hold,
    lose_the_line,
    mute,
    phone_page,
    read,
    ring_out_of_sight,
    sit_down,
    telephone,
    telephony,
    tones,
    write_down,
)
from tests.gateway.pages.axe import violations
from tests.support.chromium import until
from tests.support.deployments import World
from tests.support.sounding import (
    AGENT_HERTZ,
    CALLER_HERTZ,
    LISTEN,
    NO_MICROPHONE,
    loud,
    quiet,
)
from tests.support.waiting import PATIENCE
from tests.support.waiting import until as until_true

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with open_office(world) as opened:
        yield opened


async def test_a_call_is_answered_heard_both_ways_held_and_found_again(office: Office, tmp_path: Path) -> None:
    asked: list[str] = []
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        await until(page, "document.querySelectorAll('[data-input] option').length > 1")
        caller, served = await ring_out_of_sight(page, running)
        assert "+84900000001" in await page.inner_text("[data-ringing] [data-number]")
        await page.wait_for_selector("text=Chưa có hồ sơ nào của số này.")
        assert await violations(page) == []
        await page.keyboard.press("a")
        await page.wait_for_selector("[data-talking]:not([hidden])")
        await page.evaluate(LISTEN)
        await until(page, f"{loud(CALLER_HERTZ)} && {quiet(AGENT_HERTZ)}")
        await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard")
        caller.media.record(tmp_path / "whole.wav")
        await until_true(lambda: len(read(tmp_path / "whole.wav")) > 64_000, "two seconds are kept")
        recorded = await caller.media.stop_recording()
        assert recorded is not None
        assert tones(recorded.path) == (CALLER_HERTZ, AGENT_HERTZ)
        await mute(page, caller)
        await lose_the_line(page)
        await hold(page, caller)
        await page.keyboard.press("n")
        await page.fill("[data-writing] [name=content]", "Cây đổ chắn ngang đường.")
        await until(page, "Object.values(sessionStorage).join().includes('Cây đổ')")
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        page.on("dialog", lambda dialog: asked.append(dialog.type))
        await page.reload()
        assert asked == ["beforeunload"], "who would leave a call is asked first"
        await page.wait_for_selector("[data-talking]:not([hidden])")
        await page.click("[data-caller] button:has-text('Ghi phản ánh')")
        await until(
            page, "document.querySelector('[data-writing] [name=content]')?.value === 'Cây đổ chắn ngang đường.'"
        )
        assert await page.input_value("[data-writing] [name=phone]") == caller.remote
        assert await violations(page) == []
        await write_down(page)
        caller.phone.heard.clear()
        await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard again")
        await page.keyboard.press("e")
        assert (await asyncio.wait_for(served, PATIENCE)).outcome == "talked"
        await page.wait_for_selector("[data-wrap-up]:not([hidden])")
        await page.keyboard.press("w")
        await page.wait_for_selector("text=Vui lòng chọn kết quả cuộc gọi")
        await page.keyboard.press("1")
        await page.keyboard.press("w")
        await until(page, "document.querySelector('[data-phone]').dataset.shown === 'available'")
    counted = await office.app[NOTES].codes(since=office.world.clock(), until=office.world.clock() + timedelta(days=1))
    assert counted == {"reported": 1}


async def test_without_telephony_the_page_says_so_and_comes_back_by_itself(office: Office, tmp_path: Path) -> None:
    async with phone_page(office, tmp_path) as page:
        await page.wait_for_selector("text=Tổng đài đang khởi động lại")
        async with telephony(office):
            await until(page, "document.querySelector('[data-state]').textContent.startsWith('Đang tạm nghỉ')")


async def test_a_microphone_that_is_refused_is_explained(office: Office, tmp_path: Path) -> None:
    """…and stays so, whatever else fails or begins to work meanwhile."""
    async with phone_page(office, tmp_path) as page:
        await page.wait_for_selector("text=Tổng đài đang khởi động lại")
        await page.evaluate(NO_MICROPHONE)
        await page.click("[data-sound]")
        await page.wait_for_selector("text=chọn Cho phép micro")
        await page.evaluate("window.sockets.at(-1).close()")
        await until(page, "window.sockets.length > 1 && window.sockets[1].readyState === WebSocket.OPEN")
        assert "chọn Cho phép micro" in await page.inner_text("[data-problem]")
        async with telephony(office):
            await until(page, "document.querySelector('[data-state]').textContent.startsWith('Đang tạm nghỉ')")
            assert "chọn Cho phép micro" in await page.inner_text("[data-problem]")


async def test_the_microphone_is_on_however_often_it_is_asked_for(office: Office, tmp_path: Path) -> None:
    """Each press begins a connection and ends the one before, which is nothing anybody has to read."""
    async with telephony(office), phone_page(office, tmp_path) as page:
        await page.evaluate("for (let n = 0; n < 5; n++) document.querySelector('[data-sound]').click()")
        await until(page, "document.querySelectorAll('[data-input] option').length > 1")
        await page.click('[data-do="available"]')
        await until(page, "document.querySelector('[data-phone]').dataset.shown === 'available'")
        assert await page.inner_text("[data-problem]") == ""


async def test_another_site_cannot_speak_in_an_agents_name(office: Office) -> None:
    """Cookies travel to a websocket from anywhere; the page's token does not."""
    async with office.desk(await centre(office.world)) as desk:
        socket = await desk.client.ws_connect(office.url + PAGE + "/kenh")
        await socket.send_str("0" * 64)
        assert (await socket.receive()).data == 4003


async def test_a_supervisor_sees_the_floor_and_listening_is_logged(office: Office, tmp_path: Path) -> None:
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        caller, _served = await running.ring()
        await page.click('[data-do="take"]')
        await page.wait_for_selector("[data-board] td:has-text('Đang nói chuyện')")
        assert await violations(page) == []
        chief = await hire(office.world, "Lê Văn Cường", ("distributor", ""))
        async with office.desk(chief) as desk, telephone(desk, office.url) as (say, _hear):
            await say({"do": "supervise", "call": caller.id, "part": "listen"})
            await page.wait_for_selector("[data-board] td:has-text('có Lê Văn Cường')")
        logged = await office.world.deployment.database.read(partial(people.accesses, ref=caller.id))
        assert [(who, what) for _at, who, what in logged] == [(chief.id, "call_listen")]


async def test_who_supervises_nobody_may_not_listen(office: Office) -> None:
    receptionist = await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))
    async with telephony(office), office.desk(receptionist) as desk, telephone(desk, office.url) as (say, hear):
        for command in ({"do": "watch", "on": True}, {"do": "supervise", "call": "x", "part": "listen"}):
            await say(command)
            assert (await hear("refused"))["why"] == "not_allowed"
        await say({"do": "watch"})
        assert (await hear("refused"))["why"] == "unread"


async def test_who_is_signed_out_hears_nobody_any_more(office: Office) -> None:
    """At once, whichever page they left by; the floor counts on them no longer."""
    receptionist = await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))
    async with telephony(office) as running, office.desk(receptionist) as desk:
        page = await desk.get(PAGE)
        token = page.text.partition('data-token="')[2].partition('"')[0]
        async with desk.client.ws_connect(office.url + PAGE + "/kenh") as socket:
            await socket.send_str(token)
            await until_true(lambda: receptionist.id in running.desk.seats, "signed in")
            await desk.submit(page, "/console/dang-xuat")
            async with asyncio.timeout(PATIENCE):
                while not (said := await socket.receive()).type.name.startswith("CLOSE"):
                    pass
            assert said.data == 4002
        await until_true(lambda: receptionist.id not in running.desk.acd.agents, "nobody there")


@pytest.mark.parametrize(
    ("grants", "lost"),
    [
        ((("receptionist", ""), ("officer", LIGHTS)), ("receptionist", "")),
        ((("receptionist", ""), ("distributor", "")), ("distributor", "")),
    ],
    ids=["answering", "listening in"],
)
async def test_who_loses_the_role_hears_nobody_any_more(
    office: Office, grants: tuple[tuple[str, str], ...], lost: tuple[str, str]
) -> None:
    """An administrator takes it away while the page is open: it is closed at once, though the session goes on."""
    agent, admin = await hire(office.world, "Phạm Thị Dung", *grants), await hire(office.world, "Lê An", ("admin", ""))
    async with telephony(office) as running, office.desk(agent) as desk, office.desk(admin) as other:
        token = (await desk.get(PAGE)).text.partition('data-token="')[2].partition('"')[0]
        async with desk.client.ws_connect(office.url + PAGE + "/kenh") as socket:
            await socket.send_str(token)
            await until_true(lambda: agent.id in running.desk.seats, "signed in")
            person = f"/console/nguoi-dung/{agent.id}"
            shown = await other.get(person)
            took = await other.submit(shown, f"{person}/vai-tro/bo", role=lost[0], agency=lost[1])
            async with asyncio.timeout(PATIENCE):
                while not (said := await socket.receive()).type.name.startswith("CLOSE"):
                    pass
        await until_true(lambda: agent.id not in running.desk.acd.agents, "nobody there")
        still = await desk.get("/console/tai-khoan")
    assert (took.status, said.data, still.status) == (303, 4002, 200)


async def test_who_loses_another_role_goes_on_answering(office: Office) -> None:
    """A call in hand is not cut because somebody's stand-in for an agency is over."""
    agent = await hire(office.world, "Phạm Thị Dung", ("receptionist", ""), ("officer", LIGHTS))
    deployment = office.world.deployment
    async with telephony(office), office.desk(agent) as desk, telephone(desk, office.url) as (say, hear):
        await deployment.database.write(
            partial(people.revoke_grant, user_id=agent.id, role="officer", agency_id=LIGHTS)
        )
        tell_ended(deployment, agent.id)
        await say({"do": "watch", "on": True})
        assert (await hear("refused"))["why"] == "not_allowed"


async def test_the_number_tells_who_may_be_calling(office: Office, tmp_path: Path) -> None:
    """Masked and unproved: their reports, the open ones first, and when they were last in touch."""
    await report(office.world)
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        await running.ring()
        shown = await page.wait_for_selector("[data-caller] :text('Số chưa xác minh')")
        assert shown is not None
        told = await page.inner_text("[data-caller]")
        assert "1 phản ánh" in told
        assert "Liên hệ gần đây" in told
        assert "Nguyễn Văn An" not in told
        assert await violations(page) == []
