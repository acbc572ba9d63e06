"""A unit writes to everybody: drafted, checked, reviewed, sent back the same way, or out without review (TG-P1.I)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from core.regulations.loader import load_pack, pack_names
from core.service.actors import Member
from core.service.notice_way import NoticeAct, acts, notice_roles, topics, writes_for
from core.storage.public_notices import NoticeRow
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Desk, Office, open_office
from tests.gateway.console.test_public_notices import PAGE, told, typed
from tests.support.deployments import world_over

SAID = {"khong-quang-cao": "1"}


@dataclass(frozen=True)
class Unit:
    """A unit's specialist and content manager, the centre's reviewer, and somebody of another unit."""

    id: str
    office: Office
    specialist: Member
    manager: Member
    reviewer: Member
    stranger: Member


@pytest_asyncio.fixture
async def unit(database_url: str, tmp_path: Path) -> AsyncIterator[Unit]:
    async with world_over(database_url, tmp_path, regulation="tien_giang") as world, open_office(world) as office:
        mine, other = [one.id for one in world.deployment.regulation.agencies.search("", gone=False)][:2]
        people = [
            await hire(world, "Lê Văn Cường", ("officer", mine)),
            await hire(world, "Phạm Thị Dung", ("leader", mine)),
            await hire(world, "Trần Thị Bình", ("editor", "")),
            await hire(world, "Vũ Văn Em", ("officer", other), ("leader", other)),
        ]
        yield Unit(mine, office, *people)


async def drafted(unit: Unit) -> str:
    """Address of a notice that the specialist has handed in."""
    async with unit.office.desk(unit.specialist) as desk:
        page = (await desk.send(PAGE, PAGE, **typed())).location
        assert "Chờ đơn vị duyệt" in await _step(desk, page, "trinh")
        assert f'action="{page}/' not in (await desk.get(page)).text
    return page


async def _step(desk: Desk, page: str, way: str, **fields: str) -> str:
    answer = await desk.send(page, f"{page}/{way}", **fields)
    assert answer.status == 303, answer.text
    return (await desk.get(answer.location)).text


async def _forced(desk: Desk, action: str, **fields: str) -> int:
    """What comes of a form that no page of theirs shows."""
    token = (await desk.get(PAGE)).forms()[PAGE]["csrf"]
    return (await desk.post(action, {"csrf": token, **fields})).status


@pytest.mark.rule("TG-P1.I.1", "TG-P1.I.2", "TG-P1.I.3", "A-TG-12")
async def test_a_draft_goes_through_three_hands_and_back_the_same_way(unit: Unit) -> None:
    """Refused at the centre it is the manager's again, refused there the specialist's; each time with the reason."""
    page = await drafted(unit)
    async with unit.office.desk(unit.manager) as manager:
        assert "Chờ bạn" in (await manager.get(PAGE)).text
        assert (await manager.send(page, f"{page}/duyet")).status == 422
        assert "Chờ Trung tâm duyệt" in await _step(manager, page, "duyet", **SAID)
    async with unit.office.desk(unit.reviewer) as reviewer:
        assert "Chờ bạn" in (await reviewer.get(PAGE)).text
        assert (await reviewer.send(page, f"{page}/tra-lai")).status == 422
        assert "Chờ đơn vị duyệt" in await _step(reviewer, page, "tra-lai", **{"ly-do": "Thiếu khu vực."})
    async with unit.office.desk(unit.manager) as manager:
        assert "Bị trả lại: Thiếu khu vực." in (await manager.get(page)).text
        assert "Bản nháp" in await _step(manager, page, "tra-lai", **{"ly-do": "Ghi rõ khu vực."})
    async with unit.office.desk(unit.specialist) as desk:
        assert "Bị trả lại: Ghi rõ khu vực." in (await desk.get(page)).text
        assert (await desk.send(page, page, **typed(khu_vuc="Phường Một"))).status == 303
        await _step(desk, page, "trinh")
    async with unit.office.desk(unit.manager) as manager:
        await _step(manager, page, "duyet", **SAID)
    assert await told(unit.office) == []
    async with unit.office.desk(unit.reviewer) as reviewer:
        log = await _step(reviewer, page, "cong-bo", **SAID)
    (row,) = await told(unit.office)
    assert (row.areas, row.agency, row.published_by) == (["Phường Một"], unit.id, unit.reviewer.id)
    for act in ("Lê Văn Cường trình", "Phạm Thị Dung trả lại: Ghi rõ khu vực.", "Trần Thị Bình công bố"):
        assert act in log


@pytest.mark.rule("TG-P1.I.3")
async def test_a_unit_on_the_automatic_list_goes_out_without_review(unit: Unit) -> None:
    async with unit.office.desk(unit.reviewer) as reviewer:
        chosen = await reviewer.send(PAGE, f"{PAGE}/khong-qua-duyet", **{"don-vi": unit.id})
        assert chosen.status == 303
    page = await drafted(unit)
    async with unit.office.desk(unit.manager) as manager:
        assert f'action="{page}/duyet"' not in (await manager.get(page)).text
        assert "Đã công bố" in await _step(manager, page, "cong-bo", **SAID)
    (row,) = await told(unit.office)
    assert row.published_by == unit.manager.id


@pytest.mark.rule("TG-P1.I.2", "TG-P1.I.3")
async def test_nobody_takes_a_step_that_is_not_theirs(unit: Unit) -> None:
    """Nor sees another unit's drafts, nor decides who needs no review."""
    page = await drafted(unit)
    async with unit.office.desk(unit.specialist) as desk:
        for way, fields in (("duyet", SAID), ("cong-bo", SAID), ("tra-lai", {"ly-do": "x"}), ("go", {})):
            assert await _forced(desk, f"{page}/{way}", ban="2", **fields) == 403
        assert await _forced(desk, f"{PAGE}/khong-qua-duyet", **{"don-vi": unit.id}) == 403
        assert (
            await desk.send(PAGE, PAGE, **typed(), **{"don-vi": ""})
        ).status == 303  # their own unit, not the centre
    async with unit.office.desk(unit.stranger) as desk:
        assert (await desk.get(page)).status == 404
        assert page not in (await desk.get(PAGE)).text
    async with unit.office.desk(unit.reviewer) as desk:
        assert await _forced(desk, f"{page}/cong-bo", ban="2", **SAID) == 403
        assert await _forced(desk, f"{page}/cong-bo", ban="1", **SAID) == 409
    assert await told(unit.office) == []


@pytest.mark.parametrize("name", pack_names())
def test_without_units_in_the_regulation_only_the_centre_writes(name: str) -> None:
    pack = load_pack(name)
    roles = notice_roles(pack)
    centre, officer = [(role, "") for role in sorted(roles.review)[:1]], [("officer", "an_agency")]

    assert writes_for(centre, roles) == ("",)
    assert writes_for(officer, roles) == (("an_agency",) if pack.notices else ())
    assert topics(pack)


def test_what_is_withdrawn_rests() -> None:
    """Nobody does anything with it any more."""
    roles = notice_roles(load_pack("tien_giang"))
    fields = dict.fromkeys(("title", "text", "written_by", "kind", "id"), "x")
    for state, left in (("withdrawn", set()), ("published", {NoticeAct.WITHDRAW})):
        row = NoticeRow(areas=(), valid_from=..., valid_until=..., version=1, written_at=..., state=state, **fields)  # type: ignore[arg-type]
        assert acts(row, [("editor", "")], roles=roles, straight=()) == left
