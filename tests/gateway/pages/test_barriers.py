"""
No page has a barrier (WCAG 2.2 AA): axe on every page of the portal in both languages, and of the console.

Which pages there are is read from the application's own routes, so that a new one is looked at from its first day.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, BrowserContext, ViewportSize

from gateway.app import create_app
from tests.gateway.console.office import Office
from tests.gateway.pages.axe import violations
from tests.gateway.portal.citizen import Citizen
from tests.screens.scene import Scene, set_scene
from tests.support.deployments import World

NARROW: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 900}
ELSEWHERE = ("/static", "/hooks", "/api", "/open311", "/oauth", "/healthz", "/readyz", "/metrics", "/sandbox", "/voice")
ENDS = ("/console/dang-xuat",)
"""Doors of programs, and what would end the session."""


def addresses(office: Office, *, below: str) -> Iterator[str]:
    """Every page without a parameter in its path."""
    for resource in office.app.router.resources():
        path = resource.canonical
        staff = path.startswith("/console")
        if "{" not in path and staff == (below == "/console") and not path.startswith(ELSEWHERE) and path not in ENDS:
            yield path


async def pages(context: BrowserContext, office: Office, paths: list[str]) -> list[str]:
    """Those of them that answer with a whole page."""
    found = []
    for path in dict.fromkeys(paths):
        answer = await context.request.get(office.url + path, max_redirects=0)
        if answer.status == 200 and "<!doctype html>" in (await answer.text())[:200]:
            found.append(path)
    return found


async def barriers(context: BrowserContext, office: Office, paths: list[str], *sizes: ViewportSize) -> list[str]:
    """What axe finds, and what is wider than the screen."""
    page, found = await context.new_page(), list[str]()
    for path in paths:
        await page.goto(office.url + path)
        for size in sizes:
            await page.set_viewport_size(size)
            found += [f"{path}: {one}" for one in await violations(page)]
            if await page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append(f"{path}: wider than {size['width']}")
    await page.close()
    return found


@asynccontextmanager
async def furnished(world: World) -> AsyncIterator[tuple[Office, Scene]]:
    """The whole application, with reports in every state."""
    app = create_app(world.deployment)
    async with TestClient(TestServer(app)) as client:
        scene = await set_scene(Citizen(world, client))
        yield Office(world, app, str(client.make_url("")).rstrip("/")), scene


@pytest.mark.rule("VN-13")
@pytest.mark.parametrize(("language", "size"), [("vi", NARROW), ("en", WIDE)], ids=["vi 360 px", "en wide"])
async def test_no_public_page_has_a_barrier(world: World, browser: Browser, language: str, size: ViewportSize) -> None:
    """With a report open in this browser, so that its pages are among them."""
    async with furnished(world) as (office, scene):
        context = await browser.new_context(viewport=size)
        await _open_report(context, office, scene)
        await context.request.get(f"{office.url}/ngon-ngu?den={language}")
        named = [*addresses(office, below="/"), f"/cong-khai/{scene.answered}", "/cong-khai?q=den"]
        seen = [*await pages(context, office, named), "/khong-co"]
        assert seen.count("/tra-cuu/phan-anh") == 1
        assert len(seen) >= 10
        assert await barriers(context, office, seen, size) == []
        await context.close()


@pytest.mark.timeout(300)
@pytest.mark.rule("VN-13")
async def test_no_console_page_has_a_barrier(world: World, browser: Browser) -> None:
    """All that a person of the centre who administers may open."""
    async with furnished(world) as (office, scene):
        context = await browser.new_context(viewport=NARROW)
        cookie = await office.cookie(scene.centre)
        await context.add_cookies([{"name": "langnghe", "value": cookie, "url": office.url}])
        cases = [f"/console/ho-so/{scene.waiting}", f"/console/ho-so/{scene.answered}"]
        seen = await pages(context, office, [*addresses(office, below="/console"), *cases])
        assert len(seen) > 15
        assert await barriers(context, office, seen, NARROW, WIDE) == []
        await context.close()


async def _open_report(context: BrowserContext, office: Office, scene: Scene) -> None:
    page = await context.new_page()
    await page.goto(f"{office.url}/tra-cuu")
    await page.fill("#code", scene.code)
    await page.fill("#pin", scene.pin)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/tra-cuu/phan-anh")
    await page.close()
