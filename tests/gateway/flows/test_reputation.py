"""Đắk Lắk and Lạng Sơn in the whole house: told alone by letter; answered by the commune itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from core.cases.model import Case
from core.storage import cases
from tests.gateway.api.staffing import case_ids, hire, issue, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import answer_mail, received, write_mail

HANDLED = "2026-11-23T08:00:00+07:00"


async def stage_of(world: World, case_id: str) -> str:
    """Where the stored case stands."""
    row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
    return Case.model_validate(row.state).stage


@on_both_engines
@pytest.mark.rule("DL-II.1u", "DL-II.2.3a.u", "DL-II.2.1.B3", "A-DL-7")
async def test_harm_to_a_reputation_goes_by_letter_and_is_answered_alone(database_url: str, tmp_path: Path) -> None:
    """Two people, a letter, word to the sender that it is received, the answer on paper, and a private reply."""
    async with world_over(database_url, tmp_path, regulation="dak_lak") as world:
        text = "Quán Hoa Nắng ở số 5 Lê Lợi bán hàng kém chất lượng. Tôi là Nguyễn Văn An, số 0900 000 001."
        case_id = await report(world, text)
        first = await hire(world, "Trần Thị Bình", ("receptionist", ""))
        second = await hire(world, "Lý Văn Dũng", ("distributor", ""), ("editor", ""))
        await issue(world, first, case_id, "accept")
        await issue(world, first, case_id, "flag_reputation", reason="Nêu tên một cửa hàng")
        await issue(world, second, case_id, "confirm_reputation")

        await issue(world, second, case_id, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi UBND thành phố")
        assert "không hiển thị trên cổng" in received(world)[-1]
        scan = await world.deployment.media.put_file("Công văn số 15".encode(), subject_id=case_id, name="cv-15.txt")
        written = {"handled_at": HANDLED, "result": "Đã kiểm tra, nhắc nhở", "evidence": [scan.stored_key]}
        await issue(world, first, case_id, "submit_result", **written)
        await issue(
            world, second, case_id, "reply_privately", text="Cơ quan chức năng đã kiểm tra và nhắc nhở cửa hàng."
        )

        assert await stage_of(world, case_id) == "answered_privately"
        assert "đã kiểm tra và nhắc nhở cửa hàng" in received(world)[-1]


@on_both_engines
@pytest.mark.rule("LS-7.3a.1", "LS-7.3a.2", "LS-7.3a.3", "LS-7.2a")
async def test_a_commune_answers_its_reporter_through_the_software(database_url: str, tmp_path: Path) -> None:
    """Accepted by the IOC, sent to the commune, assigned, handled, approved, told: no centre in between."""
    async with world_over(database_url, tmp_path, regulation="lang_son") as world:
        await write_mail(
            world, "Bãi rác ở xã Hoa Đào không ai dọn. Tôi là Nguyễn Văn An, CCCD 020203000001, 0900 000 001."
        )
        await answer_mail(world, "Số 5 Trần Đăng Ninh, xã Hoa Đào")
        (case_id,) = await case_ids(world)
        ioc = await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""))
        chair = await hire(world, "Lê Văn Cường", ("leader", "ubnd_hoa_dao"))
        officer = await hire(world, "Lý Văn Dũng", ("officer", "ubnd_hoa_dao"))
        await issue(world, ioc, case_id, "accept")
        if await stage_of(world, case_id) == "accepted":
            await issue(world, ioc, case_id, "dispatch", agencies=["ubnd_hoa_dao"])
        await issue(world, chair, case_id, "assign_staff", staff=officer.id)
        await issue(world, officer, case_id, "submit_result", result="Đã dọn sạch bãi rác.")
        await issue(world, chair, case_id, "approve")

        await issue(world, chair, case_id, "answer_reporter", text="UBND xã đã dọn sạch bãi rác ngày 23/11/2026.")

        assert await stage_of(world, case_id) == "answered"
        assert "đã dọn sạch bãi rác ngày 23/11/2026" in received(world)[-1]
