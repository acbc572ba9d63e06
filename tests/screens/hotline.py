"""
Takes the picture of a call for the README: `python -m tests.screens.hotline`, by hand or by `make screenshots`.

A whole hotline, a call over SIP with a voice, a real Chromium that answers; invented people.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from playwright.async_api import Page

from bench.calls.stage import hotline, port_of
from channels.call_center.media.tests.phone import Phone, tone
from channels.call_center.sip.tests.raw import a_phone, sdp
from tests.screens.__main__ import keep
from tests.support.chromium import open_browser, until
from tests.support.servers import LOOPBACK
from tests.support.serving import Served
from tests.support.sounding import CALLER_HERTZ, LISTEN, RAW_SOUND, loud, microphone
from tests.surge.agents import PASSWORD, SIGN_IN, TELEPHONE, login

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "hotline.png"


async def take(served: Served, folder: Path) -> None:
    """Somebody calls, is answered, and what they tell is written down."""
    url, caller = str(served.demo["http"]), await Phone.open()
    async with open_browser(*microphone(folder)) as browser, a_phone(port_of(served)) as signals:
        page = await browser.new_page(viewport={"width": 1280, "height": 1000})
        await page.add_init_script(RAW_SOUND)
        await _sit_down(page, url)
        await signals.call(body=sdp().replace("40000", str(caller.plan.port)))
        port = re.search(r"m=audio (\d+)", str(signals.answer.body if signals.answer else ""))
        assert port is not None
        talking = asyncio.create_task(caller.talk((LOOPBACK, int(port[1])), tone(CALLER_HERTZ, seconds=60)))
        await page.wait_for_selector("[data-ringing]:not([hidden])")
        await page.keyboard.press("a")
        await page.evaluate(LISTEN)
        await until(page, loud(CALLER_HERTZ))
        await page.keyboard.press("n")
        await page.fill("[data-writing] [name=content]", "Cây đổ chắn ngang đường trước trạm y tế, xe không qua được.")
        await page.fill("[data-writing] [name=place]", "Trước trạm y tế, đường Hàm Nghi")
        await page.evaluate("scrollTo(0, 0)")
        keep(await page.screenshot(), PICTURE)
        talking.cancel()


async def _sit_down(page: Page, url: str) -> None:
    await page.goto(url + SIGN_IN)
    await page.fill("[name=login]", login(0))
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    await page.goto(url + TELEPHONE)
    await page.click("[data-sound]")
    await page.click('[data-do="available"]')
    await until(page, "document.querySelector('[data-phone]').dataset.shown === 'available'")


def main() -> None:
    """The one picture."""
    with tempfile.TemporaryDirectory(prefix="langnghe-screens-") as folder, hotline(Path(folder), agents=2) as served:
        asyncio.run(take(served, Path(folder)))


if __name__ == "__main__":
    main()
