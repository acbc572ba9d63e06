"""What an official was told stands in the console until it is read, and the case says what came of every form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert

from core.contract.schema import new_id
from core.service.actors import Member
from core.storage import outbox, staff_notices
from core.storage.tables import outbox as outbox_table
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Office, open_office
from tests.gateway.flows.test_officers import ROADS, centre, distributed
from tests.support.deployments import open_world

PAGE = "/console/thong-bao"


@pytest_asyncio.fixture
async def tien_giang(tmp_path: Path) -> AsyncIterator[Office]:
    """An office under the regulation that names three forms."""
    async with open_world(tmp_path / "var", regulation="tien_giang_2025") as world, open_office(world) as opened:
        yield opened


async def told(office: Office) -> tuple[Member, str]:
    """An officer with one notice, and the case it is about."""
    desk, officer = await centre(office.world), await hire(office.world, "Lê Văn Cường", ("officer", ROADS))
    return officer, await distributed(office.world, desk)


@pytest.mark.rule("TG-7.1a", "TG-4.1c")
async def test_the_header_counts_what_is_unread_and_opening_it_reads_it(tien_giang: Office) -> None:
    """On every page; one press marks it and leads to the case."""
    officer, case_id = await told(tien_giang)
    async with tien_giang.desk(officer) as desk:
        home = await desk.get("/console")
        assert '<span class="bell__count">1</span>' in home.text
        page = await desk.get(PAGE)
        assert "chờ nhận xử lý" in page.text
        notice = next(action for action in page.forms() if re.fullmatch(f"{PAGE}/[0-9a-f]{{32}}", action))

        answer = await desk.submit(page, notice)

        assert (answer.status, answer.location) == (303, f"/console/ho-so/{case_id}")
        assert "bell__count" not in (await desk.get("/console")).text


@pytest.mark.rule("TG-7.1a")
async def test_everything_can_be_marked_as_read_at_once(tien_giang: Office) -> None:
    """And the page says so."""
    officer, _ = await told(tien_giang)
    async with tien_giang.desk(officer) as desk:
        answer = await desk.send(PAGE, PAGE)

        assert answer.location == f"{PAGE}?xong=da-doc"
        shown = await desk.get(answer.location)
        assert "Đã đánh dấu đã đọc mọi thông báo." in shown.text
        assert "bell__count" not in shown.text


@pytest.mark.rule("TG-7.1a")
async def test_nobody_reads_a_colleagues_notice(tien_giang: Office) -> None:
    """There is no such notice for them."""
    officer, _ = await told(tien_giang)
    other = await hire(tien_giang.world, "Phạm Thị Dung", ("leader", ROADS))
    database = tien_giang.world.deployment.database
    (notice,) = await database.read(lambda one: staff_notices.of_user(one, officer.id, most=5))
    async with tien_giang.desk(other) as desk:
        page = await desk.get(PAGE)
        token = page.forms()[f"{PAGE}/dia-chi"]

        assert (await desk.post(f"{PAGE}/{notice.id}", token)).status == 404

    assert await database.read(lambda one: staff_notices.unread(one, officer.id)) == 1


@pytest.mark.rule("TG-7.1a")
async def test_the_case_says_to_whom_it_went_and_what_had_no_channel(tien_giang: Office) -> None:
    """Plainly, beside the form."""
    officer, case_id = await told(tien_giang)
    async with tien_giang.desk(officer) as desk:
        page = await desk.get(f"/console/ho-so/{case_id}")

    section = page.text.partition('id="da-bao"')[2].partition("</section>")[0]
    assert section.count("Lê Văn Cường") == 3
    assert section.count("Chưa có kênh gửi") == 2
    assert section.count("Chưa đọc") == 1
    for form in ("Trang nghiệp vụ", "Ứng dụng di động", "Tin nhắn SMS"):
        assert form in section


@pytest.mark.rule("TG-7.1a")
@pytest.mark.parametrize(
    ("sms", "email", "kept"),
    [
        ("0900 000 002", "", {"sms": "+84900000002"}),
        ("", "Cuong@SoXayDung.example.vn", {"email": "cuong@soxaydung.example.vn"}),
        ("", "", {}),
    ],
)
async def test_an_official_says_where_to_be_told(
    tien_giang: Office, sms: str, email: str, kept: dict[str, str]
) -> None:
    """Kept in one form; an empty field takes it back. The page names the forms without a channel."""
    officer = await hire(tien_giang.world, "Lê Văn Cường", ("officer", ROADS))
    async with tien_giang.desk(officer) as desk:
        assert "chưa có kênh gửi: Ứng dụng di động, Tin nhắn SMS." in (await desk.get(PAGE)).text
        answer = await desk.send(PAGE, f"{PAGE}/dia-chi", sms=sms, email=email)

    assert answer.status == 303
    assert await tien_giang.world.deployment.clerk.officers.addresses_of(officer.id) == kept


@pytest.mark.parametrize(("field", "value"), [("sms", "113"), ("sms", "abc"), ("email", "không phải thư")])
async def test_an_address_that_cannot_be_is_refused_and_nothing_changes(
    tien_giang: Office, field: str, value: str
) -> None:
    """With a sentence; what was typed stands there still."""
    officer = await hire(tien_giang.world, "Lê Văn Cường", ("officer", ROADS))
    async with tien_giang.desk(officer) as desk:
        answer = await desk.send(PAGE, f"{PAGE}/dia-chi", **{"sms": "", "email": "", field: value})

    assert (answer.status, value in answer.text) == (422, True)
    assert "Vui lòng nhập" in answer.text
    assert await tien_giang.world.deployment.clerk.officers.addresses_of(officer.id) == {}


async def test_a_message_to_an_official_that_failed_is_shown_as_such(tien_giang: Office) -> None:
    """With its case, and no conversation that is not there."""
    world = tien_giang.world
    desk, officer = await centre(world), await hire(world, "Lê Văn Cường", ("officer", ROADS))
    case_id = await distributed(world, desk)
    entry = outbox.NewEntry(
        id=new_id(),
        dedupe_key=f"{outbox.TO_STAFF}1",
        conversation_id=officer.id,
        case_id=case_id,
        channel="sms",
        subject_id=officer.id,
        payload_sealed=b"",
        next_at=world.clock(),
        created_at=world.clock(),
    )
    await world.deployment.database.write(lambda one: one.execute(insert(outbox_table), entry.__dict__))
    await world.settle()

    async with tien_giang.desk(desk) as page:
        shown = (await page.get("/console/hop-gui")).text
    assert ("Báo cán bộ" in shown, f"/console/hoi-thoai/{officer.id}" in shown) == (True, False)
