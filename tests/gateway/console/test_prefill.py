"""What stands in the form of an answer before the editor typed anything: all that the agencies have to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.service.actors import Member
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, hire, issue, report
from tests.gateway.console.office import Office
from tests.gateway.console.test_period_reports import office_of

CITY, STREETS = "ubnd_thanh_pho", "phong_do_thi"


async def proposed(office: Office, member: Member, case_id: str) -> str:
    """The words in the form of the answer as it is opened."""
    async with office.desk(member) as desk:
        form = await desk.get(f"/console/ho-so/{case_id}/publish")
    return form.text.partition('<textarea id="text"')[2].partition(">")[2].partition("</textarea>")[0].strip()


@pytest.mark.rule("A-TG-9")
async def test_the_editor_merges_what_every_agency_answered(office: Office) -> None:
    """Each under its name, in the order in which they were done."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS, WATER])
    for name, told in ((LIGHTS, "Đã thay bóng đèn."), (WATER, "Đã lấp hố.")):
        member = await agency(world, name)
        await issue(world, member, case_id, "accept_dispatch")
        await issue(world, member, case_id, "submit_result", result=told)
        await issue(world, member, case_id, "approve")

    words = await proposed(office, ioc, case_id)

    names = world.deployment.regulation.agencies
    assert words == f"{names.name(LIGHTS)}: Đã thay bóng đèn.\n\n{names.name(WATER)}: Đã lấp hố."


@pytest.mark.rule("DL-II.2.1.B3", "DL-II.2.3a")
async def test_a_result_that_nobody_has_to_approve_is_in_the_form(database_url: str, tmp_path: Path) -> None:
    """Đắk Lắk has no approval; after the case was handled again only the new result is there."""
    async with office_of("dak_lak", database_url, tmp_path) as office:
        world = office.world
        ioc, case_id = await centre(world), await report(world)
        focal = await hire(world, "Lý Văn Dũng", ("focal", CITY))
        unit = await hire(world, "Lê Văn Cường", ("unit", STREETS))
        handled = {"handled_at": "2026-11-20T08:00:00+07:00"}
        await issue(world, ioc, case_id, "accept")
        await issue(world, ioc, case_id, "dispatch", agencies=[CITY])
        await issue(world, focal, case_id, "assign_unit", unit=STREETS)
        await issue(world, unit, case_id, "submit_result", result="Đã vá ổ gà.", **handled)
        first = await proposed(office, ioc, case_id)
        await issue(world, ioc, case_id, "publish", text="Đã vá ổ gà.")
        await issue(world, ioc, case_id, "reopen", reason="Mặt đường lại hỏng.")
        await issue(world, ioc, case_id, "dispatch", agencies=[CITY])
        await issue(world, focal, case_id, "submit_result", result="Đã trải lại mặt đường.", **handled)

        assert (first, await proposed(office, ioc, case_id)) == ("Đã vá ổ gà.", "Đã trải lại mặt đường.")
