"""What periodic reports list, where there is something of every sort to list: held against raw events."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from core.cases.decide import Actor
from core.cases.model import Case
from core.service.desk import Issued
from core.service.statistics import Figures
from core.storage import cases
from gateway.statistics.asking import figures_of, period_of
from tests.gateway.api.staffing import hire, issue, report
from tests.gateway.console.test_period_reports import late_and_over, office_of, to
from tests.gateway.statistics import oracle_parts as oracle
from tests.gateway.statistics.agreement import agrees_in_parts, lists_agree
from tests.support.databases import on_both_engines
from tests.support.deployments import World

PERIOD = "2026-11-15..2026-12-14"


async def figures(world: World) -> Figures:
    """Of a month in which everything happened."""
    return await figures_of(world.deployment, period_of(world.deployment, PERIOD))


async def rated(world: World, case_id: str, level: str) -> None:
    """Its reporter says what they think of the answer."""
    row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
    one = Case.model_validate(row.state).reports[0]
    payload = {"level": level, "report_id": one.report_id}
    given = await world.deployment.clerk.execute(case_id, "rate", payload, actor=Actor.reporter(one.contact_id))
    assert isinstance(given, Issued), given


@on_both_engines
@pytest.mark.rule("LS-10.3", "LS-12", "LS-14.4")
async def test_late_explained_and_rated_work_is_listed_as_it_happened(database_url: str, tmp_path: Path) -> None:
    """In a commune that is known, by an agency that answered itself, was late, said why, and was rated."""
    async with office_of("lang_son", database_url, tmp_path) as office:
        world = office.world
        case_id, _, chair = await late_and_over(world)
        to(world, "2026-12-10T09:00")
        await issue(world, chair, case_id, "explain_lateness", clock_id="assign:d1", text="Lãnh đạo đi cơ sở.")
        level = next(iter(world.deployment.regulation.current.rating.levels))
        await rated(world, case_id, level)
        made = await figures(world)

        await agrees_in_parts(world.deployment, made)
        await lists_agree(world.deployment, made)
        within = {"first": made.period.first, "until": made.period.until}
        assert set(await world.deployment.database.read(partial(oracle.verdicts, **within))) == {
            ("ubnd_hoa_dao", level)
        }
        missed = await world.deployment.database.read(partial(oracle.missed, until=made.period.until))
        assert [one.explained for one in missed].count(True) == 1


@on_both_engines
@pytest.mark.rule("DL-II.2.3a.u")
async def test_confirmed_reputations_are_listed_as_they_happened(database_url: str, tmp_path: Path) -> None:
    async with office_of("dak_lak", database_url, tmp_path) as office:
        world = office.world
        case_id = await report(world, "Quán Hoa Nắng số 5 Lê Lợi bán hàng kém. Tôi là Nguyễn Văn An, 0900 000 001.")
        first = await hire(world, "Trần Thị Bình", ("receptionist", ""))
        second = await hire(world, "Lý Văn Dũng", ("distributor", ""), ("editor", ""))
        await issue(world, first, case_id, "accept")
        await issue(world, first, case_id, "flag_reputation", reason="Nêu tên một cửa hàng")
        await issue(world, second, case_id, "confirm_reputation")
        made = await figures(world)

        await agrees_in_parts(world.deployment, made)
        await lists_agree(world.deployment, made)
        within = {"first": made.period.first, "until": made.period.until}
        assert len(await world.deployment.database.read(partial(oracle.harmed, **within))) == 1
