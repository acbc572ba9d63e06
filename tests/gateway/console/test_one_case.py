"""A link in a message opens one case for one official: two taps for a leader, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from playwright.async_api import Browser, expect

from core.service.actors import Member
from core.service.case_links import LASTS
from core.storage import people
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, hire, issue, report
from tests.gateway.console.office import Desk, Office, open_office
from tests.gateway.console.test_browser import NARROW
from tests.gateway.flows.test_two_levels import ROADS, UNIT, accepted
from tests.gateway.flows.test_two_levels import centre as two_level_centre
from tests.gateway.pages.axe import violations
from tests.support.databases import on_both_engines
from tests.support.deployments import open_world


async def for_leader(office: Office) -> tuple[Member, str]:
    """A case whose result waits for the leader of one agency."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result="Đã thay bóng đèn.")
    return await hire(world, "Phạm Thị Lan", ("leader", LIGHTS)), case_id


def link(office: Office, member: Member, case_id: str) -> str:
    """The path of a fresh link."""
    address = office.world.deployment.clerk.case_links.address(user_id=member.id, case_id=case_id)
    return "/viec/" + address.rpartition("/")[2]


@on_both_engines
async def test_the_link_opens_its_case_and_nothing_else(office: Office) -> None:
    """Looking at the link opens nothing; after the tap there is the case, noted, and no other page of staff."""
    leader, case_id = await for_leader(office)
    other = await report(office.world)
    path, case = link(office, leader, case_id), f"/console/ho-so/{case_id}"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        phone = Desk(office.url, client)
        asked, before = await phone.get(path), await phone.get(case)
        entered = await phone.send(path, path)
        page = await phone.get(entered.location)
        elsewhere = [
            await phone.get(address)
            for address in ("/console", f"/console/ho-so/{other}", "/console/tim-kiem", "/api/v1/queue")
        ]
        revealed = await phone.post(f"{case}/xem-nguoi-phan-anh", {})

    assert (asked.status, before.status) == (200, 303)
    assert entered.location == case
    assert "Đã thay bóng đèn." in page.text
    assert "/console/hoi-thoai" not in page.text
    assert "xem-nguoi-phan-anh" not in page.text
    assert [one.status for one in elsewhere] == [303, 303, 303, 401]
    assert revealed.status == 401
    noted = await office.world.deployment.database.read(lambda one: people.accesses(one, ref=case_id))
    assert [(user, what) for _, user, what in noted] == [(leader.id, "case_link")]


@pytest.mark.parametrize("spoiled", ["ended", "forged", "another case", "switched off", "no part"])
async def test_a_link_that_is_not_good_opens_nothing(office: Office, spoiled: str) -> None:
    """The same page for all of them, which says how to go on."""
    world = office.world
    leader, case_id = await for_leader(office)
    path = link(office, leader, case_id)
    if spoiled == "ended":
        world.clock.advance(minutes=int(LASTS / timedelta(minutes=1)))
    elif spoiled == "forged":
        path = path[:-1] + ("A" if path[-1] != "A" else "Q")
    elif spoiled == "another case":
        path = path[:30] + ("A" if path[30] != "A" else "B") + path[31:]
    elif spoiled == "switched off":
        await world.deployment.database.write(lambda one: people.set_active(one, leader.id, active=False))
    else:
        path = link(office, await hire(world, "Lê Văn Cường", ("leader", WATER)), case_id)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        phone = Desk(office.url, client)
        shown = await phone.get(path)
        tapped = await phone.submit(shown, path) if shown.status == 200 else shown
        case = await phone.get(f"/console/ho-so/{case_id}")

    assert tapped.status == 410
    assert "Liên kết này không còn dùng được." in tapped.text
    assert case.status == 303


@pytest.fixture
async def two_levels(tmp_path: Path) -> AsyncIterator[Office]:
    """Under the regulation with units inside an agency."""
    async with open_world(tmp_path / "var", regulation="quang_binh") as world, open_office(world) as opened:
        yield opened


async def test_who_gives_a_case_back_by_link_is_told_that_it_went(two_levels: Office) -> None:
    """It is out of their sight by that, and a page to sign in would look as if nothing had happened."""
    world = two_levels.world
    ioc = await two_level_centre(world)
    roads, unit = await hire(world, "Lê Văn Cường", ("focal", ROADS)), await hire(world, "Hồ Em", ("unit_leader", UNIT))
    case_id = await accepted(world, ioc)
    await issue(world, ioc, case_id, "dispatch", agencies=[ROADS])
    await issue(world, roads, case_id, "accept_dispatch")
    await issue(world, roads, case_id, "assign_unit", unit=UNIT)
    path, move = link(two_levels, unit, case_id), f"/console/ho-so/{case_id}/send_back"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        phone = Desk(two_levels.url, client)
        await phone.send(path, path)
        sent = await phone.send(move, move, reason="Đoạn đường này do đơn vị khác quản lý.")
        done = await phone.get(sent.location)

    assert (sent.status, done.status) == (303, 200)
    assert "không còn thuộc phần việc" in done.text
    assert case_id not in done.text


async def test_a_leader_approves_in_two_taps_on_a_phone(office: Office, browser: Browser) -> None:
    """The link's own tap, and the button that stays under the thumb."""
    leader, case_id = await for_leader(office)
    context = await browser.new_context(viewport=NARROW, has_touch=True)
    page = await context.new_page()
    await page.goto(office.url + link(office, leader, case_id))
    assert await violations(page) == []
    await page.get_by_role("button", name="Mở hồ sơ").tap()
    await page.wait_for_url(f"**/ho-so/{case_id}")
    approve = page.locator(".moves__steps").get_by_role("button", name="Phê duyệt").first
    box = await approve.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= NARROW["height"]
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    await approve.tap()
    await page.wait_for_url("**?xong=approve")
    await expect(page.locator("[role=status]").first).to_contain_text("Đã thực hiện: Phê duyệt.")
