"""
No page has a barrier (WCAG 2.2 AA): axe on every page of the portal in both languages, and of the console.

Which pages there are is read from the application's own routes, so that a new one is looked at from its first day.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize
from playwright.async_api import Error as PlaywrightError

from gateway.app import create_app
from gateway.pages.languages import COOKIE
from tests.gateway.console.office import Office
from tests.gateway.pages.axe import violations
from tests.gateway.pages.english import untranslated
from tests.gateway.portal.citizen import Citizen
from tests.screens.scene import Scene, set_scene
from tests.support.deployments import World

NARROW: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 900}
ELSEWHERE = ("/static", "/hooks", "/api", "/open311", "/oauth", "/healthz", "/readyz", "/metrics", "/sandbox", "/voice")
MOVES = ("accept", "decline", "classify", "divert")
"""Forms of an open case."""
ENDS = ("/console/dang-xuat",)
"""Doors of programs, and what would end the session."""


def addresses(office: Office, *, below: str) -> Iterator[str]:
    """Every page without a parameter in its path."""
    for resource in office.app.router.resources():
        path = resource.canonical
        staff = path.startswith("/console")
        if "{" not in path and staff == (below == "/console") and not path.startswith(ELSEWHERE) and path not in ENDS:
            yield path


async def is_page(page: Page, address: str) -> bool:
    """Open it; whether a whole page stands at this very address."""
    try:
        answer = await page.goto(address)
    except PlaywrightError as error:
        if "Download is starting" not in error.message:
            raise
        return False
    stays = answer is not None and answer.status == 200 and answer.request.redirected_from is None
    return stays and await page.evaluate("document.doctype !== null")


async def barriers(
    context: BrowserContext, office: Office, paths: Iterable[str], size: ViewportSize
) -> dict[str, list[str]]:
    """By page, what axe finds, and what is wider than the screen; other answers than pages are passed over."""
    page, found = await context.new_page(), dict[str, list[str]]()
    await page.set_viewport_size(size)
    for path in dict.fromkeys(paths):
        if await is_page(page, office.url + path):
            found[path] = await violations(page)
            if await page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found[path].append(f"wider than {size['width']}")
    await page.close()
    return found


async def vietnamese(context: BrowserContext, office: Office, paths: Iterable[str]) -> dict[str, set[str]]:
    """By page, what the server left in Vietnamese without saying so."""
    same, left = names(office.world), dict[str, set[str]]()
    for path in paths:
        answer = await context.request.get(office.url + path)
        left[path] = untranslated(await answer.text(), same)
    return left


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
        found = await barriers(context, office, named, size)
        missing = await context.new_page()
        await missing.goto(f"{office.url}/khong-co")
        assert "/tra-cuu/phan-anh" in found
        assert len(found) >= 10
        assert {path: said for path, said in found.items() if said} == {}
        assert await violations(missing) == []
        await context.close()


@pytest.mark.timeout(300)
@pytest.mark.rule("VN-13")
async def test_no_console_page_has_a_barrier_or_a_word_left_vietnamese(world: World, browser: Browser) -> None:
    """All that a person of the centre who administers may open: narrow in Vietnamese, wide in English."""
    async with furnished(world) as (office, scene):
        context = await browser.new_context(viewport=NARROW)
        cookie = await office.cookie(scene.centre)
        await context.add_cookies([{"name": "langnghe", "value": cookie, "url": office.url}])
        cases = [f"/console/ho-so/{one}" for one in (scene.waiting, scene.answered)]
        forms = [f"/console/ho-so/{scene.waiting}/{move}" for move in MOVES]
        narrow = await barriers(context, office, [*addresses(office, below="/console"), *cases, *forms], NARROW)
        await context.add_cookies([{"name": COOKIE, "value": "en", "url": office.url}])
        wide = await barriers(context, office, narrow, WIDE)
        assert len(wide) == len(narrow) > 15
        for found in (narrow, wide, await vietnamese(context, office, wide)):
            assert {path: said for path, said in found.items() if said} == {}
        await context.close()


def names(world: World) -> set[str]:
    """What is called the same in every language: agencies, people of the scene, the office."""
    tree = world.deployment.regulation.book.at(world.clock().date())
    agencies = {name for one in tree.search("", gone=True) for name in (one.name, one.short_name) if name}
    return {*agencies, world.deployment.settings.office, "Lắng Nghe", "Tiếng Việt", "Trần Thị Bình", "Lê Văn Cường"}


async def _open_report(context: BrowserContext, office: Office, scene: Scene) -> None:
    page = await context.new_page()
    await page.goto(f"{office.url}/tra-cuu")
    await page.fill("#code", scene.code)
    await page.fill("#pin", scene.pin)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/tra-cuu/phan-anh")
    await page.close()
