"""Every console page in a real browser: nothing axe complains about, nothing wider than a phone, all by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from core.service.actors import Member
from core.service.subjects.taking import Entering
from core.storage import staff_lists
from core.subjects.request import ProvedBy, Via
from core.subjects.rights import Right
from tests.gateway.api.staffing import LIGHTS, agency, answered, centre, hire, issue
from tests.gateway.console.letters import report_with_picture
from tests.gateway.console.office import Office
from tests.gateway.console.test_period_reports import office_of
from tests.gateway.pages.axe import violations
from tests.support.chromium import until
from tests.support.letters import write_mail
from tests.support.public_notices import tell_everybody, write_notice
from tests.support.waiting import PATIENCE

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}


async def page_of(
    office: Office, browser: Browser, member: Member, size: ViewportSize, *, scripts: bool = True
) -> Page:
    """A page in a browser where this official is signed in."""
    context = await browser.new_context(viewport=size, java_script_enabled=scripts)
    context.set_default_timeout(1000 * PATIENCE)
    cookie = await office.cookie(member)
    await context.add_cookies([{"name": "langnghe", "value": cookie, "url": office.url}])
    return await context.new_page()


async def check(page: Page, address: str) -> None:
    """Nothing in the way of anybody, on a telephone and on a desk."""
    response = await page.goto(address)
    assert response is not None
    assert response.status in (200, 409), address
    for size in (NARROW, WIDE):
        await page.set_viewport_size(size)
        assert await violations(page) == [], (address, size)
        assert await page.evaluate("document.documentElement.scrollWidth") == size["width"], address


async def test_long_words_of_a_regulation_fit_on_a_telephone(
    database_url: str, tmp_path: Path, browser: Browser
) -> None:
    """Quảng Bình's roles and fields are longer than a telephone is wide."""
    async with office_of("quang_binh", database_url, tmp_path) as office:
        page = await page_of(office, browser, await hire(office.world, "Trần Thị Bình", ("receptionist", "")), NARROW)
        for path in ("/console/tai-khoan", "/console/ban-do"):
            await page.goto(office.url + path)
            assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"], path
        await page.context.close()


@pytest.mark.timeout(300)
@pytest.mark.rule("VN-13")
async def test_no_page_about_one_thing_has_a_barrier(office: Office, browser: Browser) -> None:
    """
    A case, its forms of every kind, a refusal, a conversation, an account, a request, a notice, a figure's cases. Pages
    without a parameter are opened in tests/gateway/pages/test_barriers.py.
    """
    world = office.world
    ioc = await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""), ("editor", ""), ("admin", ""))
    lights, first, done = await agency(world), await report_with_picture(world), await report_with_picture(world)
    await write_mail(world, "Tôi muốn gặp nhân viên.", sender="binh@hopthu.example.vn")
    (talk,) = await world.deployment.database.read(staff_lists.attended)
    await answered(world, ioc, lights, done)
    told, draft = await tell_everybody(world), await write_notice(world)
    wish = Entering(talk.contact_id, Right.RESTRICTION, Via.PHONE, ProvedBy.NOTHING, by=ioc.id)
    asked = await world.deployment.clerk.requests.take(wish)
    forms = ("decline", "cancel", "classify", "set_confidential", "approve")
    paths = (
        f"/hoi-thoai/{talk.id}",
        f"/nguoi-dung/{lights.id}",
        f"/ho-so/{done}",
        f"/ho-so/{first}",
        *(f"/ho-so/{first}/{command}" for command in forms),
        "/thong-ke/ho-so?ky=thang:2026-12&so=case",
        f"/du-lieu-ca-nhan/{asked.id}",
        f"/thong-bao-chung/{told}",
        f"/thong-bao-chung/{draft}",
    )
    page = await page_of(office, browser, ioc, NARROW)
    for path in paths:
        await check(page, f"{office.url}/console{path}")
    await page.goto(f"{office.url}/console/ho-so/{first}/decline")
    await page.click("main form.stack button[type=submit]")
    await page.wait_for_selector("[data-error-summary]:focus")
    assert await violations(page) == []
    await issue(world, ioc, first, "accept")
    await issue(world, ioc, first, "dispatch", agencies=[LIGHTS])
    await world.pass_time(minutes=60)  # too late: the notice of it stands on their page, and on the case
    await issue(world, lights, first, "accept_dispatch")
    theirs = await page_of(office, browser, lights, NARROW)
    for path in ("/console", "/console/thong-bao", f"/console/ho-so/{first}", f"/console/ho-so/{first}/submit_result"):
        await check(theirs, office.url + path)


@pytest.mark.rule("VN-13")
async def test_a_case_is_worked_by_keyboard_without_scripts(office: Office, browser: Browser) -> None:
    """From the queue into the case, through the button, to a form with a mistake and back with thanks."""
    world = office.world
    ioc, case_id = await centre(world), await report_with_picture(world)
    page = await page_of(office, browser, ioc, NARROW, scripts=False)
    await page.goto(f"{office.url}/console")
    await page.focus(".queue__code")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/ho-so/{case_id}")
    await page.focus("button:has-text('Tiếp nhận')")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**?xong=accept")
    assert "Đã thực hiện: Tiếp nhận." in await page.inner_text("main [role=status]")
    await page.focus("a:has-text('Phân phối…')")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/dispatch")
    proposed = "label:has-text('Công ty Điện lực') >> xpath=preceding-sibling::input"
    await page.focus(proposed)
    await page.keyboard.press("Space")  # the proposal is chosen already: take it back
    await page.focus("main form.stack button[type=submit]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".error-summary")
    assert "Vui lòng chọn: cơ quan." in await page.inner_text(".error-summary")
    await page.focus(proposed)
    await page.keyboard.press("Space")
    await page.focus("#note")
    await page.keyboard.type("Đề nghị xử lý sớm.")
    await page.focus("main form.stack button[type=submit]")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**?xong=dispatch")
    assert "Chờ nhận xử lý" in await page.inner_text("main")


async def test_pages_keep_to_their_policy_and_show_thumbnails(office: Office, browser: Browser) -> None:
    """No script or style is blocked, no request fails; the picture is really there."""
    world = office.world
    ioc, case_id = await centre(world), await report_with_picture(world)
    page = await page_of(office, browser, ioc, WIDE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{office.url}/console/ho-so/{case_id}")
    await until(page, "[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    pictures = await page.evaluate("[...document.querySelectorAll('.files img')].map((image) => image.naturalWidth)")
    talk = await page.get_attribute("a:has-text('Mở để trả lời')", "href")
    await page.goto(f"{office.url}{talk}")

    assert pictures
    assert all(width <= 320 for width in pictures)
    assert complaints == []
