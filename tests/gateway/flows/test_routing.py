"""The product distributes by itself what a person has accepted, where the regulation says so, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.events import CaseDispatched
from core.cases.model import Case
from core.cases.routing import Matter, route
from core.storage import cases
from gateway.admin.services import auditor_of
from tests.gateway.api.staffing import case_ids, hire, issue
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import answer_mail, write_mail

TEXT = "Ổ gà lớn trên đường Hùng Vương, phường 1 lúc 7 giờ sáng nay. Nguyễn Văn An, 0900 000 001, 12 Lê Lợi."


async def stored(world: World, case_id: str) -> Case:
    """The case as it is in the database."""
    row = await world.deployment.database.read(lambda one: cases.load(one, case_id))
    return Case.model_validate(row.state)


@on_both_engines
@pytest.mark.rule("TG-P1.II.3a", "TG-P1.II.3b", "A-TG-6")
async def test_a_category_marked_automatic_goes_out_with_its_acceptance(database_url: str, tmp_path: Path) -> None:
    """In the same transaction, signed by the system; what is not marked waits for the distributor."""
    async with world_over(database_url, tmp_path, regulation="tien_giang") as world:
        centre = await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""))
        for category, sent in (("transport", True), ("police", False)):
            before = set(await case_ids(world))
            await write_mail(world, TEXT, subject="Ổ gà")
            (case_id,) = set(await case_ids(world)) - before
            await issue(world, centre, case_id, "classify", category=category, reason="Đúng lĩnh vực")
            case = await stored(world, case_id)
            for field, state in case.completeness.items():
                if state.value == "missing":
                    await issue(world, centre, case_id, "declare_none", field=field, reason="Không có")
            assert (await stored(world, case_id)).dispatches == ()

            await issue(world, centre, case_id, "accept")

            case = await stored(world, case_id)
            assert bool(case.dispatches) is sent, category
            if sent:
                agencies = world.deployment.regulation.agencies
                assert case.dispatches[0].agency_id == agencies.successors("so_giao_thong")[0].id
                events = await world.deployment.database.read(lambda one, key=case_id: cases.load_events(one, key))
                made = next(row for row in events if row.name == CaseDispatched.model_fields["kind"].default)
                assert made.actor == "system"


@on_both_engines
@pytest.mark.rule("LS-7.2a", "VN-10")
async def test_a_commune_named_in_a_letter_is_proposed_by_place(database_url: str, tmp_path: Path) -> None:
    """Where it happened, not where its writer lives."""
    async with world_over(database_url, tmp_path, regulation="lang_son_2025") as world:
        text = "Bãi rác ở xã Hoa Đào không ai dọn. Tôi là Nguyễn Văn An, CCCD 020203000001, 0900 000 001."
        await write_mail(world, text)
        await answer_mail(world, "Số 5 Trần Đăng Ninh, xã Suối Trong")
        (case_id,) = await case_ids(world)

        case = await stored(world, case_id)

        regulation = world.deployment.regulation
        made = route(regulation.current, regulation.agencies, Matter.of(case))
        assert case.commune_code == "90101"
        assert made.agencies == ("ubnd_hoa_dao",)


@pytest.mark.rule("LS-7.2a", "VN-10")
async def test_a_commune_put_right_afterwards_moves_the_case(database_url: str, tmp_path: Path) -> None:
    """The report is theirs to correct: the case stands where it says now, and another agency is proposed."""
    async with world_over(database_url, tmp_path, regulation="lang_son_2025") as world:
        text = "Bãi rác ở xã Hoa Đào không ai dọn. Tôi là Nguyễn Văn An, CCCD 020203000001, 0900 000 001."
        await write_mail(world, text)
        await answer_mail(world, "Số 5 Trần Đăng Ninh, xã Suối Trong")
        (case_id,) = await case_ids(world)
        await answer_mail(world, "Tôi ghi nhầm, bãi rác ở xã Suối Trong chứ không phải xã Hoa Đào.")

        case = await stored(world, case_id)

        regulation = world.deployment.regulation
        made = route(regulation.current, regulation.agencies, Matter.of(case))
        assert (case.commune_code, made.agencies) == ("90102", ("ubnd_suoi_trong",))
        events = await world.deployment.database.read(lambda one: cases.load_events(one, case_id))
        assert [row.name for row in events].count("place_corrected") == 1
        assert (await auditor_of(world.deployment).verify()).findings == []
