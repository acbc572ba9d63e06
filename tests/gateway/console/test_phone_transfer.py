"""Two agents in two windows, a caller on the telephone: asked first and handed over, given at once, and keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from channels.call_center.agents.outside import Outside
from channels.call_center.ports import Ended
from gateway.console.phone.page import PAGE
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Office
from tests.gateway.console.telephones import Caller, Telephony, hears, phone_page, sit_down, telephony
from tests.gateway.console.test_browser import WIDE, page_of
from tests.gateway.pages.axe import violations
from tests.support.chromium import open_browser, until
from tests.support.sounding import AGENT_HERTZ, CALLER_HERTZ, LISTEN, MUSIC_HERTZ, RAW_SOUND, loud, microphone, quiet
from tests.support.waiting import PATIENCE
from tests.support.waiting import until as until_true

pytestmark = pytest.mark.timeout(300)

GUARD_HERTZ = 620


@dataclass
class TwoAgents:
    """Lan and Minh, each at a telephone in a browser of their own, free."""

    running: Telephony
    lan: Page
    minh: Page


@dataclass
class Guard(Caller):
    """Whoever answers at a place outside."""

    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self, _number: str) -> Any:
        """As a line calls it."""
        return self

    async def events(self) -> AsyncIterator[Ended]:
        """Until somebody hangs up."""
        await self.over.wait()
        yield Ended("them")

    async def hangup(self) -> None:
        """It is over."""
        self.over.set()


@asynccontextmanager
async def two_agents(office: Office, tmp_path: Path) -> AsyncIterator[TwoAgents]:
    """Lan sits down first, so that callers ring there."""
    async with telephony(office) as running, open_browser(*microphone(tmp_path)) as browser:
        pages = []
        for name in ("Phạm Thị Lan", "Đỗ Văn Minh"):
            page = await page_of(office, browser, await hire(office.world, name, ("receptionist", "")), WIDE)
            await page.add_init_script(RAW_SOUND)
            await page.goto(office.url + PAGE)
            await sit_down(page)
            await page.evaluate(LISTEN)
            pages.append(page)
        yield TwoAgents(running, *pages)


async def test_a_colleague_is_asked_and_gets_the_call(office: Office, tmp_path: Path) -> None:
    """By keyboard alone: the caller hears music, all three talk, then the colleague has the call."""
    async with two_agents(office, tmp_path) as both:
        caller, served = await both.running.ring()
        await both.lan.wait_for_selector("[data-ringing]:not([hidden])")
        for key in ("a", "t", "1"):
            await both.lan.keyboard.press(key)
            await both.lan.wait_for_selector("[data-talking]:not([hidden])")
            if key == "t":
                await both.lan.wait_for_selector("[data-colleagues] :text('Hỏi trước (1)')")
        await both.minh.wait_for_selector("text=Phạm Thị Lan hỏi về cuộc gọi này")
        await until_true(lambda: hears(caller, MUSIC_HERTZ), "music for the caller")
        await both.minh.keyboard.press("a")
        await until(both.minh, f"{loud(AGENT_HERTZ)} && {quiet(CALLER_HERTZ)}")
        assert await violations(both.lan) == []
        await both.lan.keyboard.press("3")
        await until(both.minh, f"{loud(CALLER_HERTZ)} && {loud(AGENT_HERTZ)}")
        await both.lan.keyboard.press("g")
        await both.lan.wait_for_selector("[data-wrap-up]:not([hidden])")
        await until(both.minh, f"{quiet(AGENT_HERTZ)} && {loud(CALLER_HERTZ)}")
        caller.phone.heard.clear()
        await until_true(lambda: hears(caller, AGENT_HERTZ), "the colleague is heard")
        await both.minh.keyboard.press("e")
        assert (await asyncio.wait_for(served, PATIENCE)).outcome == "talked"


async def test_a_call_is_given_away_at_once_and_keys_reach_the_caller(office: Office, tmp_path: Path) -> None:
    async with two_agents(office, tmp_path) as both:
        caller, _served = await both.running.ring()
        await both.lan.click('[data-do="take"]')
        await both.lan.wait_for_selector("[data-talking]:not([hidden])")
        await both.lan.keyboard.press("5")
        await until_true(lambda: any(one.payload_type == 101 for one in caller.phone.heard), "a key (RFC 4733)")
        await both.lan.keyboard.press("t")
        await both.lan.click("[data-colleagues] :text('Chuyển ngay')")
        await both.minh.click('[data-do="take"]')
        await until(both.minh, loud(CALLER_HERTZ))
        await both.lan.wait_for_selector("[data-wrap-up]:not([hidden])")


async def test_a_place_outside_is_asked_and_gets_the_call(office: Office, tmp_path: Path) -> None:
    """By its name: the caller hears music, the agent the place, at last both each other without the agent."""
    async with phone_page(office, tmp_path) as lan, telephony(office) as running:
        guard = Guard(*await running.line(GUARD_HERTZ))
        running.desk.outside = Outside(running.desk, {"Trực ban huyện": "0232000001"}, guard.reached)
        await sit_down(lan)
        await lan.evaluate(LISTEN)
        caller, served = await running.ring()
        await lan.click('[data-do="take"]')
        await lan.wait_for_selector("[data-talking]:not([hidden])")
        await lan.keyboard.press("t")
        await lan.click("[data-outside] :text('Gọi hỏi')")
        await lan.wait_for_selector("text=Đang hỏi Trực ban huyện")
        await until_true(lambda: hears(caller, MUSIC_HERTZ), "music for the caller")
        await until(lan, loud(GUARD_HERTZ))
        assert await violations(lan) == []
        await lan.keyboard.press("g")
        await lan.wait_for_selector("[data-wrap-up]:not([hidden])")
        caller.phone.heard.clear()
        await until_true(lambda: hears(caller, GUARD_HERTZ), "the place is heard")
        await until_true(lambda: hears(guard, CALLER_HERTZ), "and the caller there")
        await guard.hangup()
        assert (await asyncio.wait_for(served, PATIENCE)).outcome == "talked"


async def test_another_page_shows_the_call_and_answers_it(office: Office, tmp_path: Path) -> None:
    """The telephone stays in its window, whatever page is worked on."""
    async with two_agents(office, tmp_path) as both:
        other = await both.lan.context.new_page()
        await other.goto(office.url + "/console")
        await other.wait_for_selector("[data-phone-bar]:not([hidden]) :text('Sẵn sàng nhận cuộc gọi')")
        caller, _served = await both.running.ring()
        await other.wait_for_selector(f"[data-phone-bar] :text('{caller.remote}')")
        assert await violations(other) == []
        await other.click('[data-bar="take"]')
        await until(both.lan, loud(CALLER_HERTZ))
        await other.goto(office.url + "/console/cuoc-goi")
        await other.click('[data-bar="hold"]')
        await until_true(lambda: hears(caller, MUSIC_HERTZ), "music while held")
        await both.lan.close(run_before_unload=False)
        await until(other, "document.querySelector('[data-phone-bar]').hidden")
