"""The auditor's page: by case, by person, by day, as a file; every question stands in the log; chains are proved."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from core.clock import local
from core.storage import people
from core.storage.database import Connection
from core.storage.tables import case_event
from gateway.console.audit.run import AUDIT_RUN
from tests.gateway.api.staffing import centre, hire, issue, report
from tests.gateway.console.office import Office
from tests.support.databases import on_both_engines
from tests.support.waiting import until

PAGE = "/console/nhat-ky"


@pytest.mark.rule("VN-4", "VN-14")
@on_both_engines
async def test_an_administrator_asks_by_person_and_day(office: Office) -> None:
    """Who looked, who did what, each with its case; the questions themselves come up in the log."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    boss = await hire(world, "Phạm Thị Dung", ("admin", ""))
    await issue(world, ioc, case_id, "accept")
    today = local(world.clock()).date()
    async with office.desk(ioc) as desk:
        page = await desk.get(f"/console/ho-so/{case_id}")
        await desk.submit(page, f"/console/ho-so/{case_id}/xem-nguoi-phan-anh")
        asked = [await desk.get(f"{PAGE}?{query}") for query in (f"can-bo={boss.id}", "tu-ngay=2026-01-01")]
    async with office.desk(boss) as desk:
        empty = await desk.get(PAGE)
        looked = await desk.get(f"{PAGE}?can-bo={ioc.id}")
        did = await desk.get(f"{PAGE}?can-bo={ioc.id}&loai=viec&tu-ngay={today}&den-ngay={today}")
        before = await desk.get(f"{PAGE}?can-bo={ioc.id}&loai=viec&den-ngay={today - timedelta(days=1)}")
        file = await desk.get(f"{PAGE}/xlsx?can-bo={ioc.id}")
        own = await desk.get(f"{PAGE}?can-bo={boss.id}")
        wrong = await desk.get(f"{PAGE}?tu-ngay=2026-01-01&den-ngay=2026-12-31&loai=viec")

    link = f'href="/console/ho-so/{case_id}"'
    assert [one.status for one in asked] == [403, 403]
    assert "Mới nhất trước" not in empty.text
    assert "Thông tin người phản ánh" in looked.text
    assert link in looked.text
    assert "Tiếp nhận phản ánh." in did.text
    assert link in did.text
    assert "Không có dòng nào." in before.text
    assert "Thông tin người phản ánh" in _words(file.body)
    assert ("Xem nhật ký" in own.text, "Xuất nhật ký ra tệp" in own.text) == (True, True)
    assert (wrong.status, "tối đa 31 ngày" in wrong.text) == (422, True)


@on_both_engines
async def test_a_long_log_goes_on(office: Office) -> None:
    """Page by page, nothing twice and nothing left out."""
    world = office.world
    boss, reader = await hire(world, "Phạm Thị Dung", ("admin", "")), await centre(world)
    await world.deployment.database.write(partial(_looks, user=reader.id, most=250, now=world.clock()))
    seen, address = [], f"{PAGE}?can-bo={reader.id}"
    async with office.desk(boss) as desk:
        while address:
            page = await desk.get(address)
            seen.append(page.text.count('data-label="Việc"'))
            address = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    assert seen == [100, 100, 50]


@pytest.mark.rule("VN-14")
async def test_a_file_begins_at_the_first_line_and_says_where_it_ends(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken from a later page as well; whoever is handed one that was cut does not take it for all."""
    world = office.world
    boss, reader = await hire(world, "Phạm Thị Dung", ("admin", "")), await centre(world)
    await world.deployment.database.write(partial(_looks, user=reader.id, most=250, now=world.clock()))
    async with office.desk(boss) as desk:
        first = await desk.get(f"{PAGE}?can-bo={reader.id}")
        later = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        whole = await desk.get(later.replace(PAGE, f"{PAGE}/xlsx"))
        monkeypatch.setattr("gateway.console.audit.page.MOST_IN_A_FILE", 200)
        cut = await desk.get(f"{PAGE}/xlsx?can-bo={reader.id}")

    rows = [_rows(one.body) for one in (whole, cut)]
    assert rows == [254, 204]
    assert ["dòng mới nhất" in _words(one.body) for one in (whole, cut)] == [False, True]


@pytest.mark.rule("VN-14")
async def test_the_chain_is_proved_for_a_case_and_for_all(office: Office) -> None:
    """A byte that was changed in the store is found, at once for the case and by the proof over everything."""
    world = office.world
    boss, case_id = await hire(world, "Phạm Thị Dung", ("admin", "")), await report(world)
    run = office.app[AUDIT_RUN]
    async with office.desk(boss) as desk:
        code = (await desk.get(f"/console/ho-so/{case_id}")).text.partition("<h1>Hồ sơ ")[2].partition("<")[0]
        address = f"{PAGE}?ma={code.replace(' ', '+')}"
        whole = await desk.get(address)
        await desk.send(PAGE, f"{PAGE}/kiem-tra")
        await until(lambda: not run.is_on, "the first proof")
        proved = await desk.get(PAGE)
        await world.deployment.database.write(partial(_tamper, case_id=case_id))
        broken = await desk.get(address)
        await desk.send(PAGE, f"{PAGE}/kiem-tra")
        await until(lambda: not run.is_on, "the second proof")
        found = await desk.get(PAGE)

    assert "sự kiện của hồ sơ này nguyên vẹn" in whole.text
    assert "1 hồ sơ" in proved.text
    assert "Nguyên vẹn" in proved.text
    assert "không còn nguyên vẹn" in broken.text
    assert "chỗ không khớp" in found.text
    assert f"chain {case_id}" in found.text


async def test_the_proof_over_all_is_for_administrators(office: Office) -> None:
    """The centre reads the log of a case, and starts nothing."""
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        page = await desk.get(PAGE)
        begun = await desk.post(f"{PAGE}/kiem-tra")

    assert "Kiểm tra ngay" not in page.text
    assert begun.status == 403
    assert not office.app[AUDIT_RUN].is_on


def _looks(connection: Connection, *, user: str, most: int, now: datetime) -> None:
    for number in range(most):
        at = now - timedelta(minutes=number)
        people.log_access(connection, user_id=user, what="identity", ref=f"{number:032x}", now=at)


def _tamper(connection: Connection, *, case_id: str) -> None:
    connection.execute(update(case_event).where(case_event.c.case_id == case_id).values(hash=b"\0" * 32))


def _rows(body: bytes) -> int:
    """How far down its sheet goes: a title, the question, an empty line and the head stand first."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode().count("<row ") + 1


def _words(workbook: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(workbook)) as file:
        return file.read("xl/sharedStrings.xml").decode()
