"""
A real Chromium for tests, driven by Playwright.

Playwright's objects belong to the event loop in which they were made, and every test has a loop of its own; so each
test launches its browser (half a second). Use the fixture `browser` in asynchronous tests:

    async def test_portal(browser: Browser, portal_url: str) -> None:
        page = await browser.new_page()
        await page.goto(portal_url)
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright
from playwright.sync_api import Browser as SyncBrowser
from playwright.sync_api import sync_playwright

from tests.support.waiting import PATIENCE

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",  # root in a container has no user namespaces
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The network guard of the tests does not reach into another process: names outside do not resolve there.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE [::1]",
)


class BrowserUnavailable(RuntimeError):
    """No Chromium on this machine; the message says how to get one."""


def find_chromium() -> Path:
    """The browser's program. Raises: BrowserUnavailable."""
    for program in PROGRAMS:
        found = shutil.which(program)
        if found:
            return Path(found)
    raise BrowserUnavailable("No Chromium: run `make setup-test` as root, or install chromium")


@asynccontextmanager
async def open_browser(*arguments: str) -> AsyncIterator[Browser]:
    """A browser for the running event loop; `arguments` are further command line switches, as for fake microphones."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, *arguments])
        try:
            yield browser
        finally:
            await browser.close()


@contextmanager
def open_browser_sync(*arguments: str) -> Iterator[SyncBrowser]:
    """The same for scripts and for tests without an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, *arguments])
        try:
            yield browser
        finally:
            browser.close()


async def until(page: Page, expression: str, *, seconds: float = PATIENCE) -> None:
    """
    Wait for a JavaScript expression to hold on a page.

    Playwright's own `wait_for_function` polls inside the page with eval, which our content security policy forbids.
    Raises: TimeoutError, which tells how loud the tones were where they are asked for (`tests.support.sounding`).
    """
    try:
        async with asyncio.timeout(seconds):
            while not await page.evaluate(expression):
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"never {expression}; levels: {await page.evaluate('window.levels')}") from None
