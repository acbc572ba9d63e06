"""A focal agency and its lead unit, the board and a dated commitment, through mail, console and API (QB-IV.1)."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.cases.model import Case
from core.service.actors import Member
from core.storage import cases
from gateway.auth.tokens import create_token
from tests.gateway.api.staffing import case_ids, hire, issue
from tests.gateway.console.office import open_office
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import received, write_mail

TEXT = "Ổ gà lớn trước số 12 đường Trần Hưng Đạo lúc 7 giờ sáng nay. Nguyễn Văn An, 0900 000 001, an@hopthu.example.vn."
ROADS, UNIT = "so_xay_dung", "xd_ha_tang"
HOUR = (
    "1 giờ làm việc kể từ 17:00 thứ Hai 23/11/2026, hạn 08:00 thứ Tư 25/11/2026: "
    "tính 30 phút thứ Hai 23/11, 30 phút thứ Tư 25/11; nghỉ thứ Ba 24/11 ("
)
ARTICLE = "); QĐ phê duyệt Đề án, tháng 5/2022, Phụ lục, mục IV.1.2b"


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment under the regulation with two levels; Monday 23/11/2026, 17:00, the eve of a holiday."""
    async with world_over(database_url, tmp_path, regulation="quang_binh") as opened:
        opened.clock.advance(hours=9)
        yield opened


async def centre(world: World) -> Member:
    return await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""), ("editor", ""))


async def stored(world: World, case_id: str) -> Case:
    row = await world.deployment.database.read(lambda one: cases.load(one, case_id))
    return Case.model_validate(row.state)


async def accepted(world: World, ioc: Member) -> str:
    """A mail, complete once what it lacks is declared none, and accepted."""
    before = set(await case_ids(world))
    await write_mail(world, TEXT, subject="Ổ gà")
    (case_id,) = set(await case_ids(world)) - before
    for name, state in (await stored(world, case_id)).completeness.items():
        if state.value == "missing":
            await issue(world, ioc, case_id, "declare_none", field=name, reason="Không có trong thư")
    await issue(world, ioc, case_id, "accept")
    return case_id


@on_both_engines
@pytest.mark.rule("QB-IV.1.2a.3", "QB-IV.1.2b")
async def test_console_and_api_say_how_a_due_time_came_about(world: World) -> None:
    """Each slice by its day, the holiday by its name, and the article; word for word the same in both."""
    ioc, roads = await centre(world), await hire(world, "Lê Văn Cường", ("focal", ROADS))
    case_id = await accepted(world, ioc)
    await issue(world, ioc, case_id, "dispatch", agencies=[ROADS])
    token = await create_token(world.deployment.database, roads.id, name="test", now=world.clock())

    async with open_office(world) as office, office.desk(roads) as desk:
        page = html.unescape((await desk.get(f"/console/ho-so/{case_id}")).text)
        headers = {"Authorization": f"Bearer {token.secret}"}
        async with desk.client.get(f"{desk.url}/api/v1/cases/{case_id}", headers=headers) as response:
            shown = await response.json()

    (clock,) = [one for one in shown["clocks"] if one["name"] == "focal_accept"]
    assert clock["explanation"].startswith(HOUR)
    assert clock["explanation"].endswith(ARTICLE)
    assert "QB-IV.1.2a.3" in clock["rules"]
    assert clock["explanation"] in page


@on_both_engines
@pytest.mark.rule("QB-IV.1.1a.2c", "QB-IV.1.2a.4", "QB-IV.1.3a", "QB-IV.1.4a.1", "QB-IV.3b", "A-QB-6")
async def test_the_whole_way_by_people_of_four_houses(world: World) -> None:
    """The board names the lead, the unit promises a date, the citizen hears of both answers by mail."""
    ioc, board = await centre(world), await hire(world, "Phạm Văn Dũng", ("board", ""))
    roads, unit = (
        await hire(world, "Lê Văn Cường", ("focal", ROADS)),
        await hire(world, "Hồ Thị Em", ("unit_leader", UNIT), ("unit_staff", UNIT)),
    )
    case_id = await accepted(world, ioc)
    await issue(world, ioc, case_id, "refer_to_board", reason="Hai cơ quan đều cho là việc của bên kia")
    await issue(world, board, case_id, "decide_lead", agency=ROADS)
    await issue(world, ioc, case_id, "dispatch", agencies=[ROADS])
    await issue(world, roads, case_id, "accept_dispatch")
    await issue(world, roads, case_id, "assign_unit", unit=UNIT)
    await issue(world, unit, case_id, "accept_dispatch")
    await issue(world, unit, case_id, "assign_staff", staff=unit.id)
    promise = {
        "status": "Chờ vật tư",
        "promised_date": "2026-12-10",
        "draft_answer": "Đơn vị sẽ vá xong ngày 10/12/2026.",
    }
    await issue(world, unit, case_id, "commit_interim", **promise)
    await issue(world, unit, case_id, "approve")
    await issue(world, ioc, case_id, "publish", text="Đơn vị sẽ vá xong mặt đường ngày 10/12/2026.")
    assert (await stored(world, case_id)).stage == "in_progress"

    await world.pass_time(days=18)
    assert (await stored(world, case_id)).clocks["promise:d1"].breached_at is not None
    done = {"result": "Đã vá xong", "draft_answer": "Mặt đường đã được vá xong ngày 11/12/2026."}
    await issue(world, unit, case_id, "submit_result", **done)
    await issue(world, unit, case_id, "approve")
    await issue(world, ioc, case_id, "publish", text="Mặt đường đã được vá xong ngày 11/12/2026.")

    case = await stored(world, case_id)
    told = "\n".join(received(world))
    assert (case.stage, [item.interim for item in case.publications]) == ("published", [True, False])
    assert "ngày 10/12/2026" in told
    assert "vá xong ngày 11/12/2026" in told
    assert "1. Hài lòng; 2. Chấp nhận; 3. Không hài lòng" in told
