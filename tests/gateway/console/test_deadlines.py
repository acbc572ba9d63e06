"""The board of due times: by agency and step, each number with its cases, each person with what they may see."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from core.storage import deadlines
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, issue, report
from tests.gateway.console.office import Office
from tests.gateway.console.test_statistics import at_work
from tests.support.databases import on_both_engines

PAGE = "/console/thoi-han"


@on_both_engines
@pytest.mark.rule("TG-P1.II.4b", "TG-12.4")
async def test_open_work_stands_by_agency_and_step_and_turns_late(office: Office) -> None:
    """In time first; past the limit it is overdue, and the number leads to its case."""
    await at_work(office, LIGHTS)
    await at_work(office, WATER)
    await report(office.world)
    ioc, lights = await centre(office.world), await agency(office.world)
    names = [office.world.deployment.regulation.agencies.name(one) for one in (LIGHTS, WATER)]
    async with office.desk(ioc) as desk:
        board = (await desk.get(PAGE)).text
        assert all(name in board for name in (*names, "Trung tâm"))
        assert "Quá hạn: <strong>0" in board
    office.world.clock.advance(days=20)
    async with office.desk(ioc) as desk:
        late = await desk.get(PAGE)
        assert "Quá hạn: <strong>0" not in late.text
        (link,) = re.findall(rf'href="([^"]*co-quan={LIGHTS}[^"]*muc=overdue)"', late.text)
        cases = await desk.get(unescape(link))
        assert cases.text.count('data-label="Mã"') == 1
        assert "Không còn việc nào" in (await desk.get(unescape(link).replace("overdue", "ok"))).text
    async with office.desk(lights) as desk:
        own = (await desk.get(PAGE)).text
        assert [name in own for name in names] == [True, False]
        assert (await desk.get(f"{PAGE}/ho-so?co-quan={WATER}")).status == 403


async def test_what_has_no_limit_is_said_to_have_none(office: Office) -> None:
    """Never counted as in time."""
    ioc, case_id = await centre(office.world), await report(office.world)
    await issue(office.world, ioc, case_id, "accept")
    now = office.world.clock()

    def forget_limit(connection: object) -> list[deadlines.Step]:
        from core.storage.tables import case_task

        connection.execute(case_task.update().values(due_at=None))  # type: ignore[attr-defined]
        return deadlines.board(connection, now=now, soon=now + timedelta(hours=4), agencies=None)  # type: ignore[arg-type]

    (step,) = await office.world.deployment.database.write(forget_limit)

    assert (step.unset, step.total, step.oldest) == (1, 1, None)
