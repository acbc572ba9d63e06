"""Queues and search: whose work, in which order, found by what, and never a name."""

from __future__ import annotations

import pytest

from core.service.reading import CaseReader, Wanted
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, hire, issue, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@pytest.fixture
def reader(world: World) -> CaseReader:
    """A reader over the test's deployment."""
    one = world.deployment
    return CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)


@on_both_engines
async def test_work_goes_from_queue_to_queue(world: World, reader: CaseReader) -> None:
    """First the centre's, then the agency's, with the limit of that step."""
    ioc, lights, water = await centre(world), await agency(world), await agency(world, WATER)
    case_id = await report(world)
    (line,) = (await reader.queue(ioc)).items
    assert (line.id, line.role.id, line.due_at) == (case_id, "receptionist", None)
    assert line.excerpt == (
        "Đèn hỏng Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay. Tôi là ***, số ***001."
    )
    assert (await reader.waiting(ioc))["receptionist"] == 1

    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])

    (theirs,) = (await reader.queue(lights)).items
    assert theirs.agency is not None
    assert (theirs.agency.id, theirs.overdue) == (LIGHTS, False)
    assert theirs.due_at is not None
    assert (await reader.queue(water)).items == ()
    await world.pass_time(minutes=31)
    assert (await reader.queue(lights)).items[0].overdue


@on_both_engines
async def test_pages_continue_without_losing_or_repeating(world: World, reader: CaseReader) -> None:
    """One line a page, in queue and search alike."""
    ioc = await centre(world)
    made = set()
    for number in (11, 12, 13):
        made.add(await report(world, f"Rác chất đống trước số {number} Lê Lợi, phường Vĩnh Ninh."))
        await world.pass_time(minutes=1)

    for turn in ("queue", "search"):
        seen, after = [], None
        while True:
            one = (
                await reader.queue(ioc, after=after, most=1)
                if turn == "queue"
                else await reader.search(ioc, Wanted(), after=after, most=1)
            )
            seen += [line.id for line in one.items]
            after = one.after
            if after is None:
                break
        assert sorted(seen) == sorted(made)


async def test_search_finds_by_words_code_phone_and_mail(world: World, reader: CaseReader) -> None:
    """Words in any spelling; addresses exactly, and only for the centre."""
    ioc, case_id = await centre(world), await report(world)
    other = await report(world, "Nước chảy tràn đường Hùng Vương, phường Phú Nhuận.")
    code = (await reader.case_page(case_id, ioc)).code

    async def found(text: str) -> list[str]:
        return [line.id for line in (await reader.search(ioc, Wanted(text))).items]

    assert await found("truoc so 12 LÊ LOI") == [case_id]
    assert await found(code) == [case_id]
    assert set(await found("+84 900 000 001")) == {case_id, other}, "everything this person reported"
    assert set(await found("an@hopthu.example.vn")) == {case_id, other}
    assert await found("0900 000 002") == []
    assert await found("không có chữ này") == []
    officer = await hire(world, "Cán bộ", ("officer", LIGHTS))
    assert (await reader.search(officer, Wanted("an@hopthu.example.vn"))).items == ()


async def test_an_agency_finds_only_its_own_cases(world: World, reader: CaseReader) -> None:
    """Also when it asks for one by its code."""
    ioc, lights = await centre(world), await agency(world)
    mine, other = await report(world), await report(world, "Rác chất đống ở đường Hùng Vương, phường Phú Nhuận.")
    await issue(world, ioc, mine, "accept")
    await issue(world, ioc, mine, "dispatch", agencies=[LIGHTS])

    assert [line.id for line in (await reader.search(lights, Wanted())).items] == [mine]
    code = (await reader.case_page(other, ioc)).code
    assert (await reader.search(lights, Wanted(code))).items == ()
    everybody = (await reader.search(ioc, Wanted(open_only=True))).items
    assert {line.id for line in everybody} == {mine, other}


async def test_nobody_without_a_role_has_a_queue(world: World, reader: CaseReader) -> None:
    """An administrator's work is not in the cases."""
    await report(world)
    admin = await hire(world, "Quản trị", ("admin", ""))
    assert (await reader.queue(admin)).items == ()
    assert await reader.waiting(admin) == {}
    assert len((await reader.search(admin, Wanted())).items) == 1
