"""An agent's telephone in a real browser, the floor it belongs to, and callers who hum."""

from __future__ import annotations

import asyncio
import math
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
from gateway.console.phone.page import PAGE
from gateway.telephony.agents_link import AgentsLink
from gateway.telephony.paths import agents_socket
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import Desk as Browsing
from tests.gateway.console.office import Office
from tests.gateway.console.test_browser import WIDE, page_of
from tests.support.chromium import open_browser, until
from tests.support.sounding import (
    AGENT_HERTZ,
    CALLER_HERTZ,
    MUSIC_HERTZ,
    RAW_SOUND,
    Hum,
    loud,
    microphone,
    quiet,
)
from tests.support.waiting import PATIENCE
from tests.support.waiting import until as until_true

HERE = MediaPlace("127.0.0.1")
TONES = (AGENT_HERTZ, CALLER_HERTZ, MUSIC_HERTZ)
SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); window.sockets.push(this); }
};
"""
OUT_OF_SIGHT = """
() => {
  window.notices = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, { body }) { window.notices.push(title + body); }
    addEventListener() {}
    close() {}
  };
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
}
"""
IN_SIGHT = "() => { delete document.hidden; return window.notices; }"
SLOW_S = 600.0
"""Agents of a busy machine take their time; what the floor does with those who take too long: `acd/tests`."""
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

    async def ring(self, number: int = 1) -> tuple[Caller, asyncio.Task[Served]]:
        """A caller who hums 1000 Hz wants an agent; `number`: which one."""
        media, phone = await self.line(CALLER_HERTZ)
        caller = Caller(media, phone, id=f"{number:032}", remote=f"+84{900000000 + number}")
        return caller, asyncio.create_task(self.desk.serve(caller, Wanted("reports")))

    async def line(self, hertz: float) -> tuple[Leg, Phone]:
        """A telephone that hums for as long as there is a floor, and our leg to it."""
        phone, leg = await Phone.open(), self.engine.open()
        leg.talk(phone.plan)
        self.talking.append(asyncio.create_task(phone.talk(leg.local, tone(hertz, seconds=1), again=True)))
        return leg, phone


@asynccontextmanager
async def telephony(office: Office, place: MediaPlace = HERE) -> AsyncIterator[Telephony]:
    """Engine, desk and link; `place`: where browsers are met."""
    engine = Engine("127.0.0.1", range(0), Hum(), settings=MediaSettings(latest_ms=math.inf))
    link = AgentsLink(agents_socket(office.world.deployment.settings.data))
    acd = Acd({"reports": Queue("reports", ring_s=SLOW_S, wrap_up_s=SLOW_S)}, lost_s=SLOW_S)
    desk = Desk(acd, tell=link.tell, now=lambda: datetime.now(UTC))
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


@asynccontextmanager
async def phone_page(office: Office, tmp_path: Path) -> AsyncIterator[Page]:
    """The page of a receptionist whose microphone hears 440 Hz."""
    member = await centre(office.world)
    async with open_browser(*microphone(tmp_path)) as browser:
        page = await page_of(office, browser, member, WIDE)
        await page.add_init_script(RAW_SOUND + SOCKETS)
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
            async with asyncio.timeout(PATIENCE):
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


def hears_nobody(caller: Caller) -> bool:
    """Whether neither voice nor music is in the last half second at the caller's ear."""
    heard = caller.phone.linear()[-8000:]
    return len(heard) == 8000 and max(strength(heard, hertz) for hertz in TONES) < 100


async def ring_out_of_sight(page: Page, running: Telephony) -> tuple[Caller, asyncio.Task[Served]]:
    """The page is behind others: the desktop tells of a call, and not of whom."""
    await page.evaluate(OUT_OF_SIGHT)
    caller, served = await running.ring()
    await page.wait_for_selector("[data-ringing]:not([hidden])")
    (notice,) = await page.evaluate(IN_SIGHT)
    assert notice.startswith("Cuộc gọi đến")
    assert caller.remote not in notice, "a lock screen is read by anybody"
    return caller, served


async def mute(page: Page, caller: Caller) -> None:
    """By its key, and back."""
    await page.keyboard.press("m")
    await until_true(lambda: hears_nobody(caller), "the microphone is off")
    await page.keyboard.press("m")
    await until_true(lambda: hears(caller, AGENT_HERTZ), "it is on again")


async def lose_the_line(page: Page) -> None:
    """The page's connection breaks: the call goes on, its quality is told again."""
    await page.evaluate("window.sockets.at(-1).close()")
    await until(page, "window.sockets.length === 2 && window.sockets[1].readyState === WebSocket.OPEN")
    await page.wait_for_selector("[data-talking]:not([hidden])")
    await until(page, f"{loud(CALLER_HERTZ)} && !document.querySelector('[data-quality]').hidden")


async def hold(page: Page, caller: Caller) -> None:
    """By its key, and back: music for the caller, nothing for the agent."""
    await page.keyboard.press("h")
    await until(page, quiet(CALLER_HERTZ))
    await until_true(lambda: hears(caller, MUSIC_HERTZ), "music while held")
    await page.keyboard.press("h")
    await until(page, loud(CALLER_HERTZ))


async def write_down(page: Page) -> None:
    """What the draft lacks; then it is a report."""
    await page.fill("[data-writing] [name=place]", "Trước trạm y tế xã")
    await page.fill("[data-writing] [name=name]", "Nguyễn Văn An")
    await page.check("[data-writing] [name=consent]")
    await page.click("[data-writing] button:has-text('Ghi nhận phản ánh')")
    await page.wait_for_selector("[data-written] :text('Mã phản ánh')")
