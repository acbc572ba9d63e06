"""The page of statistics: a period that was chosen, as page, spreadsheet and PDF; an agency sees its own part."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pytest

from core.service.statistics.sheets import Rate, Sheet, written
from gateway.statistics.spreadsheet import workbook
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, issue, report
from tests.gateway.console.office import Office

PAGE = "/console/thong-ke"


async def at_work(office: Office, agency_id: str) -> None:
    """A case that an agency works on."""
    ioc, case_id = await centre(office.world), await report(office.world)
    await issue(office.world, ioc, case_id, "accept")
    await issue(office.world, ioc, case_id, "dispatch", agencies=[agency_id])


def number_after(page: str, label: str) -> str:
    """What stands in the cell beside a label."""
    return page.split(label)[1].split('class="number">')[1].split("<", maxsplit=1)[0]


@pytest.mark.rule("TG-12.5", "TG-13.4", "LS-10.3", "DL-II.2.3a.w")
async def test_a_period_is_read_and_taken_along(office: Office) -> None:
    """Two cases, one of them with an agency; what a superior gets is what the page says."""
    await report(office.world)
    await at_work(office, LIGHTS)
    days = "tu=2026-11-01&den=2026-11-30"
    async with office.desk(await centre(office.world)) as desk:
        page = await desk.get(f"{PAGE}?{days}")
        assert page.status == 200
        assert "từ 01/11/2026 đến 30/11/2026" in page.text
        assert number_after(page.text, "Tiếp nhận trong kỳ") == "2"
        sheet = await desk.get(f"{PAGE}/tai-ve.xlsx?{days}")
        assert "01/11/2026" in ZipFile(io.BytesIO(sheet.body)).read("xl/sharedStrings.xml").decode()
        printed = await desk.get(f"{PAGE}/tai-ve.pdf?{days}")
        assert printed.body.startswith(b"%PDF")
        assert (await desk.get(f"{PAGE}?ky=hom-qua")).status == 422
        assert (await desk.get(f"{PAGE}/tai-ve.pdf?ky=hom-qua")).status == 404
        past = await desk.get(f"{PAGE}?{days}&tinh-den=2026-11-01")
        assert number_after(past.text, "Tiếp nhận trong kỳ") == "0"


async def test_an_agency_sees_its_own_part(office: Office) -> None:
    """Not what others have to do, nor how they do it."""
    await at_work(office, LIGHTS)
    await at_work(office, WATER)
    names = [office.world.deployment.regulation.agencies.name(one) for one in (LIGHTS, WATER)]
    async with office.desk(await centre(office.world)) as desk:
        every = (await desk.get(PAGE)).text
    async with office.desk(await agency(office.world)) as desk:
        own = (await desk.get(PAGE)).text

    assert [name in every for name in names] == [True, True]
    assert [name in own for name in names] == [True, False]


def test_words_of_a_table_never_become_formulas() -> None:
    """A place or a name may begin like one."""
    sheet = Sheet("x", "Địa bàn", ("Nơi", "Số", "Tỉ lệ"), (('=HYPERLINK("http://x.example.vn")', 1, Rate(0.25)),), 1)
    book = ZipFile(io.BytesIO(workbook("Thống kê", "Số liệu", [sheet])))

    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert "0.25" in book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("cell", "text"), [(None, "–"), (1234567, "1.234.567"), (Rate(0.955), "95,5 %"), (4.5, "4,50"), ("Sở", "Sở")]
)
def test_numbers_are_written_as_vietnamese_reads_them(cell: object, text: str) -> None:
    assert written(cell) == text  # type: ignore[arg-type]
