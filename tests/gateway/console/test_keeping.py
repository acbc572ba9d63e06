"""How long what is kept, and what went: a page for those who answer for it; by default no report ever goes."""

from __future__ import annotations

from functools import partial

import pytest

from core.storage import deletions, reports
from core.storage.deletions import Deletion
from gateway.admin.services import recording_retention_of, retention_of
from gateway.workers.sweeps import Sweeper
from tests.gateway.api.staffing import agency, case_ids, centre, hire, report
from tests.gateway.console.office import Office

PAGE = "/console/luu-tru"


@pytest.mark.rule("LS-9.1", "QB-IV.1.6a", "TG-11.1", "VN-15")
async def test_unless_the_deployment_sets_an_end_every_report_stays(office: Office) -> None:
    """No text sets one: twenty years later the report is there, word for word, and so is its case."""
    world = office.world
    case_id = await report(world)
    before = await world.deployment.database.read(partial(_sealed, case_id=case_id))
    world.clock.advance(days=20 * 366)

    gone = await retention_of(world.deployment).run_once() + await recording_retention_of(world.deployment).run_once()
    await Sweeper(world.deployment).run_once()

    assert gone == 0
    assert await case_ids(world) == [case_id]
    assert before
    assert await world.deployment.database.read(partial(_sealed, case_id=case_id)) == before


@pytest.mark.rule("LS-13.2", "VN-14", "VN-15")
async def test_the_page_tells_what_is_kept_how_long_and_what_was_deleted(office: Office) -> None:
    """With the rule each length rests on; for the centre and administrators, nobody else."""
    world = office.world
    deed = Deletion(world.clock(), "recordings", 3)
    await world.deployment.database.write(partial(deletions.note, deeds=[deed, Deletion(world.clock(), "files", 0)]))
    ioc, admin, lights = await centre(world), await hire(world, "Đỗ Thị Hoa", ("admin", "")), await agency(world)
    answers = []
    for member in (ioc, admin, lights):
        async with office.desk(member) as desk:
            answers.append(await desk.get(PAGE))

    assert [one.status for one in answers] == [200, 200, 403]
    page = answers[0].text
    for words in ("Nhật ký xem thông tin cá nhân", "12 tháng", "không định ngày xóa", "VN-14", "QB-IV.1.6a"):
        assert words in page
    assert "Ghi âm cuộc gọi" in page.partition("Sổ xóa")[2]
    assert "Tệp không thuộc ai" not in page


def _sealed(connection: object, *, case_id: str) -> list[bytes | None]:
    from sqlalchemy import select

    from core.storage.tables import report as table

    rows = connection.scalars(select(table.c.id).where(table.c.case_id == case_id))  # type: ignore[attr-defined]
    return [row.content_sealed for row in reports.find(connection, list(rows))]  # type: ignore[arg-type]
