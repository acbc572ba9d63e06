"""Sign-in with the keyboard alone, on a wide and a narrow screen, and nothing axe would complain about."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.gateway.pages.axe import violations
from tests.gateway.pages.shell import PASSWORD, Site

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}


async def press(page: Page, *keys: str) -> None:
    """One key after the other."""
    for key in keys:
        await page.keyboard.press(key)


async def focused(page: Page) -> str:
    """Id or words of what has the focus."""
    return str(await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


@pytest.mark.rule("VN-13")
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "360 px"])
async def test_sign_in_by_keyboard(site: Site, browser: Browser, size: ViewportSize) -> None:
    """Skip link, fields in order, mistakes brought to the reader, second factor, account, sign-out."""
    await site.add_user()
    page = await browser.new_page(viewport=size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)

    await page.goto(f"{site.url}/console/tai-khoan")
    await press(page, "Tab")
    assert await focused(page) == "Đến nội dung chính"
    await press(page, "Enter", "Tab")
    assert await focused(page) == "login"
    await page.keyboard.type("an.nguyen")
    await press(page, "Tab")
    await page.keyboard.type("mat khau khong dung")
    await press(page, "Enter")
    await page.wait_for_selector("[data-error-summary]:focus")
    assert await violations(page) == []

    await press(page, "Tab", "Enter", "Tab")
    assert await focused(page) == "password"
    await page.keyboard.type(PASSWORD)
    await press(page, "Enter")
    await page.wait_for_url("**/console/xac-thuc*")
    await page.focus("details summary")
    await press(page, "Enter")
    site.secrets["an.nguyen"] = (await page.inner_text("code.secret")).replace(" ", "")
    assert await violations(page) == []
    await page.focus("#code")
    await page.keyboard.type(site.code())
    await press(page, "Enter")

    await page.wait_for_url("**/console/tai-khoan")
    assert await page.title() == "Tài khoản của tôi – Trung tâm tiếp nhận phản ánh hiện trường"
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]
    await page.focus(".user-menu summary")
    await press(page, "Enter", "Tab", "Tab")
    assert await focused(page) == "English"
    await press(page, "Tab")
    assert await focused(page) == "Đăng xuất"
    assert await violations(page) == []
    await press(page, "Escape")
    assert await page.get_attribute(".user-menu", "open") is None
    await press(page, "Enter", "Tab", "Tab", "Tab", "Enter")
    await page.wait_for_url("**/console/dang-nhap")
    assert complaints == []


async def test_sign_in_without_scripts(site: Site, browser: Browser) -> None:
    """Scripts are a comfort, not a condition."""
    await site.add_user()
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{site.url}/console/dang-nhap?tiep=/console/tai-khoan")
    await page.fill("#login", "an.nguyen")
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await page.click("details summary")
    site.secrets["an.nguyen"] = (await page.inner_text("code.secret")).replace(" ", "")
    await page.fill("#code", site.code())
    await page.click("main button >> nth=0")

    assert await page.inner_text("h1") == "Tài khoản của tôi"


async def test_pages_for_other_moments(site: Site, browser: Browser) -> None:
    """Change of phone, no such page, a crash: none of them with a barrier."""
    await site.add_user()
    await site.enrol()
    context = await browser.new_context(viewport=NARROW)
    await context.add_cookies([{"name": "langnghe", "value": site.cookie(), "url": site.url}])
    page = await context.new_page()
    for path in ("/console/tai-khoan/thiet-bi", "/khong-co", "/hong/1"):
        await page.goto(site.url + path)
        assert await violations(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], path
