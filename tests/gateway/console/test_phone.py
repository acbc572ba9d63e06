"""The agents' telephone in a real browser: a call comes, is answered, heard both ways, held, and survives a reload."""

from __future__ import annotations

import asyncio
import math
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents.caller import Served, Wanted
from channels.call_center.agents.commands import Commands
from channels.call_center.agents.desk import Desk
from channels.call_center.media.engine import Engine
from channels.call_center.media.leg import Leg
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tests.phone import Phone, strength, tone
from channels.call_center.ports import Way
from channels.call_center.webrtc.inside import MediaPlace
from core.storage import people
from gateway.call_notes import NOTES
from gateway.console.phone.page import PAGE
from gateway.telephony.agents_link import AgentsLink
from gateway.telephony.paths import agents_socket
from tests.gateway.api.staffing import centre, hire, report
from tests.gateway.console.office import Desk as Browsing
from tests.gateway.console.office import Office, open_office
from tests.gateway.console.test_browser import WIDE, page_of
from tests.gateway.pages.axe import violations
from tests.support.chromium import open_browser, until
from tests.support.deployments import World
from tests.support.sounding import (
    AGENT_HERTZ,
    CALLER_HERTZ,
    LISTEN,
    MUSIC_HERTZ,
    NO_MICROPHONE,
    RAW_SOUND,
    Hum,
    microphone,
)
from tests.support.waiting import until as until_true

HERE = MediaPlace("127.0.0.1")
TONES = (AGENT_HERTZ, CALLER_HERTZ, MUSIC_HERTZ)
Say = Callable[[dict[str, Any]], Awaitable[None]]
Hear = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass
class Caller:
    """A call that is up: its leg here, the telephone at the other end."""

    media: Leg
    phone: Phone
    id: str = "0" * 31 + "1"
    remote: str = "+84900000001"
    way: Way = Way.IN
    trunk: str = "carrier"
    called: str = "1022"


@dataclass
class Telephony:
    """The telephony process's part, in this process."""

    desk: Desk
    engine: Engine
    talking: list[asyncio.Task[object]] = field(default_factory=list)

    async def ring(self) -> tuple[Caller, asyncio.Task[Served]]:
        """A caller who hums 1000 Hz wants an agent."""
        caller = Caller(*await self.line(CALLER_HERTZ))
        return caller, asyncio.create_task(self.desk.serve(caller, Wanted("reports")))

    async def line(self, hertz: float) -> tuple[Leg, Phone]:
        """A telephone that hums, and our leg to it."""
        phone, leg = await Phone.open(), self.engine.open()
        leg.talk(phone.plan)
        self.talking.append(asyncio.create_task(phone.talk(leg.local, tone(hertz, seconds=60))))
        return leg, phone


@asynccontextmanager
async def telephony(office: Office, place: MediaPlace = HERE) -> AsyncIterator[Telephony]:
    """Engine, desk and link; `place`: where browsers are met."""
    engine = Engine("127.0.0.1", range(0), Hum(), settings=MediaSettings(latest_ms=math.inf))
    link = AgentsLink(agents_socket(office.world.deployment.settings.data))
    desk = Desk(Acd({"reports": Queue("reports")}), tell=link.tell, now=lambda: datetime.now(UTC))
    await engine.start()
    await desk.start()
    await link.start(Commands(desk, legs=engine, place=place))
    running = Telephony(desk, engine)
    try:
        yield running
    finally:
        for task in running.talking:
            task.cancel()
        await link.stop()
        await desk.stop()
        await engine.stop()


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with open_office(world) as opened:
        yield opened


@asynccontextmanager
async def phone_page(office: Office, tmp_path: Path) -> AsyncIterator[Page]:
    """The page of a receptionist whose microphone hears 440 Hz."""
    member = await centre(office.world)
    async with open_browser(*microphone(tmp_path)) as browser:
        page = await page_of(office, browser, member, WIDE)
        await page.add_init_script(RAW_SOUND)
        await page.goto(office.url + PAGE)
        yield page


async def sit_down(page: Page) -> None:
    """Microphone on, free for calls."""
    await page.click("[data-sound]")
    await page.click('[data-do="available"]')
    await until(page, "document.querySelector('[data-phone]').dataset.shown === 'available'")


@asynccontextmanager
async def telephone(desk: Browsing, url: str) -> AsyncIterator[tuple[Say, Hear]]:
    """The websocket of a page without the page: say a command, hear the next news of a kind."""
    page = await desk.get(PAGE)
    token = page.text.partition('data-token="')[2].partition('"')[0]
    async with desk.client.ws_connect(url + PAGE + "/kenh") as socket:
        await socket.send_str(token)

        async def hear(kind: str) -> dict[str, Any]:
            async with asyncio.timeout(20):
                while (told := await socket.receive_json())["tell"] != kind:
                    pass
            return dict(told)

        await hear("status")
        yield socket.send_json, hear


def read(path: Path) -> bytes:
    """What a file holds; nothing before it is there."""
    return path.read_bytes() if path.exists() else b""


def tones(path: Path) -> tuple[int, int]:
    """Which of our tones is strongest on the left and on the right of a recording."""
    with wave.open(str(path)) as file:
        frames, size = file.readframes(file.getnframes()), 2 * file.getnchannels()
    sides = (b"".join(frames[at + side : at + side + 2] for at in range(0, len(frames), size)) for side in (0, 2))
    left, right = (max(TONES, key=lambda hertz, heard=heard: strength(heard[-16000:], hertz)) for heard in sides)
    return left, right


def hears(caller: Caller, hertz: int) -> bool:
    """Whether the last half second at the caller's ear is this tone."""
    heard = caller.phone.linear()[-8000:]
    return len(heard) == 8000 and strength(heard, hertz) > 1000


async def test_a_call_is_answered_heard_both_ways_held_and_found_again(office: Office, tmp_path: Path) -> None:
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        caller, served = await running.ring()
        await page.wait_for_selector("[data-ringing]:not([hidden])")
        assert "+84900000001" in await page.inner_text("[data-ringing] [data-number]")
        await page.wait_for_selector("text=Chưa có hồ sơ nào của số này.")
        assert await violations(page) == []
        await page.keyboard.press("a")
        await page.wait_for_selector("[data-talking]:not([hidden])")
        await page.evaluate(LISTEN)
        await until(page, f"window.loudness({CALLER_HERTZ}) > -50 && window.loudness({AGENT_HERTZ}) < -80")
        await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard")
        caller.media.record(tmp_path / "whole.wav")
        await until_true(lambda: len(read(tmp_path / "whole.wav")) > 64_000, "two seconds are kept")
        recorded = await caller.media.stop_recording()
        assert recorded is not None
        assert tones(recorded.path) == (CALLER_HERTZ, AGENT_HERTZ)
        await page.keyboard.press("h")
        await until(page, f"window.loudness({CALLER_HERTZ}) < -80")
        await until_true(lambda: hears(caller, MUSIC_HERTZ), "music while held")
        await page.keyboard.press("h")
        await until(page, f"window.loudness({CALLER_HERTZ}) > -50")
        await page.keyboard.press("n")
        await page.fill("[data-writing] [name=content]", "Cây đổ chắn ngang đường.")
        await until(page, "Object.values(sessionStorage).join().includes('Cây đổ')")
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        await page.reload()
        await page.wait_for_selector("[data-talking]:not([hidden])")
        await page.click("[data-caller] button:has-text('Ghi phản ánh')")
        await until(
            page, "document.querySelector('[data-writing] [name=content]')?.value === 'Cây đổ chắn ngang đường.'"
        )
        assert await page.input_value("[data-writing] [name=phone]") == caller.remote
        assert await violations(page) == []
        await page.fill("[data-writing] [name=place]", "Trước trạm y tế xã")
        await page.fill("[data-writing] [name=name]", "Nguyễn Văn An")
        await page.check("[data-writing] [name=consent]")
        await page.click("[data-writing] button:has-text('Ghi nhận phản ánh')")
        await page.wait_for_selector("[data-written] :text('Mã phản ánh')")
        caller.phone.heard.clear()
        await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard again")
        await page.keyboard.press("e")
        assert (await asyncio.wait_for(served, 10)).outcome == "talked"
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
    """…and stays so, whatever else begins to work meanwhile."""
    async with phone_page(office, tmp_path) as page:
        await page.wait_for_selector("text=Tổng đài đang khởi động lại")
        await page.evaluate(NO_MICROPHONE)
        await page.click("[data-sound]")
        await page.wait_for_selector("text=chọn Cho phép micro")
        async with telephony(office):
            await until(page, "document.querySelector('[data-state]').textContent.startsWith('Đang tạm nghỉ')")
            assert "chọn Cho phép micro" in await page.inner_text("[data-problem]")


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
            async with asyncio.timeout(20):
                while not (said := await socket.receive()).type.name.startswith("CLOSE"):
                    pass
            assert said.data == 4002
        await until_true(lambda: receptionist.id not in running.desk.acd.agents, "nobody there")


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
