"""The letter as a page in a real browser: readable by everybody, on a phone too; the preview of a form."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.gateway.api.staffing import LIGHTS, agency, answered, centre, issue, report
from tests.gateway.console.letters import picture
from tests.gateway.console.office import Office
from tests.gateway.console.test_browser import NARROW, WIDE, check, page_of

ANSWER = "Đơn vị đã thay bóng đèn ngày 23/11/2026, đèn sáng lại từ 18 giờ."


@pytest.mark.rule("TG-9.1a", "QB-IV.1.4a.1")
async def test_the_letter_page_has_no_barrier(office: Office, browser: Browser) -> None:
    """Nothing axe complains about, nothing wider than the screen; its style is its own, so it is not refused."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await answered(world, ioc, lights, case_id)
    page = await page_of(office, browser, ioc, NARROW)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    await check(page, f"{office.url}/console/ho-so/{case_id}/van-ban/result")

    weight = await page.eval_on_selector(".nation", "one => getComputedStyle(one).fontWeight")
    assert weight == "700"
    assert [line for line in told if "Content Security Policy" in line and "script" not in line] == []


@pytest.mark.rule("TG-9.1a", "QB-IV.1.4a.1")
async def test_an_editor_looks_at_the_letter_in_another_window_and_goes_on_writing(
    office: Office, browser: Browser
) -> None:
    """The form keeps what was typed; the letter has the words, the picture that was ticked, and no more."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    keys = [
        (await world.deployment.media.put_file(picture(colour), subject_id=case_id, name="a.jpg")).stored_key
        for colour in ("#0b5563", "#a33b20")
    ]
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result=ANSWER, evidence=keys)
    await issue(world, lights, case_id, "approve")
    page = await page_of(office, browser, ioc, WIDE)
    await page.goto(f"{office.url}/console/ho-so/{case_id}/publish")
    await page.fill("#text", ANSWER)
    await page.check(f"input[name=media][value='{keys[1]}']")
    async with page.context.expect_page() as opened:
        await page.click("text=Xem trước văn bản")
    letter = await opened.value
    await letter.wait_for_load_state()

    assert ANSWER in await letter.inner_text("main")
    assert await letter.locator("img").count() == 1
    assert await page.input_value("#text") == ANSWER
    await page.click("main form.stack button[type=submit]:has-text('Công khai')")
    await page.wait_for_url(f"**/console/ho-so/{case_id}?xong=publish")
    assert await page.locator("text=Tải PDF").count() == 1
