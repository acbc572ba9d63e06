"""A second caller while the agent talks: seen on every page at once, and rings as soon as the first has been served."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page

from gateway.console.phone.page import PAGE
from tests.gateway.console.office import Office
from tests.gateway.console.telephones import Caller, hears, phone_page, sit_down, telephony
from tests.gateway.pages.axe import violations
from tests.support.chromium import until
from tests.support.sounding import AGENT_HERTZ, CALLER_HERTZ, LISTEN, loud
from tests.support.waiting import PATIENCE
from tests.support.waiting import until as until_true

pytestmark = pytest.mark.timeout(300)
ONE_WAITS = "1 người đang chờ trên đường dây."


async def test_a_second_caller_is_shown_during_a_call_and_rings_after_it(office: Office, tmp_path: Path) -> None:
    """Not hidden, and not in the way: the first call sounds on, its card stays, and nothing has to be looked for."""
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        first, served = await running.ring()
        await answer(page, first)
        await page.wait_for_selector("text=Không có ai đang chờ trên đường dây.")
        other = await page.context.new_page()
        await other.goto(f"{office.url}/console/cuoc-goi")
        await other.wait_for_selector(f"[data-phone-bar] :text('{first.remote}')")
        second, served_next = await running.ring(2)
        for one in (page, other):
            await one.wait_for_selector(f"text={ONE_WAITS}")
            assert await violations(one) == []
        assert await page.is_hidden("[data-ringing]")
        assert await page.inner_text("[data-talking] [data-number]") == first.remote
        first.phone.heard.clear()
        await until_true(lambda: hears(first, AGENT_HERTZ), "the first caller hears the agent all the while")
        await page.keyboard.press("e")
        assert (await asyncio.wait_for(served, PATIENCE)).outcome == "talked"
        await page.wait_for_selector("[data-wrap-up]:not([hidden])")
        await page.keyboard.press("1")
        await page.keyboard.press("w")
        await answer(page, second)
        await until_true(lambda: hears(second, AGENT_HERTZ), "the second caller hears the agent")
        await other.wait_for_selector(f"[data-phone-bar] :text('{second.remote}')")
        assert ONE_WAITS not in await other.inner_text("[data-phone-bar]")
        await page.keyboard.press("e")
        assert (await asyncio.wait_for(served_next, PATIENCE)).outcome == "talked"


async def test_a_second_caller_who_hangs_up_is_shown_no_longer(office: Office, tmp_path: Path) -> None:
    """And is told of in the reader's own language."""
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await page.goto(f"{office.url}{PAGE}?lang=en")
        await sit_down(page)
        await answer(page, (await running.ring())[0])
        _second, served = await running.ring(2)
        await page.wait_for_selector("text=Waiting on the line: 1.")
        served.cancel()
        await page.wait_for_selector("text=Nobody waits on the line.")


async def answer(page: Page, caller: Caller) -> None:
    """It rings with this number; after a key both talk, and the agent hears them."""
    await page.wait_for_selector(f"[data-ringing] :text('{caller.remote}')")
    await page.keyboard.press("a")
    await page.wait_for_selector("[data-talking]:not([hidden])")
    await page.evaluate(LISTEN)
    await until(page, loud(CALLER_HERTZ))
