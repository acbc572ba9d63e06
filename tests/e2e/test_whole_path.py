"""
The whole path in a real browser: a citizen sends a report with a photo, five officials work it, the citizen reads the
answer, finds it published, and rates it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.e2e.people import PHONE, employ, open_first, open_form, press_step, send_form, sign_in, street_at_night
from tests.gateway.console.office import Office, open_office
from tests.support.chromium import until
from tests.support.deployments import World

LIGHTS, LIGHTS_NAME = "cty_dien_luc", "Công ty Điện lực Hương Trà Giang"
REPORT = "Đèn đường trước số 12 Lê Lợi hỏng ba hôm nay, tối rất nguy hiểm cho người đi bộ."
PLACE = "12 Lê Lợi, phường Vĩnh Ninh"
RESULT = "Đã thay bóng đèn và bộ điều khiển, kiểm tra lúc 19 giờ đèn sáng bình thường."
PUBLISHED = "Đơn vị đã thay bóng đèn trước số 12 Lê Lợi tối 23/11/2026. Cảm ơn Quý vị đã phản ánh."


@pytest_asyncio.fixture
async def office(world: World) -> AsyncIterator[Office]:
    """The application with one official for each role of Thừa Thiên Huế."""
    async with open_office(world) as opened:
        for login, name, role, agency in (
            ("tiepnhan", "Trần Thị Bình", "receptionist", ""),
            ("phanphoi", "Võ Văn Em", "distributor", ""),
            ("chuyenvien", "Lê Văn Cường", "officer", LIGHTS),
            ("lanhdao", "Hồ Thị Dung", "leader", LIGHTS),
            ("bientap", "Phan Văn Giang", "editor", ""),
        ):
            await employ(opened, login, name, role, agency)
        yield opened


async def send_report(office: Office, browser: Browser) -> tuple[Page, str, str]:
    """The citizen on a phone: words, place, photo; returns the page, the code and the PIN."""
    page = await (await browser.new_context(viewport=PHONE)).new_page()
    await page.goto(f"{office.url}/phan-anh")
    await page.fill("#content", REPORT)
    await page.fill("#place", PLACE)
    photo = {"name": "den.jpg", "mimeType": "image/jpeg", "buffer": street_at_night(lit=False)}
    await page.set_input_files("input[type=file][multiple]", photo)  # type: ignore[arg-type]
    await page.click("main form button[type=submit]")
    await page.wait_for_url("**/phan-anh/da-gui")
    code, pin = await page.inner_text("#ma"), await page.inner_text("#pin")
    await office.world.settle()
    return page, code, pin


async def receive_and_distribute(office: Office, browser: Browser, code: str) -> None:
    """Bước 1: the centre sees the photo, receives, and sends it to the lighting company."""
    page = await sign_in(office, browser, "tiepnhan")
    await open_first(page)
    assert await page.inner_text("h1") == f"Hồ sơ {code}"
    assert REPORT in await page.inner_text(".case__told")
    await until(page, "[...document.querySelectorAll('.files img')].some((image) => image.naturalWidth > 0)")
    await press_step(page, "Tiếp nhận", "accept")
    page = await sign_in(office, browser, "phanphoi")
    await open_first(page)
    await open_form(page, "Phân phối", "dispatch")
    await page.check(f"label:has-text('{LIGHTS_NAME}')")
    await page.fill("#note", "Đề nghị xử lý trước tối nay.")
    await send_form(page, "dispatch")
    await office.world.pass_time(minutes=10)


async def handle(office: Office, browser: Browser) -> None:
    """Bước 2–4: the officer accepts within thirty minutes and reports with a photo; the leader approves."""
    page = await sign_in(office, browser, "chuyenvien")
    assert "còn 20 phút" in await page.inner_text(".inbox__when")
    assert "HUE-2" in await page.inner_text(".inbox__when")
    await open_first(page)
    await press_step(page, "Nhận xử lý", "accept_dispatch")
    await office.world.pass_time(hours=11)
    page = await sign_in(office, browser, "chuyenvien")  # the morning's session has ended by itself
    await open_first(page)
    await open_form(page, "Báo cáo kết quả", "submit_result")
    await page.fill("#result", RESULT)
    await page.fill("#draft_answer", "Đơn vị đã thay bóng đèn.")
    await page.fill("#handled_at", "2026-11-23T18:30")
    photo = {"name": "sau.jpg", "mimeType": "image/jpeg", "buffer": street_at_night(lit=True)}
    await page.set_input_files("#evidence", photo)  # type: ignore[arg-type]
    await send_form(page, "submit_result")
    page = await sign_in(office, browser, "lanhdao", size=PHONE)
    await open_first(page)
    assert RESULT in await page.inner_text("main")
    await press_step(page, "Phê duyệt", "approve")


async def publish(office: Office, browser: Browser) -> Page:
    """Bước 5: the editor mends the text, chooses the photo of the repaired lamp alone, and publishes."""
    page = await sign_in(office, browser, "bientap")
    await open_first(page)
    await open_form(page, "Công khai", "publish")
    assert await page.input_value("#text") == "Đơn vị đã thay bóng đèn."
    await page.fill("#text", PUBLISHED)
    await page.check("label:has-text('Minh chứng')")
    await send_form(page, "publish")
    await office.world.settle()
    return page


@pytest.mark.rule("HUE-1", "HUE-2", "HUE-3a", "HUE-4b", "HUE-5")
async def test_a_report_goes_from_the_citizen_through_five_hands_and_back(office: Office, browser: Browser) -> None:
    """Nobody but the citizen knows the PIN, nobody but the chosen photo is published, and the rating comes home."""
    citizen, code, pin = await send_report(office, browser)
    await receive_and_distribute(office, browser, code)
    await handle(office, browser)
    editor = await publish(office, browser)

    await citizen.goto(f"{office.url}/tra-cuu")
    await citizen.fill("input[name=code]", code)
    await citizen.fill("input[name=pin]", pin)
    await citizen.click("main form:has(input[name=pin]) button[type=submit]")
    await citizen.wait_for_url("**/tra-cuu/phan-anh")
    assert PUBLISHED in await citizen.inner_text(".card--answer")
    await citizen.check("label:text-is('Hài lòng')")
    await citizen.fill("#comment", "Xử lý nhanh, cảm ơn.")
    await citizen.click("form.rating button[type=submit]")
    await citizen.wait_for_url("**?xong=rate")
    assert "Quý vị đã đánh giá: Hài lòng" in await citizen.inner_text(".card--answer")

    stranger = await (await browser.new_context(viewport=PHONE)).new_page()
    await stranger.goto(f"{office.url}/cong-khai")
    await stranger.click(f"a:near(:text('{PUBLISHED[:30]}'))")
    await stranger.wait_for_url("**/cong-khai/*")
    assert PUBLISHED in await stranger.inner_text("main")
    assert await stranger.locator("main img").count() == 1

    await editor.reload()
    assert "Người dân đánh giá: Hài lòng" in await editor.inner_text("main")
    assert "Xử lý nhanh, cảm ơn." in await editor.inner_text("main")
    assert pin not in await editor.content()
