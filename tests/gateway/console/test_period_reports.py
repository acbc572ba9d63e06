"""Reports of a period: reminded of in time, prepared, sent once, kept; late cases explained by whoever was late."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from unittest.mock import AsyncMock
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from core.clock import VIETNAM
from core.service.actors import Member
from core.service.committing import Committer
from core.storage.tables import report_file, staff_notice
from gateway.workers.duties import reminding_of
from tests.gateway.api.staffing import case_ids, centre, hire, issue, report
from tests.gateway.console.office import Answer, Office, open_office
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import answer_mail, write_mail

PAGE = "/console/bao-cao"
# What an open paper and an open sheet hold: long enough that sealed bytes do not spell it by chance.
MARKS = (b"%PDF-1.", b"xl/workbook.xml")
LATE = "Bãi rác ở xã Hoa Đào không ai dọn. Tôi là Nguyễn Văn An, CCCD 020203000001, 0900 000 001."


@asynccontextmanager
async def office_of(regulation: str, database_url: str, folder: Path) -> AsyncIterator[Office]:
    """An office under another regulation than usual."""
    async with world_over(database_url, folder, regulation=regulation) as world, open_office(world) as opened:
        yield opened


def to(world: World, written: str) -> None:
    """Move the clock to a Vietnamese time."""
    world.clock.at = datetime.fromisoformat(written).replace(tzinfo=VIETNAM)


async def told(world: World, sort: str) -> list[tuple[str, str]]:
    """(form, subject) of what staff were told of this sort, in order."""
    query = select(staff_notice.c.form, staff_notice.c.subject).where(staff_notice.c.notification == sort)
    ordered = query.order_by(staff_notice.c.created_at, staff_notice.c.form)
    return [tuple(row) for row in await world.deployment.database.read(lambda one: one.execute(ordered).all())]


def words_in(file: Answer) -> str:
    """Every word of a spreadsheet, and the names of its tables."""
    book = ZipFile(io.BytesIO(file.body))
    return (book.read("xl/sharedStrings.xml") + book.read("xl/workbook.xml")).decode()


async def late_and_over(world: World) -> tuple[str, Member, Member]:
    """A case that its commune assigned an hour too late, and answered; with the IOC and the head of the commune."""
    await write_mail(world, LATE)
    await answer_mail(world, "Số 5 Trần Đăng Ninh, xã Hoa Đào")
    (case_id,) = await case_ids(world)
    ioc = await hire(world, "Trần Thị Bình", ("receptionist", ""), ("distributor", ""))
    chair = await hire(world, "Lê Văn Cường", ("leader", "ubnd_hoa_dao"), ("officer", "ubnd_hoa_dao"))
    await issue(world, ioc, case_id, "accept")
    await world.pass_time(hours=2)
    await issue(world, chair, case_id, "assign_staff", staff=chair.id)
    await issue(world, chair, case_id, "submit_result", result="Đã dọn sạch bãi rác.")
    await issue(world, chair, case_id, "approve")
    await issue(world, chair, case_id, "answer_reporter", text="UBND xã đã dọn sạch bãi rác ngày 23/11/2026.")
    return case_id, ioc, chair


async def sent_once(office: Office, owner: Member) -> None:
    """Prepared, prepared again, sent; then nothing of it changes any more."""
    wanted = {"bao-cao": "monthly", "tu": "2026-11-15", "den": "2026-12-14"}
    async with office.desk(owner) as desk:
        assert (await desk.send(PAGE, PAGE, **(wanted | {"den": "2026-12-31"}))).status == 422
        for _ in range(2):
            assert (await desk.send(PAGE, PAGE, **wanted)).location.endswith("xong=soan-bao-cao")
        page = await desk.get(PAGE)
        action = next(one for one in page.forms() if one.endswith("/gui"))
        sheet = await desk.get(action.replace("/gui", "/tep.xlsx"))
        for word in ("Lãnh đạo đi cơ sở.", "Xếp hạng cơ quan", "Tình hình kỹ thuật", "Lê Văn Cường"):
            assert word in words_in(sheet)
        assert (await desk.submit(page, action, **{"noi-nhan": ""})).status == 422
        assert (await desk.submit(page, action, **{"noi-nhan": "UBND tỉnh"})).location.endswith("gui-bao-cao")
        assert (await desk.submit(page, action, **{"noi-nhan": "UBND tỉnh"})).status == 409
        assert "nơi nhận: UBND tỉnh" in (await desk.get(PAGE)).text
        assert (await desk.post(PAGE, {**wanted, **page.forms()[action]})).status == 409
        assert (await desk.get(action.replace("/gui", "/tep.xlsx"))).body == sheet.body
        paper = await desk.get(action.replace("/gui", "/tep.pdf"))
        assert [mark in one.body for mark, one in zip(MARKS, (paper, sheet), strict=True)] == [True, True]


@on_both_engines
@pytest.mark.rule("LS-10.3", "LS-12", "LS-13.3", "LS-14.1", "LS-14.4", "A-LS-6", "VN-9")
async def test_a_month_is_explained_prepared_sent_and_kept(database_url: str, tmp_path: Path) -> None:
    """The agency that was late is asked once, says why, and its words stand in the report of the month."""
    async with office_of("lang_son", database_url, tmp_path) as office:
        world = office.world
        case_id, ioc, chair = await late_and_over(world)
        other = await hire(world, "Vũ Thị Em", ("leader", "ubnd_suoi_trong"))
        owner = await hire(world, "Hồ Văn Phúc", ("office", ""))
        reminding = reminding_of(world.deployment)
        assert await reminding.run_once() == 0
        to(world, "2026-12-15T09:00")
        asked = await reminding.run_once()
        assert asked > 0
        assert {form for form, _ in await told(world, "explanation_wanted")} == {"console", "push", "sms", "email"}
        assert [await reminding.run_once(), await reminding_of(world.deployment).run_once()] == [0, 0]
        await issue(world, chair, case_id, "explain_lateness", clock_id="assign:d1", text="Lãnh đạo đi cơ sở.")

        period = "?tu=2026-11-15&den=2026-12-14"
        async with office.desk(other) as desk:
            assert "Lãnh đạo đi cơ sở." not in (await desk.get(f"{PAGE}/giai-trinh{period}")).text
            assert (await desk.get(PAGE)).status == 403
        async with office.desk(chair) as desk:
            assert "Lãnh đạo đi cơ sở." in (await desk.get(f"{PAGE}/giai-trinh{period}")).text
        async with office.desk(ioc) as desk:
            page = await desk.get(PAGE)
            assert "hết ngày 25/12/2026" in page.text
            assert PAGE not in page.forms()  # not theirs to make
        await sent_once(office, owner)
        files = await world.deployment.database.read(lambda one: one.execute(select(report_file.c.body_sealed)).all())
        assert len(files) == 2
        assert not any(mark in row[0] for row in files for mark in MARKS)


async def test_what_could_not_be_asked_is_asked_later(database_url: str, tmp_path: Path) -> None:
    """The database is away just when the days of a report are over: nobody is forgotten for it."""
    async with world_over(database_url, tmp_path, regulation="lang_son") as world:
        await late_and_over(world)
        to(world, "2026-12-15T09:00")
        reminding = reminding_of(world.deployment)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Committer, "commit", AsyncMock(side_effect=ConnectionResetError))
            with pytest.raises(ConnectionResetError):
                await reminding.run_once()

        await reminding.run_once()

        assert await told(world, "explanation_wanted")


@pytest.mark.rule("TG-12.4", "TG-12.5", "TG-13.4", "TG-14", "A-TG-11", "VN-9")
async def test_reports_are_reminded_of_before_they_are_late_and_after(database_url: str, tmp_path: Path) -> None:
    """Centre and owner, each of their own; once before the limit and once after; sent is said no more."""
    async with office_of("tien_giang", database_url, tmp_path) as office:
        world = office.world
        await report(world)
        editor, owner = await centre(world), await hire(world, "Hồ Văn Phúc", ("owner", ""))
        reminding = reminding_of(world.deployment)
        to(world, "2026-12-16T08:30")
        assert await reminding.run_once() == 0
        to(world, "2026-12-17T08:30")
        assert await reminding.run_once() == 3  # of the month, the quarter, the year: before the 18th
        assert await reminding.run_once() == 0
        subjects = [subject for form, subject in await told(world, "period_report") if form == "console"]
        assert sorted(subjects) == [f"Sắp đến hạn: Báo cáo {one} của Trung tâm" for one in ("năm", "quý", "tháng")]
        async with office.desk(editor) as desk:
            wanted = {"bao-cao": "centre_month", "tu": "2026-11-15", "den": "2026-12-14"}
            await desk.send(PAGE, PAGE, **wanted)
            page = await desk.get(PAGE)
            action = next(one for one in page.forms() if one.endswith("/gui"))
            sheet = await desk.get(action.replace("/gui", "/tep.xlsx"))
            assert "Hồ sơ quá hạn" in words_in(sheet)
            await desk.submit(page, action, **{"noi-nhan": "Sở Thông tin và Truyền thông"})
            told_of = (await desk.get("/console/thong-bao")).forms()
            notice = next(one for one in told_of if re.fullmatch("/console/thong-bao/[0-9a-f]{32}", one))
            assert (await desk.post(notice, told_of[notice])).location == PAGE
        to(world, "2026-12-18T08:30")
        assert await reminding.run_once() == 2 + 3  # late: quarter and year; due: the owner's three, before the 20th
        async with office.desk(owner) as desk:
            assert "Trễ" in (await desk.get(PAGE)).text
            refused = await desk.post(PAGE, {**(await desk.get(PAGE)).forms()[PAGE], "bao-cao": "centre_quarter"})
            assert refused.status == 422
            demand = {"bao-cao": "owner_demand", "tu": "2026-11-20", "den": "2026-11-30"}
            assert (await desk.send(PAGE, PAGE, **demand)).status == 303


@pytest.mark.rule("DL-II.2.3a.w", "DL-II.2.3a.u", "A-DL-8")
async def test_reputations_are_summed_up_by_the_month_and_all_by_the_week(database_url: str, tmp_path: Path) -> None:
    """What was confirmed stands in the summary, once; the week is due on Monday at nine."""
    async with office_of("dak_lak", database_url, tmp_path) as office:
        world = office.world
        case_id = await report(world, "Quán Hoa Nắng số 5 Lê Lợi bán hàng kém. Tôi là Nguyễn Văn An, 0900 000 001.")
        first = await hire(world, "Trần Thị Bình", ("receptionist", ""))
        second = await hire(world, "Lý Văn Dũng", ("distributor", ""), ("editor", ""))
        await issue(world, first, case_id, "accept")
        await issue(world, first, case_id, "flag_reputation", reason="Nêu tên một cửa hàng")
        await issue(world, second, case_id, "confirm_reputation")
        to(world, "2026-12-15T08:30")
        async with office.desk(second) as desk:
            page = (await desk.get(PAGE)).text
            assert "09:00 ngày 21/12/2026" in page
            wanted = {"bao-cao": "reputation", "tu": "2026-11-15", "den": "2026-12-14"}
            await desk.send(PAGE, PAGE, **wanted)
            action = next(one for one in (await desk.get(PAGE)).forms() if one.endswith("/gui"))
            sheet = await desk.get(action.replace("/gui", "/tep.xlsx"))
            assert "Xác nhận ngày" in words_in(sheet)
            weekly = {"bao-cao": "weekly", "tu": "2026-11-23", "den": "2026-11-29"}
            assert (await desk.send(PAGE, PAGE, **weekly)).status in (303, 422)


async def test_a_year_without_a_calendar_is_said_to_have_none(office: Office) -> None:
    """Never a day that was guessed."""
    from core.regulations.loader import load_pack
    from core.service.statistics.owed import owed

    world = office.world
    last = world.deployment.regulation.calendar(world.clock()).last
    now = datetime(last.year, 12, 20, 12, tzinfo=VIETNAM)
    _, unknown = owed(load_pack("tien_giang"), now=now, calendar=world.deployment.regulation.calendar(now), since=now)

    assert {one.name for one in unknown} >= {"centre_month", "owner_month"}
    assert all(one.day.year > last.year for one in unknown)
