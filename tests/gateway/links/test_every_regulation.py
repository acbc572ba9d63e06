"""What a partner answers is carried out in its agency's name, whichever steps the regulation at home has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from core.cases.model import Case, Dispatch
from core.storage import cases
from tests.gateway.api.staffing import WATER, agency, case_ids, centre, issue
from tests.gateway.links.conftest import PROVINCE, introduce, standing
from tests.gateway.links.offices import Office, until_quiet
from tests.gateway.links.test_federation import only_case
from tests.support.letters import answer_mail, received, write_mail

POTHOLE = (
    "Ổ gà lớn trước số 12 đường Trần Hưng Đạo lúc 7 giờ sáng nay. Nguyễn Văn An, 0900 000 001, an@hopthu.example.vn."
)
RUBBISH = "Bãi rác ở xã Hoa Đào không ai dọn. Tôi là Nguyễn Văn An, CCCD 020203000001, 0900 000 001."
ANSWER = "Đơn vị đã xử lý xong ngày 23/11/2026, kèm ảnh hiện trường."


@dataclass(frozen=True)
class Home:
    """A regulation, an agency of it that has a system of its own, the roles its link was given, how it ends."""

    regulation: str
    agency: str
    roles: tuple[str, ...]
    ended: str
    text: str = POTHOLE
    place: str = ""


HOMES = (
    Home("quang_binh", "so_xay_dung", ("focal", "unit_leader", "unit_staff"), "approved"),
    Home("dak_lak", "ubnd_thanh_pho", ("focal",), "done"),
    Home("lang_son", "ubnd_hoa_dao", ("officer", "leader"), "answered", RUBBISH, "Số 5 Trần Đăng Ninh, xã Hoa Đào"),
)


@asynccontextmanager
async def both_offices(tmp_path: Path, home: Home) -> AsyncIterator[tuple[Office, Office]]:
    """The province under that regulation, and the city, which is the agency there."""
    async with (
        Office(tmp_path / "province", {"regulation": home.regulation}) as province,
        Office(tmp_path / "city") as city,
    ):
        await introduce(province, city, kind="peer", agency=home.agency, roles=list(home.roles))
        yield province, city


async def handed_over(province: Office, home: Home) -> str:
    """A citizen's report, complete or declared so, with its case given to that agency; the case's id."""
    await write_mail(province.world, home.text, subject="Phản ánh")
    if home.place:
        await answer_mail(province.world, home.place)
    (case_id,), ioc = await case_ids(province.world), await centre(province.world)
    for name, state in (await only_case(province)).completeness.items():
        if state.value == "missing":
            await issue(province.world, ioc, case_id, "declare_none", field=name, reason="Không có trong thư")
    await issue(province.world, ioc, case_id, "accept")
    if not (await only_case(province)).dispatches:
        await issue(province.world, ioc, case_id, "dispatch", agencies=[home.agency])
    return case_id


async def part_of(office: Office, case_id: str) -> Dispatch:
    """The only part of a case."""
    row = await office.world.deployment.database.read(partial(cases.load, case_id=case_id))
    (part,) = Case.model_validate(row.state).dispatches
    return part


@pytest.mark.rule("QB-QD.III.1.1c", "TG-11.3")
@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.regulation)
async def test_the_citys_answer_is_the_agencys_result(tmp_path: Path, home: Home) -> None:
    """Taken on and answered there; nothing is left for a person whom the agency does not have here."""
    async with both_offices(tmp_path, home) as (province, city):
        case_id = await handed_over(province, home)
        await until_quiet(province, city)
        theirs, ioc = await only_case(city), await centre(city.world)
        officials = await agency(city.world, WATER)
        await issue(city.world, ioc, theirs.id, "accept")
        await issue(city.world, ioc, theirs.id, "dispatch", agencies=[WATER])
        await until_quiet(city, province)
        running = {clock.name for clock in (await only_case(province)).running()}
        await issue(city.world, officials, theirs.id, "accept_dispatch")
        await issue(city.world, officials, theirs.id, "submit_result", result=ANSWER)
        await issue(city.world, officials, theirs.id, "approve")
        await issue(city.world, ioc, theirs.id, "publish", text=ANSWER)
        await until_quiet(city, province)

        part = await part_of(province, case_id)
        assert (part.stage, len(part.resolutions)) == (home.ended, 1)
        assert "focal_accept" not in running
        assert await standing(city.world) == {PROVINCE: (0, 0)}
        if home.ended == "answered":
            assert ANSWER in received(province.world)[-1]


@pytest.mark.rule("QB-IV.1.2a.3r", "QB-IV.1.2a.4")
async def test_what_a_unit_has_taken_on_goes_back_to_the_centre(tmp_path: Path) -> None:
    """Two steps up, since nobody of the focal agency sits here."""
    home = HOMES[0]
    async with both_offices(tmp_path, home) as (province, city):
        case_id = await handed_over(province, home)
        await until_quiet(province, city)
        theirs, ioc = await only_case(city), await centre(city.world)
        await issue(city.world, ioc, theirs.id, "accept")
        await until_quiet(city, province)
        taken = (await part_of(province, case_id)).stage
        await issue(city.world, ioc, theirs.id, "cancel", reason_code="mistake", reason="Tuyến do tỉnh quản lý.")
        await until_quiet(city, province)

        assert taken == "unit_accepted"
        assert ((await part_of(province, case_id)).stage, (await only_case(province)).stage) == (
            "sent_back",
            "accepted",
        )
