"""
Takes the pictures of `docs/screens/`: `python -m tests.screens [NAME …]`, by hand or by `make screenshots`.

A whole application over a fresh folder, invented people, a real Chromium. Each page twice: as a phone shows it and as
a desk does.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from playwright.async_api import Browser, BrowserContext, ViewportSize

from core.service.actors import Member
from gateway.app import create_app
from gateway.auth import sessions
from tests.gateway.portal.citizen import Citizen
from tests.screens.scene import Scene, set_scene
from tests.support.chromium import open_browser
from tests.support.deployments import World, open_world

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
SIZES: dict[str, ViewportSize] = {"phone": {"width": 360, "height": 780}, "desk": {"width": 1280, "height": 860}}
COLOURS = 128
"""Enough for pages; a quarter of the bytes."""


@dataclass(frozen=True)
class Shot:
    """One page. `who`: citizen, reporter (has opened the scene's report), centre or officer."""

    name: str
    path: str
    who: str = "citizen"


def shots(scene: Scene) -> list[Shot]:
    """Every picture there is."""
    return [
        Shot("home", "/"),
        Shot("home-english", "/?lang=en"),
        Shot("send", "/phan-anh"),
        Shot("follow", "/tra-cuu/phan-anh", "reporter"),
        Shot("results", "/cong-khai"),
        Shot("result", f"/cong-khai/{scene.answered}"),
        Shot("figures", "/thong-ke"),
        Shot("data-use", "/du-lieu-cua-ban"),
        Shot("console", "/console", "centre"),
        Shot("console-english", "/console?lang=en", "centre"),
        Shot("case", f"/console/ho-so/{scene.waiting}", "centre"),
        Shot("case-english", f"/console/ho-so/{scene.waiting}?lang=en", "centre"),
        Shot("dial-plan", "/console/kich-ban-goi", "centre"),
    ]


async def main(wanted: list[str]) -> None:
    """Take all pictures, or those named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        world = await stack.enter_async_context(open_world(Path(folder) / "var"))
        client = await stack.enter_async_context(TestClient(TestServer(create_app(world.deployment))))
        browser = await stack.enter_async_context(open_browser())
        scene = await set_scene(Citizen(world, client))
        studio = Studio(world, browser, str(client.make_url("")).rstrip("/"), scene)
        for shot in shots(scene):
            if not wanted or shot.name in wanted:
                await studio.take(shot)


@dataclass(frozen=True)
class Studio:
    """Where pictures are taken."""

    world: World
    browser: Browser
    url: str
    scene: Scene

    async def take(self, shot: Shot) -> None:
        """On a phone and on a desk."""
        for size, viewport in SIZES.items():
            async with self._seat(shot.who, viewport) as context:
                page = await context.new_page()
                await page.goto(self.url + shot.path)
                await page.wait_for_load_state("networkidle")
                keep(await page.screenshot(), FOLDER / f"{shot.name}-{size}.png")

    @asynccontextmanager
    async def _seat(self, who: str, viewport: ViewportSize) -> AsyncIterator[BrowserContext]:
        """A browser of the right person, in the size asked for."""
        context = await self.browser.new_context(viewport=viewport, locale="vi-VN")
        if who == "reporter":
            await self._open_report(context)
        elif who != "citizen":
            await self._sign_in(context, {"centre": self.scene.centre, "officer": self.scene.officer}[who])
        yield context
        await context.close()

    async def _open_report(self, context: BrowserContext) -> None:
        page = await context.new_page()
        await page.goto(f"{self.url}/tra-cuu")
        await page.fill("#code", self.scene.code)
        await page.fill("#pin", self.scene.pin)
        await page.click("text=Xem phản ánh")
        await page.wait_for_url("**/tra-cuu/phan-anh")
        await page.close()

    async def _sign_in(self, context: BrowserContext, member: Member) -> None:
        begin = partial(sessions.open_session, user_id=member.id, second_factor=True, now=self.world.clock())
        cookie = (await self.world.deployment.database.write(begin)).cookie
        await context.add_cookies([{"name": "langnghe", "value": cookie, "url": self.url}])


def keep(picture: bytes, path: Path) -> None:
    """Write it, small enough for a repository."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
