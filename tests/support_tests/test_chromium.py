"""The browser renders what a server on this machine sends, and nothing else."""

from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Error
from pytest_aiohttp.plugin import AiohttpServer

from tests.support import chromium

PAGE = "<!doctype html><meta charset=utf-8><h1>Phản ánh hiện trường</h1><script>document.title = 6 * 7</script>"


async def test_a_page_is_rendered_and_scripted(browser: Browser, aiohttp_server: AiohttpServer) -> None:
    """Vietnamese text arrives, scripts run, the right user agent asks."""
    seen: list[str] = []

    async def show(request: web.Request) -> web.Response:
        seen.append(request.headers["User-Agent"])
        return web.Response(text=PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show)
    server = await aiohttp_server(app)
    page = await browser.new_page()
    await page.goto(str(server.make_url("/")))

    assert await page.inner_text("h1") == "Phản ánh hiện trường"
    assert await page.title() == "42"
    assert "Chrome" in seen[0]


async def test_names_outside_do_not_resolve(browser: Browser) -> None:
    """A page that loads something from a CDN breaks in the tests, not at the user's."""
    page = await browser.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://example.com/")


def test_browser_tests_carry_the_marker(request: pytest.FixtureRequest) -> None:
    """`-m "not browser"` leaves out exactly the tests which use the fixture."""
    marked = {item.name for item in request.session.items if item.get_closest_marker("browser")}
    using = {item.name for item in request.session.items if "browser" in getattr(item, "fixturenames", ())}

    assert using <= marked


def test_without_a_browser_the_message_helps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever lacks Chromium reads how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(chromium.BrowserUnavailable, match="make setup-test"):
        chromium.find_chromium()
