"""What an agent writes is not taken from them by the next call, and what they chose counts when the time is up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page

from gateway.call_notes import NOTES
from tests.gateway.console.office import Office
from tests.gateway.console.telephones import Caller, Telephony, phone_page, sit_down, telephony, write_down
from tests.gateway.pages.axe import violations
from tests.support.chromium import until
from tests.support.waiting import until as until_true

pytestmark = pytest.mark.timeout(300)
CONTENT = "[data-writing] [name=content]"
TOLD = "Cây đổ chắn ngang đường."


async def answered(page: Page, running: Telephony, number: int = 1) -> Caller:
    """A call that the agent has."""
    caller, _served = await running.ring(number)
    await page.wait_for_selector(f"[data-ringing] :text('{caller.remote}')")
    await page.click('[data-do="take"]')
    await page.wait_for_selector("[data-talking]:not([hidden])")
    return caller


async def test_the_next_call_takes_no_form_from_under_the_fingers(office: Office, tmp_path: Path) -> None:
    """It stays, is typed on in, and is gone on with after the next caller's own form."""
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        await answered(page, running)
        await page.keyboard.press("n")
        await page.fill(CONTENT, TOLD)
        await page.click('[data-do="hang_up"]')
        await page.check("[data-result] input >> nth=0")
        await page.click('[data-do="wrapped_up"]')
        await until(page, "document.querySelector('[data-phone]').dataset.shown === 'available'")
        await page.focus(CONTENT)
        second, _served = await running.ring(2)
        await page.wait_for_selector(f"[data-ringing] :text('{second.remote}')")
        await page.wait_for_selector(
            f"[data-caller] > :first-child input[name=so][value='{second.remote}']", state="attached"
        )
        await page.keyboard.type(" ad")
        assert await page.input_value(CONTENT) == f"{TOLD} ad"
        assert await page.is_visible("[data-ringing]"), "a letter of the report is no key of the telephone"
        assert await violations(page) == []
        await page.click('[data-do="take"]')
        await page.wait_for_selector("[data-talking]:not([hidden])")
        await page.click("[data-caller] [data-write]")
        await until(page, f"document.querySelector('[data-writing] [name=phone]')?.value === '{second.remote}'")
        await until(page, f"document.querySelectorAll('{CONTENT}').length === 1")
        await page.click(f"[data-draft-list] li:has-text('{TOLD} ad') >> text=Ghi tiếp")
        await until(page, f"document.querySelector('{CONTENT}')?.value === '{TOLD} ad'")
        assert await violations(page) == []
        await write_down(page)
        await until(page, "document.querySelectorAll('[data-draft-list] li').length === 0")


async def test_a_result_that_was_chosen_counts_without_the_last_click(office: Office, tmp_path: Path) -> None:
    """The time for notes ends, whatever ends it, and the next call may be there already."""
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        await answered(page, running)
        await page.click('[data-do="hang_up"]')
        await page.check("[data-result] input >> nth=0")
        await page.evaluate("window.sockets.at(-1).send(JSON.stringify({ do: 'wrapped_up' }))")
        await until(page, "document.querySelector('[data-phone]').dataset.shown === 'available'")
        day = office.world.clock(), office.world.clock() + timedelta(days=1)

        async def counted() -> bool:
            return await office.app[NOTES].codes(since=day[0], until=day[1]) == {"reported": 1}

        await until_true(counted, "what was chosen is kept")


@pytest.mark.rule("VN-1")
async def test_of_a_denunciation_no_draft_is_kept(office: Office, tmp_path: Path) -> None:
    """It stands in the form alone, for who knows better; the window remembers none of it."""
    async with telephony(office) as running, phone_page(office, tmp_path) as page:
        await sit_down(page)
        await answered(page, running)
        await page.keyboard.press("n")
        await page.fill(CONTENT, "Tôi tố cáo ông chủ tịch xã nhận hối lộ.")
        await until(page, "Object.values(sessionStorage).join().includes('tố cáo')")
        await page.click("[data-writing] button:has-text('Ghi nhận phản ánh')")
        await page.wait_for_selector("[data-elsewhere]")
        await page.fill(CONTENT, "Tôi tố cáo ông chủ tịch xã nhận hối lộ nhiều lần.")
        assert "nhiều lần" in await page.input_value(CONTENT)
        await until(page, "!Object.values(sessionStorage).join().includes('tố cáo')")
