"""The way of a report in a real browser: accessible, narrow enough for a small phone, complete without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from tests.gateway.pages.axe import violations
from tests.gateway.portal.citizen import CONTENT, PLACE, photo
from tests.gateway.portal.conftest import portal_app
from tests.gateway.portal.test_follow import ANSWER, work_through
from tests.support.deployments import World

PHONE = {"width": 360, "height": 740}


@asynccontextmanager
async def opened(world: World, browser: Browser, *, tiles: str = "", **context: Any) -> AsyncIterator[Page]:
    """A page of a phone on a running portal."""
    async with TestServer(portal_app(world.deployment, tiles=tiles)) as server:
        surroundings = await browser.new_context(base_url=str(server.make_url("/")), viewport=PHONE, **context)
        page = await surroundings.new_page()
        yield page
        await surroundings.close()


async def check(page: Page) -> None:
    """No violation, and nothing to scroll sideways for."""
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def send(page: Page) -> tuple[str, str]:
    """A report with content and place; returns code and PIN."""
    await page.goto("/phan-anh")
    await page.fill("#content", CONTENT)
    await page.fill("#place", PLACE)
    await page.click("text=Gửi phản ánh >> nth=-1")
    return await page.inner_text("#ma"), await page.inner_text("#pin")


@pytest.mark.rule("VN-13")
async def test_the_way_of_a_report_is_accessible_from_mistake_to_rating(world: World, browser: Browser) -> None:
    async with opened(world, browser) as page:
        await page.goto("/phan-anh")
        await page.click("text=Gửi phản ánh >> nth=-1")
        await expect(page.locator("[data-error-summary]")).to_be_focused()
        await check(page)
        await page.click('[data-error-summary] a[href="#content"]')
        await expect(page.locator("#content")).to_be_focused()

        code, pin = await send(page)
        await check(page)
        await page.goto("/tra-cuu/phan-anh")
        await check(page)
        await world.settle()
        await work_through(world)
        await page.reload()
        await expect(page.get_by_text(ANSWER)).not_to_have_count(0)
        await check(page)
        await page.get_by_label("Hài lòng", exact=True).check()
        await page.click("text=Gửi đánh giá")
        await expect(page.get_by_text("Quý vị đã đánh giá:")).to_be_visible()
        await check(page)

        await page.goto("/tra-cuu")
        await page.fill("#code", code)
        await page.click("text=Xem phản ánh")
        await check(page)
        await page.goto("/tra-cuu")
        await page.fill("#code", code)
        await page.fill("#pin", "000000" if pin != "000000" else "111111")
        await page.click("text=Xem phản ánh")
        await expect(page.locator("#pin")).to_have_attribute("aria-invalid", "true")
        await check(page)


@pytest.mark.rule("VN-13")
async def test_pages_of_diversion_and_emergency_are_accessible(world: World, browser: Browser) -> None:
    async with opened(world, browser) as page:
        await page.goto("/phan-anh")
        await page.fill("#content", "Tôi tố cáo ông A, cán bộ phường, nhận hối lộ.")
        await page.click("text=Gửi phản ánh >> nth=-1")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("nơi khác")
        await check(page)

        await page.goto("/phan-anh")
        await page.fill("#content", "Cháy nhà, còn người mắc kẹt, cứu với!")
        await page.fill("#place", PLACE)
        await page.click("text=Gửi phản ánh >> nth=-1")
        await expect(page.get_by_role("alert").get_by_role("link", name="114")).to_be_visible()
        await check(page)


async def test_without_scripts_everything_is_there(world: World, browser: Browser) -> None:
    async with opened(world, browser, java_script_enabled=False) as page:
        await page.goto("/phan-anh")
        await expect(page.get_by_text("Vị trí của tôi", exact=True)).to_be_hidden()
        await page.set_input_files('input[name="media"] >> nth=1', _file("anh.jpg"))
        code, _ = await send(page)
        await world.settle()
        await page.goto("/tra-cuu/phan-anh")
        await expect(page.get_by_text(CONTENT).first).to_be_visible()
        assert len(code) == 14


@pytest.mark.rule("A-HUE-3")
async def test_a_report_takes_five_taps(world: World, browser: Browser) -> None:
    """Content, my place, a photo, send: four taps besides typing."""
    here = {"latitude": 16.4637, "longitude": 107.5909, "accuracy": 12.0}
    async with opened(world, browser, geolocation=here, permissions=["geolocation"]) as page:
        await page.goto("/phan-anh")
        await page.fill("#content", CONTENT)
        await page.click("text=Vị trí của tôi >> nth=-1")
        await expect(page.get_by_text("Đã lấy vị trí, sai lệch khoảng 12 m.")).to_be_visible()
        await page.set_input_files('input[name="media"] >> nth=1', _file("anh.jpg"))
        await expect(page.locator(".preview img")).to_be_visible()
        await page.click("text=Gửi phản ánh >> nth=-1")
        await expect(page.locator("#ma")).to_be_visible()
    await world.settle()
    state = await world.deployment.database.read(
        lambda connection: connection.exec_driver_sql('SELECT state FROM "case"').scalar_one()
    )
    assert "16464" in str(state)


async def test_a_refused_place_is_told_kindly(world: World, browser: Browser) -> None:
    async with opened(world, browser, permissions=[]) as page:
        await page.goto("/phan-anh")
        await page.click("text=Vị trí của tôi >> nth=-1")
        await expect(page.get_by_text("Chưa lấy được vị trí. Vui lòng ghi địa chỉ")).to_be_visible()


async def test_a_large_photo_is_made_smaller_before_it_travels_and_can_be_taken_out(
    world: World, browser: Browser
) -> None:
    async with opened(world, browser) as page:
        await page.goto("/phan-anh")
        await page.set_input_files('input[name="media"] >> nth=1', _file("lon.jpg", noisy=True))
        await expect(page.locator(".preview")).to_have_count(1)
        size = await page.evaluate("document.querySelectorAll('input[type=file]')[1].files[0].size")
        assert size < len(_noise())
        await page.click("text=Bỏ")
        await expect(page.locator(".preview")).to_have_count(0)
        assert await page.evaluate("document.querySelectorAll('input[type=file]')[1].files.length") == 0


async def test_a_point_on_the_map_becomes_coordinates_where_the_deployment_has_tiles(
    world: World, browser: Browser
) -> None:
    async with opened(world, browser, tiles="/static/none/{z}/{x}/{y}.png") as page:
        await page.goto("/phan-anh")
        await page.locator("[data-map].leaflet-container").click(position={"x": 120, "y": 100})
        await page.locator("text=Nhập tọa độ").click()
        latitude = await page.input_value("#latitude")
        assert 0 < float(latitude) < 40
        await check(page)


async def test_without_tiles_nothing_is_loaded_from_elsewhere(world: World, browser: Browser) -> None:
    async with opened(world, browser) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for path in ("/", "/phan-anh", "/tra-cuu", "/cong-khai", "/thong-bao/nhan"):
            await page.goto(path)
        assert asked
        assert {url.split("/")[2].partition(":")[0] for url in asked} == {"127.0.0.1"}
        await expect(page.locator("[data-map]")).to_have_count(0)


def _noise() -> bytes:
    import io
    import random

    from PIL import Image

    pixels = random.Random(7).randbytes(1500 * 1500 * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (1500, 1500), pixels).save(out, "JPEG", quality=95)
    return out.getvalue()


def _file(name: str, *, noisy: bool = False) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": _noise() if noisy else photo()}
