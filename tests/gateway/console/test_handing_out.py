"""Records for a state body: the file, what never leaves, the book, and who may."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest

from core.storage import handouts
from tests.gateway.api.staffing import agency, centre, hire, issue, report
from tests.gateway.console.office import Answer, Office
from tests.support.databases import on_both_engines

PAGE = "/console/cung-cap"
NAME, PHONE, MAIL = "Nguyễn Văn An", "0900000001", "an@hopthu.example.vn"


def asked(**changes: str) -> dict[str, str]:
    """A form that is filled in right, for every case there is."""
    usual = {
        "noi-nhan": "Thanh tra tỉnh",
        "ly-do": "Công văn 15/TTr",
        "tu-ngay": "2020-01-01",
        "den-ngay": "2099-12-31",
    }
    return usual | {name.replace("_", "-"): value for name, value in changes.items()}


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
    async with office.desk(ioc) as desk:
        given = await desk.send(PAGE, PAGE, **asked())
        book = await desk.get(PAGE)
        earlier = await desk.send(PAGE, PAGE, **asked(den_ngay="2020-01-31"))

    (record,) = records(given)
    rows = list(csv.reader(io.StringIO(opened(given)["danh-sach.csv"].decode("utf-8-sig"))))
    minutes = json.loads(opened(given)["bien-ban.json"])
    assert (given.status, given.headers["Content-Type"]) == (200, "application/zip")
    assert (record["id"], record["channel"]["beyond_text"]) == (case_id, False)
    assert rows[1][0] == record["code"]
    assert (minutes["noi_nhan"], minutes["so_ho_so"], minutes["khong_cung_cap"]) == ("Thanh tra tỉnh", 1, 0)
    for secret in (NAME, PHONE, MAIL):
        assert secret not in "".join(file.decode() for file in opened(given).values())
    assert records(earlier) == []
    noted = await world.deployment.database.read(handouts.newest)
    assert hashlib.sha256(given.body).hexdigest() in {row.digest for row in noted}
    assert "Thanh tra tỉnh" in book.text
    assert "Công văn 15/TTr" in book.text


async def test_reporters_go_along_only_on_request_and_each_reading_is_logged(office: Office) -> None:
    """The centre may; the log of the case says so. An administrator may not."""
    world = office.world
    ioc, admin, case_id = await centre(world), await hire(world, "Đỗ Thị Hoa", ("admin", "")), await report(world)
    async with office.desk(ioc) as desk:
        given = await desk.send(PAGE, PAGE, **asked(kem_nguoi_gui="1"))
        (record,) = records(given)
        (record,) = records(given)
        log = await desk.get(f"/console/nhat-ky?ma={record['code'].replace(' ', '')}")
    async with office.desk(admin) as desk:
        refused = await desk.send(PAGE, PAGE, **asked(kem_nguoi_gui="1"))
        masked = await desk.send(PAGE, PAGE, **asked())

    assert record["reports"][0]["reporter"]["name"] == NAME
    assert "Thông tin người phản ánh" in log.text
    assert refused.status == 422
    assert "không được xem thông tin cá nhân" in refused.text
    assert [one["id"] for one in records(masked)] == [case_id]


@pytest.mark.rule("VN-3")
async def test_what_may_be_a_state_secret_never_leaves(office: Office) -> None:
    """It is counted, and left out."""
    world = office.world
    ioc, kept, given_away = await centre(world), await report(world), await report(world)
    await issue(world, ioc, kept, "flag_secret")
    async with office.desk(ioc) as desk:
        given = await desk.send(PAGE, PAGE, **asked())

    assert [one["id"] for one in records(given)] == [given_away]
    assert json.loads(opened(given)["bien-ban.json"])["khong_cung_cap"] == 1


async def test_without_reason_receiver_or_period_nothing_is_made(office: Office) -> None:
    """The form comes back with what is missing, and what was typed; the book stays empty."""
    ioc = await centre(office.world)
    wrong = ({"ly_do": " "}, {"noi_nhan": ""}, {"tu_ngay": "2100-01-01"}, {"den_ngay": "hôm nay"})
    async with office.desk(ioc) as desk:
        answers = [await desk.send(PAGE, PAGE, **asked(**one)) for one in wrong]
        book = await desk.get(PAGE)

    assert [answer.status for answer in answers] == [422] * len(wrong)
    assert "Vui lòng nhập lý do" in answers[0].text
    assert "Thanh tra tỉnh" in answers[0].text
    assert "Vui lòng chọn ngày" in answers[2].text
    assert "Chưa cung cấp hồ sơ cho cơ quan nào." in book.text


async def test_an_agency_hands_nothing_out(office: Office) -> None:
    """The records are the centre's."""
    lights = await agency(office.world)
    async with office.desk(lights) as desk:
        assert (await desk.get(PAGE)).status == 403
