"""Records for a state body: the file, what never leaves, the book, and who may."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from core.service.actors import Member
from core.storage import cases, handouts
from core.storage.tables import handout_case
from tests.gateway.api.staffing import agency, centre, hire, issue, report
from tests.gateway.console.office import Answer, Office
from tests.support.databases import on_both_engines

PAGE = "/console/cung-cap"
NAME, PHONE, MAIL = "Nguyễn Văn An", "0900000001", "an@hopthu.example.vn"


def asked(**changes: str) -> dict[str, str]:
    """A form that is filled in right, for every case there is."""
    usual = {
        "noi-nhan": "Thanh tra tỉnh",
        "so-van-ban": "Công văn 15/TTr ngày 20/11/2026",
        "can-cu": "Luật Thanh tra",
        "ly-do": "Phục vụ thanh tra",
        "tu-ngay": "2020-01-01",
        "den-ngay": "2099-12-31",
    }
    return usual | {name.replace("_", "-"): value for name, value in changes.items()}


async def given(office: Office, asker: Member, **changes: str) -> Answer:
    """What a colleague who looked at it gives, of what somebody asked for."""
    async with office.desk(asker) as desk:
        told = await desk.send(PAGE, PAGE, **asked(**changes))
    assert told.status == 303, told.text
    newest = (await office.world.deployment.database.read(handouts.newest))[0]
    async with office.desk(await centre(office.world)) as desk:
        return await desk.send(PAGE, f"{PAGE}/{newest.id}/duyet")


def opened(answer: Answer) -> dict[str, bytes]:
    """The files inside, by name."""
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def records(answer: Answer) -> list[dict[str, Any]]:
    """Its cases."""
    return [json.loads(line) for line in opened(answer)["ho-so.ndjson"].splitlines()]


@on_both_engines
@pytest.mark.rule("TG-11.1", "LS-9.1", "QB-IV.1.6a", "A-6")
async def test_records_of_a_period_are_handed_out_and_entered_in_the_book(office: Office) -> None:
    """The cases masked, a list that a spreadsheet opens, minutes; the book has the hash of the very file."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    file = await given(office, ioc)
    async with office.desk(ioc) as desk:
        book = await desk.get(PAGE)
    world.clock.advance(minutes=1)
    earlier = await given(office, ioc, den_ngay="2020-01-31")

    (record,) = records(file)
    rows = list(csv.reader(io.StringIO(opened(file)["danh-sach.csv"].decode("utf-8-sig"))))
    minutes = json.loads(opened(file)["bien-ban.json"])
    assert (file.status, file.headers["Content-Type"]) == (200, "application/zip")
    assert minutes["so_van_ban"] == "Công văn 15/TTr ngày 20/11/2026"
    assert minutes["nguoi_lap"] == ioc.id != minutes["nguoi_duyet"]
    assert (record["id"], record["channel"]["beyond_text"]) == (case_id, False)
    assert rows[1][0] == record["code"]
    assert (minutes["noi_nhan"], minutes["so_ho_so"], minutes["khong_cung_cap"]) == ("Thanh tra tỉnh", 1, 0)
    for secret in (NAME, PHONE, MAIL):
        assert secret not in "".join(inside.decode() for inside in opened(file).values())
    assert records(earlier) == []
    noted = await world.deployment.database.read(handouts.newest)
    (row,) = [one for one in noted if one.cases]
    assert hashlib.sha256(file.body).hexdigest() == row.digest
    async with office.desk(ioc) as desk:
        listed = await desk.get(f"{PAGE}/{row.id}/danh-sach")
    assert list(csv.reader(io.StringIO(listed.body.decode("utf-8-sig")))) == [["ma", "nhan_luc"], rows[1][:2]]
    assert f'href="{PAGE}/{row.id}/danh-sach"' in book.text
    assert "Thanh tra tỉnh" in book.text
    assert "Công văn 15/TTr" in book.text


@on_both_engines
async def test_the_cases_that_went_out_with_a_file_are_listed_for_those_who_keep_the_book(office: Office) -> None:
    """The oldest first, also one that is gone since; not those of another file; an agency does not read the book."""
    world = office.world
    ioc, first = await centre(world), await report(world)
    world.clock.advance(minutes=5)
    second = await report(world)
    await given(office, ioc)
    row = (await world.deployment.database.read(handouts.newest))[0]
    gone, other = {"handout_id": row.id, "case_id": "f" * 32}, {"handout_id": "0" * 32, "case_id": second}
    await world.deployment.database.write(lambda one: one.execute(insert(handout_case), [gone, other]))
    async with office.desk(ioc) as desk:
        listed = await desk.get(f"{PAGE}/{row.id}/danh-sach")
        unknown = await desk.get(f"{PAGE}/{'0' * 32}/danh-sach")
    async with office.desk(await agency(world)) as desk:
        refused = await desk.get(f"{PAGE}/{row.id}/danh-sach")

    lines = list(csv.reader(io.StringIO(listed.body.decode("utf-8-sig"))))[1:]
    rows = [await world.deployment.database.read(partial(cases.load, case_id=one)) for one in (first, second)]
    codes = [one.code for one in rows]
    assert sorted(code.replace(" ", "") for code, _ in lines) == sorted([*codes, "f" * 32])
    known = [code.replace(" ", "") for code, at in lines if at]
    assert known == codes
    assert (unknown.status, refused.status) == (404, 403)


async def test_reporters_go_along_only_on_request_and_each_reading_is_logged(office: Office) -> None:
    """The centre may; the log of the case says so. An administrator may not."""
    world = office.world
    ioc, admin, case_id = await centre(world), await hire(world, "Đỗ Thị Hoa", ("admin", "")), await report(world)
    (record,) = records(await given(office, ioc, kem_nguoi_gui="1"))
    async with office.desk(ioc) as desk:
        log = await desk.get(f"/console/nhat-ky?ma={record['code'].replace(' ', '')}")
    world.clock.advance(minutes=1)
    async with office.desk(ioc) as desk:
        await desk.send(PAGE, PAGE, **asked(kem_nguoi_gui="1"))
    waiting = (await world.deployment.database.read(handouts.newest))[0]
    async with office.desk(admin) as desk:
        refused = await desk.send(PAGE, f"{PAGE}/{waiting.id}/duyet")

    assert record["reports"][0]["reporter"]["name"] == NAME
    assert "Thông tin người phản ánh" in log.text
    assert refused.status == 409
    assert "không được xem thông tin cá nhân" in refused.text
    assert record["id"] == case_id


@pytest.mark.rule("VN-3")
async def test_what_may_be_a_state_secret_never_leaves(office: Office) -> None:
    """It is counted, and left out."""
    world = office.world
    ioc, kept, given_away = await centre(world), await report(world), await report(world)
    await issue(world, ioc, kept, "flag_secret")
    file = await given(office, ioc)

    assert [one["id"] for one in records(file)] == [given_away]
    assert json.loads(opened(file)["bien-ban.json"])["khong_cung_cap"] == 1


async def test_without_reason_receiver_or_period_nothing_is_made(office: Office) -> None:
    """The form comes back with what is missing, and what was typed; the book stays empty."""
    ioc = await centre(office.world)
    wrong = (
        {"ly_do": " "},
        {"noi_nhan": ""},
        {"can_cu": ""},
        {"tu_ngay": "2100-01-01"},
        {"den_ngay": "hôm nay"},
        {"den_ngay": "9999-12-31"},
    )
    async with office.desk(ioc) as desk:
        answers = [await desk.send(PAGE, PAGE, **asked(**one)) for one in wrong]
        book = await desk.get(PAGE)

    assert [answer.status for answer in answers] == [422] * len(wrong)
    assert "Vui lòng nhập lý do" in answers[0].text
    assert "Thanh tra tỉnh" in answers[0].text
    assert "Vui lòng chọn ngày" in answers[3].text
    assert "Chưa cung cấp hồ sơ cho cơ quan nào." in book.text


@pytest.mark.rule("TG-11.1", "LS-9.1", "QB-IV.1.6a")
async def test_it_takes_two_people_and_is_decided_once(office: Office) -> None:
    """Whoever asked does not give it, nor is it given after it was refused or given; nothing left meanwhile."""
    ioc, other = await centre(office.world), await centre(office.world)
    async with office.desk(ioc) as desk:
        shown = await desk.send(PAGE, PAGE, **asked())
        (row,) = await office.world.deployment.database.read(handouts.newest)
        book = await desk.get(PAGE)
        token = book.forms()[f"{PAGE}/{row.id}/tu-choi"]
        own = await desk.post(f"{PAGE}/{row.id}/duyet", token)
    async with office.desk(other) as desk:
        stale = await desk.get(PAGE)
        refused = await desk.submit(stale, f"{PAGE}/{row.id}/tu-choi")
        late = await desk.submit(stale, f"{PAGE}/{row.id}/duyet")
        after = await desk.get(PAGE)

    assert (shown.status, own.status, refused.status, late.status) == (303, 409, 303, 409)
    assert f"{PAGE}/{row.id}/duyet" not in book.forms()
    assert "không tự duyệt" in own.text
    assert "đã được quyết định" in late.text
    assert "Không cung cấp" in after.text
    (row,) = await office.world.deployment.database.read(handouts.newest)
    assert (row.state, row.decided_by, row.digest) == ("refused", other.id, "")


async def test_an_agency_hands_nothing_out(office: Office) -> None:
    """The records are the centre's."""
    lights = await agency(office.world)
    async with office.desk(lights) as desk:
        assert (await desk.get(PAGE)).status == 403
