"""The page of statistics: a period that was chosen, as page, spreadsheet and PDF; an agency sees its own part."""

from __future__ import annotations

import asyncio
import io
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl
from zipfile import ZipFile

import pytest

from core.identity.codes import format_code
from core.service.statistics.sheets import Rate, Sheet, written
from core.storage import cases
from gateway.console.statistics import NO_PERIOD
from gateway.statistics.awaited import AWAITED
from gateway.statistics.printed import MOST_ROWS, listed
from gateway.statistics.spreadsheet import workbook
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, issue, report
from tests.gateway.console.office import Office
from tests.support.waiting import PATIENCE, until

PAGE = "/console/thong-ke"


async def at_work(office: Office, agency_id: str) -> None:
    """A case that an agency works on."""
    ioc, case_id = await centre(office.world), await report(office.world)
    await issue(office.world, ioc, case_id, "accept")
    await issue(office.world, ioc, case_id, "dispatch", agencies=[agency_id])


@pytest.fixture(autouse=True)
def patient(office: Office) -> None:
    """A machine may stand still for longer than people like to look at an empty page."""
    office.app[AWAITED].patience = PATIENCE


def number_after(page: str, label: str) -> str:
    """What stands in the cell beside a label."""
    found = re.search(rf"{label}</td>\s*<td[^>]*>(.*?)</td>", page)
    return re.sub("<[^>]*>", "", found[1]) if found else ""


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
        assert re.findall(r'<title id="([a-z-]+)-ten">', page.text) == ["hinh-co-quan", "hinh-xu-huong"]
        assert "tháng 11/26: tiếp nhận 2, kết thúc 0" in page.text
        sheet = await desk.get(f"{PAGE}/tai-ve.xlsx?{days}")
        assert "01/11/2026" in ZipFile(io.BytesIO(sheet.body)).read("xl/sharedStrings.xml").decode()
        printed = await desk.get(f"{PAGE}/tai-ve.pdf?{days}")
        assert printed.body.startswith(b"%PDF")
        assert (await desk.get(f"{PAGE}?ky=hom-qua")).status == 422
        assert (await desk.get(f"{PAGE}/tai-ve.pdf?ky=hom-qua")).status == 404
        past = await desk.get(f"{PAGE}?{days}&tinh-den=2026-11-01")
        assert number_after(past.text, "Tiếp nhận trong kỳ") == "0"


@pytest.mark.parametrize(
    "days",
    [
        "tu=0026-11-01&den=0026-11-30",
        "tu=2026-11-01&den=9999-12-31",
        "ky=thang:2026-11&tinh-den=9999-12-31",
        "ky=thang:0001-01",
        "ky=tuan:9999-12-31",
    ],
)
async def test_days_that_nobody_means_are_said_to_be_none(office: Office, days: str) -> None:
    """A date field takes a year of two digits; it is no other period, and what was typed is still there."""
    async with office.desk(await centre(office.world)) as desk:
        page = await desk.get(f"{PAGE}?{days}")
    assert page.status == 422
    assert NO_PERIOD in page.text
    typed = [value for name, value in parse_qsl(days) if name != "ky"]
    assert [f'value="{value}"' in page.text for value in typed] == [True] * len(typed)


async def test_a_long_count_is_waited_for_on_a_page_that_asks_again(office: Office) -> None:
    """Nobody hangs on an empty page; whoever asks meanwhile waits for the same count, and it ends as ever."""
    await report(office.world)
    awaited = office.app[AWAITED]
    awaited.patience, goes_on = 0.05, asyncio.Event()
    counted: list[str] = []

    async def slowly() -> Any:
        counted.append("once")
        await goes_on.wait()

    key = ("ky=nam:2026", None)
    assert [await awaited.ask(key, slowly) for _ in range(2)] == [None, None]
    async with office.desk(await centre(office.world)) as desk:
        waiting = await desk.get(f"{PAGE}?ky=nam:2026")
        assert (waiting.status, waiting.headers["Refresh"]) == (202, "5")
        assert "Đang tính" in waiting.text
        goes_on.set()
        await until(lambda: not awaited._running, "the count")
        awaited.patience = PATIENCE
        assert number_after((await desk.get(f"{PAGE}?ky=nam:2026")).text, "Tiếp nhận trong kỳ") == "1"
    assert counted == ["once"]


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
    assert "hinh-co-quan" in own
    assert "hinh-xu-huong" not in own  # it counts everybody's cases


@pytest.mark.rule("TG-2.2", "TG-P1.II.4b")
async def test_every_number_leads_to_as_many_cases(office: Office) -> None:
    """On the page of the centre and on that of an agency, whose numbers are made of its own cases alone."""
    await at_work(office, LIGHTS)
    await at_work(office, WATER)
    await report(office.world)
    office.world.clock.advance(days=20)
    totals = []
    for member in (await centre(office.world), await agency(office.world)):
        async with office.desk(member) as desk:
            page = (await desk.get(f"{PAGE}?tu=2026-11-01&den=2026-12-31")).text
            links = re.findall(r'href="(/console/thong-ke/ho-so\?[^"]+)" aria-label="([\d.]+): ', page)
            assert len(links) > 10
            for link, number in links:
                listed = await desk.get(unescape(link))
                assert f">{number} mục<" in listed.text, link
                assert listed.text.count('data-label="Mã"') == int(number)
            totals.append(number_after(page, "Tổng số phải xử lý"))
    assert totals == ["3", "1"]


@pytest.mark.rule("TG-12.5", "LS-10.3")
async def test_a_number_says_what_it_counts_and_how(office: Office) -> None:
    """In words, by article, and as the query itself; an agency's list never shows what is another's."""
    await at_work(office, LIGHTS)
    await at_work(office, WATER)
    where = f"{PAGE}/ho-so?tu=2026-11-01&den=2026-12-31"
    async with office.desk(await centre(office.world)) as desk:
        every = (await desk.get(f"{where}&so=part&co-quan={WATER}")).text
        assert "mỗi hồ sơ tính một lần cho mỗi cơ quan" in every
        assert office.world.deployment.regulation.agencies.name(WATER) in every
        assert "SELECT" in every
        assert (await desk.get(f"{where}&so=gi")).status == 404
        assert (await desk.get(f"{PAGE}/ho-so?ky=gi&so=part")).status == 404
    async with office.desk(await agency(office.world)) as desk:
        assert ">0 mục<" in (await desk.get(f"{where}&so=part&co-quan={WATER}")).text


async def test_the_spreadsheet_lists_the_codes_of_every_figure(office: Office) -> None:
    """Beside the tables, for whoever wants to look one up."""
    case_id = await report(office.world)
    row = await office.world.deployment.database.read(lambda one: cases.load(one, case_id))
    async with office.desk(await centre(office.world)) as desk:
        sheet = await desk.get(f"{PAGE}/tai-ve.xlsx?tu=2026-11-01&den=2026-11-30")

    words = ZipFile(io.BytesIO(sheet.body)).read("xl/sharedStrings.xml").decode()
    assert format_code(row.code) in words
    assert "Hồ sơ theo số liệu" in ZipFile(io.BytesIO(sheet.body)).read("xl/workbook.xml").decode()


def test_words_of_a_table_never_become_formulas() -> None:
    """A place or a name may begin like one."""
    sheet = Sheet("x", "Địa bàn", ("Nơi", "Số", "Tỉ lệ"), (('=HYPERLINK("http://x.example.vn")', 1, Rate(0.25)),), 1)
    book = ZipFile(io.BytesIO(workbook("Thống kê", "Số liệu", [sheet])))

    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert "0.25" in book.read("xl/worksheets/sheet1.xml").decode()


def test_a_list_of_thousands_is_not_printed_whole() -> None:
    """It says how much is missing, and where it stands."""
    rows = tuple((f"HS-{number}", number) for number in range(MOST_ROWS + 20))
    long = listed(Sheet("qua-han", "Hồ sơ quá hạn", ("Mã", "Trễ"), rows))
    short = listed(Sheet("qua-han", "Hồ sơ quá hạn", ("Mã", "Trễ"), rows[:MOST_ROWS]))

    assert (len(long["rows"]), len(short["rows"])) == (MOST_ROWS, MOST_ROWS)
    assert long["title"] == "Hồ sơ quá hạn (500 dòng đầu; đủ 520 dòng có trong bảng tính)"
    assert short["title"] == "Hồ sơ quá hạn"


@pytest.mark.parametrize(
    ("cell", "text"), [(None, "–"), (1234567, "1.234.567"), (Rate(0.955), "95,5 %"), (4.5, "4,50"), ("Sở", "Sở")]
)
def test_numbers_are_written_as_vietnamese_reads_them(cell: object, text: str) -> None:
    assert written(cell) == text  # type: ignore[arg-type]
