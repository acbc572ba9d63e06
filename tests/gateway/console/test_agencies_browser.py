"""The pages of agencies and people in a real browser: no barrier, nothing wider than a phone, all by keyboard."""

from __future__ import annotations

from datetime import date
from functools import partial

from playwright.async_api import Browser

from core.service import offices as office_rules
from tests.gateway.api.staffing import LIGHTS, centre, hire, issue, report
from tests.gateway.console.office import Office
from tests.gateway.console.test_browser import NARROW, WIDE, check, page_of
from tests.gateway.pages.axe import violations


async def test_no_page_of_agencies_or_people_has_a_barrier(office: Office, browser: Browser) -> None:
    """
    The tree, one agency with work and people, one that is gone, an account with a deputy, the advice; empty forms are
    opened in tests/gateway/pages/test_barriers.py.
    """
    world = office.world
    boss, ioc = await hire(world, "Phạm Thị Dung", ("admin", "")), await centre(world)
    away, deputy = [await hire(world, name, ("officer", LIGHTS)) for name in ("Lê Văn Cường", "Trần Thị Em")]
    days = {"first": date(2026, 11, 23), "last": date(2027, 1, 7)}
    made = partial(office_rules.stand_in, away=away.id, deputy=deputy.id, by=boss.id, now=world.clock())
    await world.deployment.database.write(partial(made, **days))
    case_id = await report(world)
    await issue(world, ioc, case_id, "accept")
    theirs = await page_of(office, browser, ioc, NARROW)
    await check(theirs, f"{office.url}/console/ho-so/{case_id}/dispatch")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    page = await page_of(office, browser, boss, NARROW)
    paths = ["co-quan", "co-quan?q=so+giao+thong&ca-da-dong=1", f"co-quan/{LIGHTS}", "co-quan/so_giao_thong"]
    paths += [f"nguoi-dung/{away.id}"]
    for path in paths:
        await check(page, f"{office.url}/console/{path}")


async def test_a_deputy_is_made_by_keyboard(office: Office, browser: Browser) -> None:
    """Without scripts, from the menu to the list."""
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    away, _ = [await hire(office.world, name, ("officer", LIGHTS)) for name in ("Lê Văn Cường", "Trần Thị Em")]
    page = await page_of(office, browser, boss, WIDE, scripts=False)
    await page.goto(f"{office.url}/console/nguoi-dung/{away.id}")
    await page.select_option("select[name=deputy]", label="Trần Thị Em")
    await page.fill("input[name=first]", "2026-11-23")
    await page.fill("input[name=last]", "2026-11-27")
    await page.focus("button:has-text('Lưu người thay')")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**xong=nguoi-thay")

    assert "Trần Thị Em thay" in await page.inner_text("main")


async def test_an_administrator_adds_an_agency_and_a_holiday(office: Office, browser: Browser) -> None:
    """On a phone, from the menu; what is typed wrongly is said, what is confirmed is in force."""
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    regulation = office.world.deployment.regulation
    page = await page_of(office, browser, boss, NARROW)
    await page.goto(f"{office.url}/console/co-quan/moi")
    await page.fill("input[name=id]", "ban_bao_ton")
    await page.fill("input[name=name]", "Ban Bảo tồn di tích")
    await page.select_option("select[name=kind]", "unit")
    await page.select_option("select[name=parent]", "so_xay_dung")
    await page.fill("input[name=since]", "2026-11-23")
    await page.click("main form button[type=submit]")
    await page.wait_for_url("**xong=them-co-quan")

    await page.click("nav a:has-text('Lịch làm việc')")
    await page.wait_for_url("**/console/lich")
    await page.fill("#can-cu", "Thông báo 12/TB-UBND ngày 20/11/2026")
    await page.fill("#thong-bao", "31/02/2027; nghỉ lễ; Nghỉ bão")
    await page.click("button:has-text('Xem trước thay đổi')")
    await page.wait_for_selector("text=không phải ngày")
    await page.fill("#thong-bao", "10/12/2026; nghỉ lễ; Nghỉ tránh bão")
    await page.click("button:has-text('Xem trước thay đổi')")
    await page.wait_for_selector("text=Thông báo này thay đổi 1 ngày")
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    await page.click("button:has-text('Ghi vào lịch')")
    await page.wait_for_url("**xong=lich")

    assert regulation.agencies.name("ban_bao_ton") == "Ban Bảo tồn di tích"
    assert not regulation.calendar(office.world.clock()).is_working_day(date(2026, 12, 10))


async def test_a_letter_is_put_into_other_words_while_one_looks(office: Office, browser: Browser) -> None:
    """The example follows what is typed; none of the pages of administration has a barrier."""
    boss, ioc = await hire(office.world, "Phạm Thị Dung", ("admin", "")), await centre(office.world)
    page = await page_of(office, browser, boss, NARROW)
    await page.goto(f"{office.url}/console/loi-nhan/letter/case_accepted")
    await page.fill("#text", "Trung tâm đã nhận phản ánh {code}.")
    await page.wait_for_selector("#xem-thu >> text=Trung tâm đã nhận phản ánh 1234 5678 9012.")
    await page.fill("#text", "Trung tâm đã nhận.")
    await page.wait_for_selector("#xem-thu >> text=Không được bỏ chỗ điền: {code}")
    assert await violations(page) == []
    found = ("linh-vuc/moi", f"nhat-ky?can-bo={ioc.id}", f"nhat-ky?can-bo={boss.id}&loai=viec", "kenh")
    for path in found:
        await check(page, f"{office.url}/console/{path}")
