"""Each board shows everybody the cases that are theirs to see, at every level, and no others (TG Điều 2.2c–d)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio

from core.regulations.loader import load_pack
from core.service.actors import Member, reach
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Desk, Office, open_office
from tests.gateway.flows.test_officers import centre, distributed
from tests.support.agencies import load_agencies
from tests.support.deployments import open_world

PROVINCE, COMMUNE, OTHER = "ubnd_dong_thap", "xa_vam_nam", "xa_bac_vam"
COMPANY, ROADS = "cty_moi_truong_vam_nam", "so_xay_dung"
"""The company is below the commune; both communes and the department are below the province."""
ALL = frozenset({COMPANY, OTHER, ROADS})
SEES: Mapping[tuple[str, str], frozenset[str]] = {
    ("editor", ""): ALL,
    ("owner", ""): ALL,
    ("province", ""): ALL,
    ("admin", ""): ALL,
    ("manager", PROVINCE): ALL,
    ("manager", COMMUNE): frozenset({COMPANY}),
    ("manager", OTHER): frozenset({OTHER}),
    ("leader", COMPANY): frozenset({COMPANY}),
    ("officer", ROADS): frozenset({ROADS}),
    ("leader", COMMUNE): frozenset(),
    ("leader", "cong_an"): frozenset(),
}
"""A role with its agency → whose cases; a leader of the commune itself oversees nobody (only `manager` does)."""
PERIOD = "tu=2026-11-01&den=2026-12-31"
_CASE = re.compile(r"/console/ho-so/([0-9a-f]{32})")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office under the regulation of Tiền Giang in the province of today."""
    async with open_world(tmp_path / "var", regulation="tien_giang_2025") as world, open_office(world) as opened:
        yield opened


async def linked(desk: Desk, path: str) -> set[str]:
    """The cases that a page leads to; what is forbidden leads to none."""
    page = await desk.get(path)
    assert page.status in (200, 403), path
    return set(_CASE.findall(page.text)) if page.status == 200 else set()


async def on_boards(desk: Desk) -> dict[str, set[str]]:
    """Board → the cases somebody gets to from it, whichever agency they ask for."""
    numbers = re.findall(r'href="(/console/thoi-han/ho-so\?[^"]+)"', (await desk.get("/console/thoi-han")).text)
    limits = [await linked(desk, unescape(one)) for one in numbers]
    parts = [await linked(desk, f"/console/thong-ke/ho-so?{PERIOD}&so=part&co-quan={one}") for one in sorted(ALL)]
    return {
        "deadlines": set[str]().union(*limits),
        "map": await linked(desk, "/console/ban-do"),
        "the map's list": await linked(desk, "/console/ban-do/danh-sach"),
        "figures": await linked(desk, f"/console/thong-ke/ho-so?{PERIOD}&so=case"),
        "figures of agencies": set[str]().union(*parts),
    }


@pytest.mark.rule("TG-2.2", "TG-P1.II.4b", "TG-12.4")
async def test_every_board_ends_where_somebodys_reach_ends(office: Office) -> None:
    """Unit, commune, department, province, centre: the same cases on each board, as many as the figure says."""
    ioc = await centre(office.world)
    cases = {agency: await distributed(office.world, ioc, agency) for agency in sorted(ALL)}
    names = {agency: office.world.deployment.regulation.agencies.name(agency) for agency in ALL}
    for grant, theirs in SEES.items():
        member = await hire(office.world, "Lê Thị Hoa", grant)
        expected = {cases[agency] for agency in theirs}
        async with office.desk(member) as desk:
            assert {board: found for board, found in (await on_boards(desk)).items() if found != expected} == {}, grant
            board, figures = (await desk.get("/console/thoi-han")).text, await desk.get(f"/console/thong-ke?{PERIOD}")
            sheet = await desk.get(f"/console/thong-ke/tai-ve.xlsx?{PERIOD}")
            others = [await desk.get(f"/console/thoi-han/ho-so?co-quan={one}") for one in sorted(ALL - theirs)]
        assert {answer.status for answer in others} <= {403}, grant
        assert {agency for agency in ALL if names[agency] in board} == theirs, grant
        assert {agency for agency in ALL if names[agency] in figures.text} == theirs, grant
        assert re.search(rf"Tổng số phải xử lý</td>\s*<td[^>]*>(?:<[^>]*>)*{len(theirs)}<", figures.text), grant
        assert sheet.status == 200


@pytest.mark.rule("TG-2.2")
async def test_boards_of_the_centre_are_shut_to_the_agencies(office: Office) -> None:
    """Calls, suggestions, people's data, records given out, and what was kept."""
    shut = ["tong-dai/bang", "goi-y", "du-lieu-ca-nhan", "cung-cap", "luu-tru", "nhat-ky", "cuoc-goi", "hoi-thoai"]
    for grant in (("leader", COMPANY), ("manager", COMMUNE), ("manager", PROVINCE)):
        async with office.desk(await hire(office.world, "Lê Thị Hoa", grant)) as desk:
            opened = {name: (await desk.get(f"/console/{name}")).status for name in shut}
        assert {name: status for name, status in opened.items() if status not in (403, 404)} == {}, grant


def test_a_district_oversaw_its_own_communes_while_there_were_districts() -> None:
    """Until 30/6/2025: the district those below it, at any depth; the commune its company; the province all of them."""
    pack, tree = load_pack("tien_giang"), load_agencies("tien_giang", date(2024, 12, 1))

    def seen(agency: str) -> set[str]:
        reached = reach(Member("m", (("manager", agency),)), packs=[pack], agencies=tree)
        assert reached is not None
        return {one for one in ("xa_vam_sen", "cty_moi_truong", "cty_cap_nuoc", "xa_rach_tre") if one in reached}

    assert seen("ubnd_tinh") == {"xa_vam_sen", "cty_moi_truong", "cty_cap_nuoc", "xa_rach_tre"}
    assert seen("huyen_cua_nam") == {"xa_vam_sen", "cty_moi_truong", "cty_cap_nuoc"}
    assert seen("huyen_bac_vam") == {"xa_rach_tre"}
    assert seen("xa_vam_sen") == {"xa_vam_sen", "cty_moi_truong"}
