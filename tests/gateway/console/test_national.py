"""The queue for the national system: what comes into it, its forms, the number that comes back (VN-7)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from core.storage import cases, national
from core.storage.national import NationalItem
from gateway.workers.duties import national_reminding_of
from tests.gateway.api.staffing import agency, centre, hire, issue, report
from tests.gateway.console.office import Answer, Office, open_office
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over

PAGE = "/console/he-thong-quoc-gia"
RULES = "Thủ tục hành chính cấp lại bìa đất quá rườm rà. Tôi là Nguyễn Văn An, số 0900 000 001, ở 12 Lê Lợi."
NAME, PHONE = "Nguyễn Văn An", "0900000001"


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Under the regulation that has a category for it (DL-I.6)."""
    async with world_over(database_url, tmp_path, regulation="dak_lak") as opened:
        yield opened


@pytest_asyncio.fixture
async def office(world: World) -> AsyncIterator[Office]:
    """The application over it."""
    async with open_office(world) as opened:
        yield opened


async def waiting(world: World) -> list[NationalItem]:
    """The queue as it is stored."""
    return await world.deployment.database.read(national.waiting)


async def code_of(world: World, case_id: str) -> str:
    """What staff say to each other."""
    return (await world.deployment.database.read(partial(cases.load, case_id=case_id))).code


def words_of(answer: Answer) -> str:
    """Every text of a workbook."""
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return archive.read("xl/sharedStrings.xml").decode()


@on_both_engines
@pytest.mark.rule("VN-7", "DL-I.6")
async def test_a_mail_about_rules_waits_until_its_number_over_there_is_noted(office: Office) -> None:
    """Put in with the case; its form taken along, which is logged; then who entered it, when and as what."""
    world = office.world
    ioc, case_id = await centre(world), await report(world, RULES)
    await issue(world, ioc, case_id, "classify", category="administrative_rules")
    code = await code_of(world, case_id)
    async with office.desk(ioc) as desk:
        form = await desk.send(PAGE, f"{PAGE}/phieu", dang="xlsx")
        printed = await desk.send(PAGE, f"{PAGE}/phieu", dang="in")
        shown = await desk.get(PAGE)
        empty = await desk.send(PAGE, f"{PAGE}/{case_id}/da-nhap")
        done = await desk.send(PAGE, f"{PAGE}/{case_id}/da-nhap", **{"ma-quoc-gia": "PAKN-2026-0017"})
        ended, log = await desk.get(f"{PAGE}/da-xong"), await desk.get(f"/console/nhat-ky?ma={code}")

    assert (form.status, empty.status, done.status) == (200, 422, 303)
    assert NAME in words_of(form)
    assert PHONE in words_of(form).replace(" ", "")
    assert NAME in printed.text
    assert "chưa" not in shown.text.partition("Đã xuất phiếu")[2].partition("</main>")[0]
    assert "PAKN-2026-0017" in ended.text
    assert "Trần Thị Bình" in ended.text
    assert "Thông tin người phản ánh" in log.text
    assert await waiting(world) == []
    state = (await world.deployment.database.read(partial(cases.load, case_id=case_id))).state
    assert state["external_reference"] == "PAKN-2026-0017"


@pytest.mark.rule("VN-7")
async def test_only_what_the_regulation_names_is_put_in_by_itself(office: Office) -> None:
    """Another category is not; one that turns out to be another leaves again; any may be put in by hand."""
    world = office.world
    ioc, rules, lamp = await centre(world), await report(world, RULES), await report(world)
    await issue(world, ioc, rules, "classify", category="administrative_rules")
    await issue(world, ioc, lamp, "classify", category="urban_infrastructure")
    assert [one.case_id for one in await waiting(world)] == [rules]
    await issue(world, ioc, rules, "classify", category="urban_order", reason="Nhầm.")
    assert await waiting(world) == []

    async with office.desk(ioc) as desk:
        unknown = await desk.send(PAGE, PAGE, ma="123456789012")
        added = await desk.send(PAGE, PAGE, ma=await code_of(world, lamp))
        shown = await desk.get(PAGE)
        aside = await desk.send(PAGE, f"{PAGE}/{lamp}/khong-thuoc", **{"ly-do": "Chỉ là đèn hỏng."})
        again = await desk.submit(shown, f"{PAGE}/{lamp}/khong-thuoc", **{"ly-do": "Chỉ là đèn hỏng."})
        assert await waiting(world) == []
        back = await desk.send(f"{PAGE}/da-xong", f"{PAGE}/{lamp}/dua-lai")

    assert 'value="123456789012"' in unknown.text
    assert (unknown.status, added.status, aside.status, again.status, back.status) == (422, 303, 303, 409, 303)
    (item,) = await waiting(world)
    assert (item.case_id, item.added_by) == (lamp, ioc.id)


@pytest.mark.rule("VN-3", "VN-4")
async def test_who_may_not_see_people_takes_no_form_along_and_secrets_never_leave(office: Office) -> None:
    world = office.world
    ioc, case_id = await centre(world), await report(world, RULES)
    await issue(world, ioc, case_id, "classify", category="administrative_rules")
    admin, officer = await hire(world, "Đỗ Thị Hoa", ("admin", "")), await agency(world)
    async with office.desk(admin) as desk:
        refused = await desk.send(PAGE, f"{PAGE}/phieu", dang="xlsx")
    async with office.desk(officer) as desk:
        closed = await desk.get(PAGE)
    await issue(world, ioc, case_id, "flag_secret")
    async with office.desk(ioc) as desk:
        nothing = await desk.send(PAGE, f"{PAGE}/phieu", dang="xlsx")

    assert (refused.status, closed.status, nothing.status) == (403, 403, 422)
    assert NAME not in refused.text


@pytest.mark.rule("VN-7")
async def test_whoever_may_enter_it_is_reminded_once_a_working_day(office: Office) -> None:
    """When the regulation's time is over; not at night, and no more once it is entered."""
    world = office.world
    ioc, case_id = await centre(world), await report(world, RULES)
    await issue(world, ioc, case_id, "classify", category="administrative_rules")
    reminding = national_reminding_of(world.deployment)
    soon = await reminding.run_once()
    world.clock.advance(days=2, hours=13)
    at_night = await reminding.run_once()
    world.clock.advance(hours=11)
    said = [await reminding.run_once() for _ in range(2)]
    async with office.desk(ioc) as desk:
        notices = await desk.get("/console/thong-bao")
    world.clock.advance(days=1)
    again = await reminding.run_once()
    await issue(world, ioc, case_id, "register_external", reference="PAKN-1")
    world.clock.advance(days=3)
    over = await reminding.run_once()

    assert (soon, at_night, said, again, over) == (0, 0, [1, 0], 1, 0)
    assert "1 phản ánh chờ nhập hệ thống quốc gia" in notices.text
