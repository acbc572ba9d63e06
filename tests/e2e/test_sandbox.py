"""
`make run`, a browser, and nothing else: on each channel somebody reports on the sandbox's page, staff work on it, and
the result comes back on the same screen, where it is rated.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.support.serving import Served, fetch, start
from tests.support.usual import REGULATION

CHANNELS = ("zalo", "facebook", "telegram", "sms", "email")
WITH_BUTTONS = ("zalo", "facebook", "telegram")
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
RESULT = "Đơn vị đã thay bóng đèn tối nay."
LIGHTS = "cty_dien_luc"
CODE = re.compile(r"mã (\d{4} \d{4} \d{4})")
PHONE = {"width": 360, "height": 740}
PATIENCE = 60_000
NAMELESS = """[...document.querySelectorAll("button, select, textarea, input")]
    .filter((one) => !one.labels?.length && !one.textContent.trim()).map((one) => one.className)"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demo as `make run` starts it."""
    found = start(tmp_path_factory.mktemp("sandbox"), LANGNGHE_REGULATION=REGULATION)
    yield found
    assert found.stop() == 0


def call(served: Served, role: str, path: str, body: Any = None) -> Any:
    """The API with the token of a role."""
    return fetch(f"{served.demo['http']}/api/v1{path}", body, token=served.demo["tokens"][role])


def work_on(served: Served, code: str) -> str:
    """Staff receive, dispatch, handle, approve and publish the case; its id."""
    case = call(served, "receptionist", f"/cases?q={code.replace(' ', '')}")["items"][0]["id"]
    steps = (
        ("receptionist", "accept", {}),
        ("distributor", "dispatch", {"agencies": [LIGHTS]}),
        ("officer", "accept_dispatch", {}),
        ("officer", "submit_result", {"result": "Đã thay bóng."}),
        ("leader", "approve", {}),
        ("editor", "publish", {"text": RESULT}),
    )
    for role, name, body in steps:
        call(served, role, f"/cases/{case}/commands/{name}", body)
    return str(case)


async def open_page(served: Served, browser: Browser, **context: Any) -> Page:
    """By the link that the demo's start page shows."""
    page = await (await browser.new_context(**context)).new_page()
    await page.goto(served.demo["http"])
    await page.get_by_role("link", name="Mở môi trường thử").click()
    await page.wait_for_url(f"{served.demo['sandbox']['page']}/sandbox")
    await expect(page.locator("#ket-noi")).to_have_text("Đang cập nhật trực tiếp.")
    return page


def screen_of(page: Page, channel: str) -> Locator:
    """The phone or mailbox of a channel."""
    return page.locator(f"[data-channel={channel}]")


async def write(screen: Locator, text: str) -> None:
    """With the keyboard alone."""
    field = screen.get_by_label("Nội dung")
    await field.focus()
    await field.press_sequentially(text, delay=0)
    await screen.get_by_role("button", name="Gửi", exact=True).press("Enter")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_report_is_answered_and_rated_on_its_own_screen(served: Served, browser: Browser, channel: str) -> None:
    """Words and a picture go in; the code, the result and the thanks come back."""
    page = await open_page(served, browser)
    screen = screen_of(page, channel)
    office = screen.locator(".line--office")
    await screen.get_by_label("Nội dung").fill(LAMP)
    await screen.get_by_role("button", name="Ảnh mẫu").click()
    await expect(screen.locator(".line--citizen .line__state")).to_contain_text("Hệ thống đã nhận")
    await expect(screen.locator(".line__photo")).to_have_js_property("complete", value=True)
    await expect(office.first).to_contain_text(CODE, timeout=PATIENCE)
    told = CODE.search(await office.first.inner_text())
    assert told is not None

    case = work_on(served, told[1])
    words = "có kết quả xử lý" if channel == "sms" else RESULT
    await expect(office.filter(has_text=words)).to_have_count(1, timeout=PATIENCE)
    said = await office.count()
    if channel in WITH_BUTTONS:
        await screen.get_by_role("button", name="Hài lòng", exact=True).last.click()
    else:
        await write(screen, "Hài lòng")
    await expect(office).to_have_count(said + 1, timeout=PATIENCE)
    published = call(served, "editor", f"/cases/{case}")["answers"][-1]
    assert [one["level"]["id"] for one in published["ratings"]] == ["satisfied"]


async def test_a_provider_that_is_busy_delays_and_loses_nothing(served: Served, browser: Browser) -> None:
    """429: nothing comes; the mood is over: it comes once. What is kept back comes as well."""
    page = await open_page(served, browser)
    screen = screen_of(page, "zalo")
    await screen.get_by_label("Người dân").select_option(label="Trần Thị Bình (+84900000002)")
    await screen.get_by_label("Nhà cung cấp").select_option("throttled")
    await write(screen, "Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa, mùi hôi thối.")
    await expect(screen.locator(".line--citizen .line__state")).to_contain_text("Hệ thống đã nhận")
    await expect(screen.locator(".line--office")).to_have_count(0)

    await screen.get_by_label("Nhà cung cấp").select_option("out_of_order")
    await write(screen, "Ảnh sẽ gửi sau.")
    await expect(screen.locator(".line__state").last).to_contain_text("Nhà cung cấp đang giữ lại")
    await expect(screen.locator(".line--office", has_text=CODE)).to_have_count(1, timeout=2 * PATIENCE)
    await expect(screen.locator(".line--citizen .line__state").last).to_contain_text("Hệ thống đã nhận")
    await screen.get_by_label("Nhà cung cấp").select_option("normal")


async def test_a_sandbox_that_died_is_joined_again(served: Served, browser: Browser) -> None:
    """It forgot its tokens and hooks; the page comes back by itself, and what is written there is answered."""
    page = await open_page(served, browser)
    (first,) = served.sandbox_ids()
    os.kill(first, signal.SIGKILL)
    await expect(page.locator("#ket-noi")).to_have_text(re.compile("Mất kết nối"), timeout=PATIENCE)
    await expect(page.locator("#ket-noi")).to_have_text("Đang cập nhật trực tiếp.", timeout=PATIENCE)
    for channel in ("zalo", "telegram"):
        screen = screen_of(page, channel)
        await screen.get_by_label("Người dân").select_option(index=2)
        await write(screen, LAMP)
        await expect(screen.locator(".line--office", has_text=CODE)).to_have_count(1, timeout=2 * PATIENCE)


async def test_the_page_fits_a_phone_and_says_what_cannot_be_done(served: Served, browser: Browser) -> None:
    """One screen below the other; every control has a name; nothing sticks out."""
    page = await open_page(served, browser, viewport=PHONE)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    lefts = {round((await screen_of(page, name).bounding_box() or {"x": -1})["x"]) for name in CHANNELS}
    assert len(lefts) == 1
    assert await page.evaluate(NAMELESS) == []
    assert await page.locator("h1").inner_text() == "Môi trường thử"
    assert "MÔI TRƯỜNG THỬ" in await page.locator(".demo-banner").inner_text()
