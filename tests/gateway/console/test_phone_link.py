"""In mid-call the agent sends a link by a key; what the caller sends through it, by a browser, comes to the page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.gateway.console.office import Office, open_office
from tests.gateway.console.telephones import phone_page, sit_down, telephony
from tests.gateway.pages.axe import violations
from tests.gateway.portal.citizen import photo
from tests.support.chromium import until
from tests.support.codes import Phones, with_phones
from tests.support.deployments import World
from tests.support.sounding import CALLER_HERTZ, LISTEN, loud

pytestmark = pytest.mark.timeout(300)
HERE = {"latitude": 17.4689, "longitude": 106.6223}


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with open_office(world) as opened:
        yield opened


async def test_what_the_caller_sends_by_the_link_is_seen_while_both_talk(office: Office, tmp_path: Path) -> None:
    """The agent presses one key and reloads nothing; the picture and the place are there, and the call goes on."""
    sms = with_phones(office.world)
    async with telephony(office) as running, phone_page(office, tmp_path) as agent:
        await sit_down(agent)
        await running.ring()
        await agent.wait_for_selector("[data-ringing]:not([hidden])")
        await agent.keyboard.press("a")
        await agent.wait_for_selector("[data-talking]:not([hidden])")
        await agent.wait_for_selector("[data-tray] [data-link]")
        await agent.keyboard.press("l")
        await agent.wait_for_selector("[data-tray] :text('Đã gửi liên kết đến')")
        await hand_in(await citizen_of(agent, office, await address_in(office, sms)))
        picture = await agent.wait_for_selector("[data-tray] img")
        assert picture is not None
        assert await picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0
        assert "17.46890" in await agent.inner_text("[data-tray]")
        assert await violations(agent) == []
        await agent.evaluate(LISTEN)
        await until(agent, loud(CALLER_HERTZ))


async def address_in(office: Office, sms: Phones) -> str:
    """Where the newest message leads, in this office."""
    await office.world.settle()
    (address,) = re.findall(r"https?://\S+", sms.sent[-1].text)
    return office.url + address.removeprefix(office.world.deployment.settings.public_url)


async def citizen_of(agent: Page, office: Office, address: str) -> Page:
    """The caller's telephone: a browser without an account, which knows where it is."""
    assert agent.context.browser is not None
    context = await agent.context.browser.new_context(
        viewport={"width": 390, "height": 844}, geolocation=HERE, permissions=["geolocation"]
    )
    page = await context.new_page()
    await page.goto(address)
    assert await violations(page) == []
    return page


async def hand_in(citizen: Page) -> None:
    """A photo and the place."""
    picture = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    await citizen.set_input_files("[data-tray] input[type=file]", picture)
    await citizen.click("[data-locate] button")
    await until(citizen, "document.querySelector('[data-tray] [name=latitude]').value !== ''")
    await citizen.click("[data-tray] button[type=submit]")
    await citizen.wait_for_selector("text=Đã nhận")
