"""Proving a number in a real browser: on a small phone, accessible, nothing typed lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.gateway.portal.citizen import CONTENT, PLACE
from tests.gateway.portal.test_browser import check, opened
from tests.gateway.portal.test_proof import REGULATION, WHO
from tests.support.codes import with_phones
from tests.support.deployments import World, open_world


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment under a regulation that wants the number proved."""
    url = "" if database_url.startswith("sqlite") else database_url
    async with open_world(tmp_path / "var", database_url=url, regulation=REGULATION) as opened:
        yield opened


async def fill(page: Page) -> None:
    """A complete form, sent."""
    await page.goto("/phan-anh")
    await page.locator("summary", has_text="Thời gian").evaluate("one => one.parentElement.open = true")
    for name in ("name", "phone", "email", "occurred"):
        await page.fill(f"#{name}", WHO[name])
    await page.fill("#content", CONTENT)
    await page.fill("#place", PLACE)
    await page.check("#consent")
    await page.click("text=Gửi phản ánh >> nth=-1")
    await page.wait_for_url("**/phan-anh/xac-nhan")


@pytest.mark.rule("QB-QD.III.1.1a", "VN-13")
async def test_phone_code_accepted_and_followed_without_the_pin(world: World, browser: Browser) -> None:
    phones = with_phones(world)
    async with opened(world, browser) as page:
        await fill(page)
        await check(page)
        await world.settle()
        await page.fill("#otp", "12")
        await page.click("text=Xác nhận và gửi phản ánh")
        await expect(page.locator("[data-error-summary]")).to_be_focused()
        await check(page)
        await page.click("text=Sửa lại nội dung")
        await expect(page.locator("#content")).to_have_value(CONTENT)
        await page.goto("/phan-anh/xac-nhan")

        await page.fill("#otp", phones.codes()[0])
        await page.click("text=Xác nhận và gửi phản ánh")
        await page.wait_for_url("**/phan-anh/da-gui")
        code = await page.inner_text("#ma")
        await world.settle()

        await page.context.clear_cookies()
        world.clock.advance(minutes=2)
        await page.goto("/tra-cuu")
        await page.fill("#code", code)
        await page.click("text=Nhận mã xác nhận")
        await page.wait_for_url("**/tra-cuu/ma-xac-nhan")
        await check(page)
        await world.settle()
        await page.fill("#otp", phones.codes()[-1])
        await page.click("text=Xem phản ánh")
        await page.wait_for_url("**/tra-cuu/phan-anh")
        await expect(page.get_by_text(CONTENT).first).to_be_visible()


@pytest.mark.rule("VN-4")
async def test_who_goes_back_after_sending_finds_an_empty_form(world: World, browser: Browser) -> None:
    """On a machine that others use too: the browser would fill name and number in again."""
    phones = with_phones(world)
    async with opened(world, browser) as page:
        await fill(page)
        await world.settle()
        await page.go_back()
        await expect(page.locator("#phone")).to_have_value(WHO["phone"])
        await page.go_forward()
        await page.fill("#otp", phones.codes()[0])
        await page.click("text=Xác nhận và gửi phản ánh")
        await page.wait_for_url("**/phan-anh/da-gui")

        for _ in range(2):
            await page.go_back()
        await page.wait_for_url("**/phan-anh")

        for name in ("name", "phone", "email", "content"):
            await expect(page.locator(f"#{name}")).to_have_value("")


@pytest.mark.rule("QB-QD.III.1.1a", "VN-13")
async def test_whom_no_code_reaches_asks_to_be_called(world: World, browser: Browser) -> None:
    with_phones(world)
    async with opened(world, browser) as page:
        await fill(page)
        world.clock.advance(minutes=1)
        await page.click("text=Không nhận được mã?")
        await check(page)
        await page.get_by_role("button", name="Nhờ Trung tâm gọi lại").click()
        await page.wait_for_url("**/phan-anh/da-gui")
