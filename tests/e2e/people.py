"""The people of the journeys: a citizen, and officials who sign in with their own password."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, ViewportSize

from gateway.auth.accounts import create_user
from gateway.auth.door import HASHING
from tests.gateway.console.office import Office

PASSWORD = "bốn mùa hoa nở ven sông"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 800}


def street_at_night(*, lit: bool) -> bytes:
    """A photo of a street lamp, drawn: dark, or repaired."""
    image = Image.new("RGB", (960, 720), "#101a2b")
    draw, grain = ImageDraw.Draw(image), random.Random(7)
    for _ in range(160):
        x, y = grain.randrange(960), grain.randrange(400)
        draw.point((x, y), fill="#93a1bb")
    if lit:
        for radius in range(260, 0, -10):
            tone = 40 + (260 - radius) // 2
            draw.ellipse((600 - radius, 150 - radius // 2, 600 + radius, 150 + radius), fill=(tone, tone - 10, 50))
    draw.polygon([(0, 720), (330, 430), (520, 430), (960, 720)], fill="#2a3342")
    for step in range(5):
        draw.polygon([(430 - step, 450 + step * 55), (440 + step, 450 + step * 55), (446 + step * 3, 480 + step * 58),
                      (424 - step * 3, 480 + step * 58)], fill="#c9cdd4")  # fmt: skip
    draw.rectangle((690, 130, 704, 640), fill="#5b6675")
    draw.rectangle((590, 126, 704, 138), fill="#5b6675")
    draw.ellipse((560, 128, 640, 158), fill="#fff3b0" if lit else "#3b4350")
    for left in (40, 180, 800):
        draw.rectangle((left, 330, left + 110, 470), fill="#1c2738")
        draw.rectangle((left + 20, 360, left + 45, 390), fill="#d9b860" if left != 180 else "#263248")
    written = io.BytesIO()
    image.save(written, "JPEG", quality=85)
    return written.getvalue()


async def employ(office: Office, login: str, name: str, role: str, agency: str = "") -> None:
    """An official with a password and one role."""
    database, now = office.world.deployment.database, office.world.clock()
    grants = [(role, agency)]
    await create_user(
        database, office.app[HASHING], login=login, display_name=name, password=PASSWORD, grants=grants, now=now
    )


async def sign_in(office: Office, browser: Browser, login: str, *, size: ViewportSize = DESKTOP) -> Page:
    """A browser of this official, who has come to their queue through the sign-in page."""
    page = await (await browser.new_context(viewport=size)).new_page()
    await page.goto(f"{office.url}/console")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/console")
    return page


async def open_first(page: Page) -> None:
    """The case at the top of the queue."""
    await page.click(".queue__code >> nth=0")
    await page.wait_for_url("**/console/ho-so/*")


async def press_step(page: Page, label: str, done: str) -> None:
    """A move without a form."""
    await page.click(f".card--moves button:has-text('{label}')")
    await page.wait_for_url(f"**?xong={done}")


async def open_form(page: Page, label: str, command: str) -> None:
    """The form of a move."""
    await page.click(f".card--moves a:has-text('{label}…')")
    await page.wait_for_url(f"**/{command}*")


async def send_form(page: Page, done: str) -> None:
    """Send it, and see that it was taken."""
    await page.click("main form.stack button[type=submit]")
    await page.wait_for_url(f"**?xong={done}")
