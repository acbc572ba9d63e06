"""What waits for whom, until when and why; and that a list goes on."""

from __future__ import annotations

import pytest

from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, hire, issue, report
from tests.gateway.console.office import Office
from tests.support.letters import write_mail


async def test_each_role_has_its_queue_with_a_count(office: Office) -> None:
    """A new report waits for the receptionist, nobody else."""
    ioc, case_id = await centre(office.world), await report(office.world)
    async with office.desk(ioc) as desk:
        everything = await desk.get("/console")
        distributor = await desk.get("/console?vai-tro=distributor")

    assert f'href="/console/ho-so/{case_id}"' in everything.text
    assert "Nhân sự tiếp nhận của Trung tâm IOC <span" in everything.text
    assert '<span class="tabs__count">1<' in everything.text
    assert case_id not in distributor.text
    assert "Không có việc nào đang chờ." in distributor.text


@pytest.mark.rule("HUE-2", "A-HUE-2")
async def test_a_due_time_stands_with_its_rules_and_its_absence_is_said(office: Office) -> None:
    """Thirty minutes for the agency; where the text sets nothing, "không quy định"."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    async with office.desk(ioc) as desk:
        received = await desk.get("/console")
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await world.pass_time(minutes=10)
    async with office.desk(lights) as desk:
        in_time = await desk.get("/console?vai-tro=officer")
        await world.pass_time(minutes=60)
        late = await desk.get("/console?vai-tro=officer")

    assert "không quy định" in received.text
    assert "HUE-1" in received.text
    assert "còn 20 phút" in in_time.text
    assert "23/11/2026 08:30" in in_time.text
    assert "HUE-2" in in_time.text
    assert "quá hạn 40 phút" in late.text


async def test_an_agency_sees_its_own_work_only(office: Office) -> None:
    """Neither the other agency's queue nor its search shows the case, nor what keeps the service going."""
    world = office.world
    ioc, water, case_id = await centre(world), await agency(world, WATER), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    async with office.desk(water) as desk:
        pages = [await desk.get("/console"), await desk.get("/console/tim-kiem")]
        closed = [await desk.get(path) for path in ("/console/cach-ly", "/console/hop-gui", "/console/hoi-thoai")]

    assert all(case_id not in page.text for page in pages)
    assert "/console/cach-ly" not in pages[0].text
    assert [page.status for page in closed] == [403, 403, 403]


@pytest.mark.rule("HUE-3b")
async def test_a_report_that_came_back_waits_once(office: Office) -> None:
    """One distribution deals with it, so it is one piece of work: in the list, in the count and beside the case."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "send_back", reason="Không thuộc thẩm quyền.", agency_unknown=True)
    async with office.desk(ioc) as desk:
        waiting = await desk.get("/console?vai-tro=distributor")

    assert waiting.text.count('class="queue__code"') == 1
    assert "Bị trả lại" in waiting.text


async def test_a_long_queue_goes_on_without_a_gap(office: Office) -> None:
    """Fifty a page; the second holds the rest, none twice."""
    world, ioc = office.world, await centre(office.world)
    for number in range(51):
        text = f"Ổ gà trước số {number + 1} đường Hùng Vương, phường Phú Hội, xe máy hay ngã."
        await write_mail(world, text, sender=f"nguoi{number}@hopthu.example.vn")
    async with office.desk(ioc) as desk:
        first = await desk.get("/console?vai-tro=receptionist")
        following = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        second = await desk.get(following)

    assert "vai-tro=receptionist" in following
    shown = [page.text.count('class="queue__code"') for page in (first, second)]
    assert shown == [50, 1]
    assert 'rel="next"' not in second.text


async def test_who_keeps_things_going_sees_what_is_stuck(office: Office) -> None:
    """Counts of unread and unsent messages, for the centre and administrators."""
    admin = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    async with office.desk(admin) as desk:
        page = await desk.get("/console")

    assert page.status == 200
    assert "Không có việc nào đang chờ." in page.text
    assert "Các hội thoại <span" in page.text
    assert "0 chưa rõ" in page.text
    assert "/console/nguoi-dung" in page.text
