"""A citizen calls from the page: heard both ways, keys pressed, hung up, and told what to do where that cannot be."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.ports import Call, CallGone
from channels.call_center.webrtc.inside import MediaPlace
from channels.call_center.webrtc.trunk import PortalTrunk
from gateway.lines import LineServer
from gateway.portal.calling import CALL, PAGE
from gateway.telephony.paths import portal_socket
from gateway.telephony.portal_calls import PortalCalls
from tests.gateway.pages.axe import violations
from tests.gateway.portal.citizen import Citizen, Form, Shown
from tests.gateway.portal.conftest import portal_app
from tests.support.chromium import open_browser, until
from tests.support.deployments import World
from tests.support.sounding import LISTEN, MUSIC_HERTZ, NO_MICROPHONE, RAW_SOUND, Hum, loud, microphone


@dataclass
class Hotline:
    """The telephony process's part: answers each call, plays, collects one key, hangs up."""

    trunk: PortalTrunk
    keys: list[str] = field(default_factory=list)
    lost: list[Call] = field(default_factory=list)

    async def answer(self) -> None:
        """One call."""
        async for call in self.trunk.incoming():
            try:
                await call.answer()
                call.media.music("music")
                self.keys.append(await call.media.collect(1, first_s=60, next_s=1))
                await call.hangup()
            except CallGone:
                self.lost.append(call)
            await call.media.close()
            return


@asynccontextmanager
async def hotline(world: World, *, channels: int = 5) -> AsyncIterator[Hotline]:
    """Engine, trunk and socket."""
    engine = Engine("127.0.0.1", range(0), Hum(), settings=MediaSettings(latest_ms=math.inf))
    trunk = PortalTrunk(legs=engine, place=MediaPlace("127.0.0.1"), called="1022", channels=channels)
    server = LineServer(portal_socket(world.deployment.settings.data), PortalCalls(trunk).answer)
    await engine.start()
    await trunk.start()
    await server.start()
    try:
        yield Hotline(trunk)
    finally:
        await server.stop()
        await trunk.stop()
        await engine.stop()


@asynccontextmanager
async def page_of(world: World, tmp_path: Path) -> AsyncIterator[Page]:
    """The page in a browser whose microphone hums."""
    async with TestServer(portal_app(world.deployment)) as server, open_browser(*microphone(tmp_path)) as browser:
        page = await browser.new_page()
        await page.add_init_script(RAW_SOUND)
        await page.goto(str(server.make_url(PAGE)))
        yield page


async def offered(citizen: Citizen, offer: str) -> Shown:
    """What the page's script sends."""
    token = (await citizen.see(PAGE)).html.partition('data-token="')[2].partition('"')[0]
    return await citizen.send(Form(CALL, False, [("csrf", token)]), offer=offer)


@pytest.mark.rule("TG-4.1a")
async def test_a_call_from_the_page_is_heard_and_keys_arrive(world: World, tmp_path: Path) -> None:
    async with hotline(world) as line, page_of(world, tmp_path) as page:
        assert await violations(page) == []
        await page.click("[data-begin]")
        task = asyncio.ensure_future(line.answer())
        await page.wait_for_selector("[data-keys]:not([hidden])")
        assert await violations(page) == []
        await page.evaluate(LISTEN)
        await until(page, loud(MUSIC_HERTZ))
        await page.keyboard.press("7")
        await asyncio.wait_for(task, 20)
        assert line.keys == ["7"]
        await page.wait_for_selector("text=Cuộc gọi đã kết thúc")
        assert await page.is_visible("[data-begin]")


async def test_without_telephony_the_page_says_what_else_can_be_done(world: World, tmp_path: Path) -> None:
    async with page_of(world, tmp_path) as page:
        await page.click("[data-begin]")
        await page.wait_for_selector("[data-problem]:has-text('gửi phản ánh bằng biểu mẫu')")
        await page.evaluate(NO_MICROPHONE)
        await page.click("[data-begin]")
        await page.wait_for_selector("[data-problem]:has-text('chọn Cho phép micro')")


@pytest.mark.parametrize(
    ("given", "status"), [("rubbish", 422), ("v=0\r\n" * 5000, 422), ("", 422)], ids=["rubbish", "too long", "nothing"]
)
async def test_an_offer_that_is_none_is_refused(world: World, citizen: Citizen, given: str, status: int) -> None:
    async with hotline(world):
        answer = await offered(citizen, given)
    assert answer.status == status
    assert "Trình duyệt này không gọi được" in json.loads(answer.html)["message"]


async def test_a_full_line_and_too_many_calls_are_told(world: World, citizen: Citizen) -> None:
    async with hotline(world, channels=0):
        answers = [await offered(citizen, "v=0") for _ in range(11)]
    assert [answer.status for answer in answers] == [503] * 10 + [429]
    told = [json.loads(answer.html)["message"] for answer in answers]
    assert "Tổng đài đang nhận rất nhiều cuộc gọi" in told[0]
    assert "chờ ít phút" in told[-1]
