"""The map of open cases: clusters for a script, communes and a list for everybody, each person their own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, expect

from core.service.reading.mapped import step_for
from core.storage.mapped import Frame
from gateway.app import create_app
from gateway.console.case_map.wish import query_of, read_wish
from tests.gateway.api.staffing import LIGHTS, WATER, agency, case_ids, centre, hire, issue, report
from tests.gateway.console.office import Desk, Office
from tests.gateway.console.test_browser import NARROW, WIDE, page_of
from tests.gateway.pages.axe import violations
from tests.gateway.portal.citizen import Citizen
from tests.support.chromium import until
from tests.support.deployments import world_over

PAGE = "/console/ban-do"
TILES = "/static/none/{z}/{x}/{y}.png"
NEAR = (("16.4672", "107.5909"), ("16.4690", "107.5920"), ("16.6900", "107.8000"))


@asynccontextmanager
async def town(database_url: str, folder: Path) -> AsyncIterator[Office]:
    """Two reports in one street and one far away; the first is at work with an agency."""
    async with world_over(database_url, folder, portal={"tiles": TILES}) as world:
        app = create_app(world.deployment)
        async with TestClient(TestServer(app)) as client:
            office, citizen = Office(world, app, str(client.make_url("")).rstrip("/")), Citizen(world, client)
            for latitude, longitude in NEAR:
                citizen.forget_cookies()
                words = {"content": "Đèn đường hỏng ba hôm nay.", "place": "Đường Lê Lợi, phường Vĩnh Ninh"}
                await citizen.report([], latitude=latitude, longitude=longitude, **words)
                await world.settle()
            first = (await case_ids(world))[-1]
            ioc = await centre(world)
            await issue(world, ioc, first, "accept")
            await issue(world, ioc, first, "dispatch", agencies=[LIGHTS])
            yield office


async def spots(desk: Desk, query: str = "") -> Any:
    """What the script is told."""
    return json.loads((await desk.get(f"{PAGE}/diem{query}")).text)


@pytest.mark.rule("TG-2.2", "TG-P1.II.4b")
async def test_everybody_sees_the_open_cases_that_are_theirs(database_url: str, tmp_path: Path) -> None:
    """The centre all of them, an agency its own, another none; narrowed by what stands in the address."""
    async with town(database_url, tmp_path) as office:
        former = await hire(office.world, "Lê Thị Hoa", ("former_role", LIGHTS))
        ioc, lights, water = await centre(office.world), await agency(office.world), await agency(office.world, WATER)
        async with office.desk(ioc) as desk:
            page, far = await desk.get(PAGE), await spots(desk)
            near = await spots(desk, "?khung=16460,107585,16475,107595")
            nonsense = await spots(desk, "?khung=1,2,3&linh-vuc=khong-co&muc=khong-co")
            case = await desk.get(far["spots"][1]["href"])
            narrowed = await desk.get(f"{PAGE}/danh-sach?khung=16600,107700,16700,107900")
            bare = await desk.get(f"/console/ho-so/{await report(office.world)}")
        async with office.desk(lights) as desk:
            own, theirs = await desk.get(PAGE), await spots(desk)
        async with office.desk(former) as desk:
            shut, counted = await desk.get(PAGE), await spots(desk)
        async with office.desk(water) as desk:
            nothing, none = await desk.get(PAGE), await spots(desk)

    assert page.text.count('class="map-cases__line') == 3
    assert page.headers["Content-Security-Policy"].startswith("default-src")
    assert ("data-place-map" in case.text, bare.status, "data-place-map" in bare.text) == (True, 200, False)
    assert sorted(one["count"] for one in far["spots"]) == [1, 2]
    assert far["frame"] == [16.467, 107.591, 16.69, 107.8]
    assert far == nonsense
    assert [one["count"] for one in near["spots"]] == [1, 1]
    assert near["finest"]
    assert narrowed.text.count('class="map-cases__line') == 1
    assert "<html" not in narrowed.text
    assert own.text.count('class="map-cases__line') == 1
    (only,) = theirs["spots"]
    assert only["href"] in own.text
    assert ("ho-so/" in shut.text, [("href" in one, "code" in one) for one in counted["spots"]]) == (
        False,
        [(False, False)],
    )
    assert "Không có hồ sơ nào đang mở" in nothing.text
    assert none == {"frame": None, "finest": True, "spots": []}


@pytest.mark.rule("VN-13")
async def test_the_map_leads_to_its_cases(database_url: str, tmp_path: Path, browser: Browser) -> None:
    """A cluster comes nearer and parts, the address and the list follow, a case opens; on a telephone as well."""
    async with town(database_url, tmp_path) as office:
        page = await page_of(office, browser, await centre(office.world), WIDE)
        await page.goto(office.url + PAGE)
        marks = page.locator(".case-map__map .spot")
        await expect(marks).to_have_count(2)
        assert await violations(page) == []
        await page.get_by_role("button", name="2 hồ sơ").press("Enter")
        await until(page, "location.search.includes('khung=')")
        await expect(page.locator("#ho-so-mo")).to_have_text("Hồ sơ đang mở trong khung bản đồ")
        await page.goto(f"{office.url}{PAGE}?khung=16460,107585,16475,107595")
        await expect(marks).to_have_count(2)
        await expect(page.locator(".map-cases__line")).to_have_count(2)
        await marks.first.press("Enter")
        await page.click(".leaflet-popup a")
        await page.wait_for_url("**/console/ho-so/*")
        await expect(page.locator("[data-place-map] .leaflet-interactive.spot--near")).to_have_count(1)
        await page.set_viewport_size(NARROW)
        await page.goto(office.url + PAGE)
        await expect(marks).to_have_count(2)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        await page.context.close()


def test_the_wish_stands_in_the_address() -> None:
    """What is written is read again; edges that make no sense are none."""
    asked = {"linh-vuc": "roads", "muc": "soon", "khan": "1", "xa": "19753", "khung": "1,2,3,4"}
    assert query_of(read_wish(asked, categories=["roads"])) == asked
    for edges in ("", "4,3,2,1", "1,2,3", "a,b,c,d", "-99999,0,0,0", "1,2,3,4,5", "1.5,2,3,4"):
        assert read_wish({"khung": edges}, categories=[]).frame is None


@pytest.mark.parametrize(("side", "step"), [(0, 1), (16, 1), (17, 2), (100, 8), (9_000, 1024)])
def test_squares_double_with_what_is_looked_at(side: int, step: int) -> None:
    """So that clusters part and never cross."""
    assert step_for(Frame(16_000, 107_000, 16_000 + side, 107_000)) == step
