"""Deputies act for whom they stand in, and open work goes to a successor, through the real desk."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from core.agencies import close
from core.cases.decide import Actor
from core.cases.events import WorkHandedOver, parse_event
from core.clock import local
from core.service import offices as office
from core.service.offices import OfficeRefused
from core.service.reading import CaseReader
from core.storage import cases, offices, people
from gateway.admin.services import successions_of
from gateway.auth.sessions import held
from gateway.auth.staff import Staff
from gateway.roles import member_of
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, hire, issue, report
from tests.gateway.flows.office import state_of
from tests.support.databases import on_both_engines
from tests.support.deployments import World


async def signed_in(world: World, user_id: str) -> Staff:
    """What the person may act as at this moment."""
    grants, lent = await world.deployment.database.read(partial(held, user_id=user_id, now=world.clock()))
    return Staff(user_id, "x", "X", grants, borrowed=lent)


@pytest.mark.rule("LS-3.1", "QB-QD.III.2.1")
@on_both_engines
async def test_a_deputy_acts_for_whom_is_away_and_is_named_with_them(world: World) -> None:
    """From the first to the last moment; administration is not lent; the page says for whom."""
    ioc = await centre(world)
    leader = await hire(world, "Lê Văn Cường", ("leader", LIGHTS), ("admin", ""))
    officer = await hire(world, "Phạm Thị Dung", ("officer", LIGHTS))
    case_id = await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, officer, case_id, "accept_dispatch")
    await issue(world, officer, case_id, "submit_result", result="Đã thay bóng.")
    now, today = world.clock(), local(world.clock()).date()
    days = {"first": today, "last": today + timedelta(days=1)}
    made = partial(office.stand_in, away=leader.id, deputy=officer.id, **days, by="boss", now=now)
    stand_in = await world.deployment.database.write(made)

    staff = await signed_in(world, officer.id)
    await issue(world, member_of(staff), case_id, "approve")
    rows = await world.deployment.database.read(partial(cases.load_events, case_id=case_id))
    approved = next(parse_event(row.body) for row in rows if row.name == "result_approved")
    reader = CaseReader(
        world.deployment.database,
        safe=world.deployment.safe,
        regulation=world.deployment.regulation,
        now=world.deployment.now,
    )
    page = await reader.case_page(case_id, ioc, acting="", reveal=False)
    world.clock.advance(days=2)
    after = await signed_in(world, officer.id)
    world.clock.advance(days=-1)
    await world.deployment.database.write(partial(offices.end_stand_in, stand_in_id=stand_in, now=world.clock()))
    ended = await signed_in(world, officer.id)

    assert set(staff.grants) == {("officer", LIGHTS), ("leader", LIGHTS)}
    assert (approved.by.id, approved.by.role, approved.by.acting_for) == (officer.id, "leader", leader.id)
    told = next(entry.by for entry in page.timeline if entry.by.acting_for)
    assert (told.name, told.acting_for) == ("Phạm Thị Dung", "Lê Văn Cường")
    assert after.grants == ended.grants == (("officer", LIGHTS),)


@pytest.mark.rule("VN-10", "LS-3.1")
@on_both_engines
async def test_the_work_of_an_agency_that_ends_goes_to_its_successor(world: World) -> None:
    """List, successor, one call; every case says why, and what is closed is left alone."""
    ioc, boss = await centre(world), await hire(world, "Vũ Thị Hoa", ("admin", ""))
    officer = await hire(world, "Phạm Thị Dung", ("officer", LIGHTS))
    heir = await hire(world, "Đỗ Văn Em", ("officer", WATER))
    made = []
    for _ in range(2):
        case_id = await report(world)
        await issue(world, ioc, case_id, "accept")
        await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
        made.append(case_id)
        world.clock.advance(minutes=3)
    await issue(world, officer, made[0], "accept_dispatch")
    successions = successions_of(world.deployment)

    work = await successions.of_agency(LIGHTS)
    whom = {"from_agency": LIGHTS, "to_agency": WATER}
    with pytest.raises(OfficeRefused):
        await successions.hand_over(work, reason=" ", by=boss.id, **whom)
    done = await successions.hand_over(work, reason="Giải thể theo QĐ 12", by=boss.id, **whom)
    again = await successions.hand_over(work, reason="Giải thể", by=boss.id, **whom)

    assert {one.case_id for one in work} == set(made) == set(done.done)
    assert [text for _, text in again.refused] == ["Hồ sơ này không còn việc nào để bàn giao."] * 2
    assert await successions.of_agency(LIGHTS) == []
    assert len(await successions.of_agency(WATER)) == 2
    await issue(world, heir, made[0], "submit_result", result="Đã thay bóng.")
    rows = await world.deployment.database.read(partial(cases.load_events, case_id=made[1]))
    event = parse_event(rows[-1].body)
    assert isinstance(event, WorkHandedOver)
    assert (event.by.id, event.by.role) == (boss.id, "admin")
    assert "QĐ" not in rows[-1].body.decode()
    audit = await people_audit(world)
    assert audit == 0


@pytest.mark.rule("VN-10")
@on_both_engines
async def test_work_that_is_left_with_an_agency_that_ended_is_missed(world: World) -> None:
    """Also what comes afterwards: a citizen asks back about its answer, and no account of it is left to see that."""
    ioc, boss = await centre(world), await hire(world, "Vũ Thị Hoa", ("admin", ""))
    lights, case_id = await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result="Đã thay bóng.")
    await issue(world, lights, case_id, "approve")
    await issue(world, ioc, case_id, "publish", text="Đã thay bóng đèn mới.")
    last = local(world.clock()).date() - timedelta(days=1)
    change = partial(close, agency_id=LIGHTS, last_day=last, replaced_by=(WATER,))
    await world.deployment.regulation.book.write(world.deployment.database, change, by=boss.id, note="Giải thể")
    await world.deployment.database.write(partial(people.set_active, user_id=lights.id, active=False))

    async def left() -> list[tuple[str, str]]:
        gaps = await world.deployment.database.read(partial(office.read_gaps, regulation=world.deployment.regulation))
        return [(one.agency_id, one.who) for one in gaps if one.kind == "work"]

    assert await left() == []
    reporter = Actor.reporter((await state_of(world, case_id)).reports[0].contact_id)
    await world.deployment.clerk.execute(case_id, "give_feedback", {"text": "Đèn lại tắt."}, actor=reporter)
    assert await left() == [(LIGHTS, "1")]
    successions = successions_of(world.deployment)
    whom = {"from_agency": LIGHTS, "to_agency": WATER}
    await successions.hand_over(await successions.of_agency(LIGHTS), reason="Giải thể", by=boss.id, **whom)
    assert await left() == []


async def people_audit(world: World) -> int:
    """Findings of the audit: what was handed over still verifies."""
    from gateway.admin.services import auditor_of

    return len((await auditor_of(world.deployment).verify()).findings)


async def test_somebody_who_leaves_hands_over_by_name(world: World) -> None:
    """Their colleague goes on; the account can then be switched off."""
    ioc, boss = await centre(world), await hire(world, "Vũ Thị Hoa", ("admin", ""))
    leaver = await hire(world, "Phạm Thị Dung", ("officer", LIGHTS))
    colleague = await hire(world, "Đỗ Văn Em", ("officer", LIGHTS))
    case_id = await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    successions = successions_of(world.deployment)
    assert await successions.of_official(leaver.id) == []
    assert await world.deployment.database.read(partial(people.grants, user_id=leaver.id)) == [("officer", LIGHTS)]

    with pytest.raises(OfficeRefused, match="không nhận bàn giao"):
        await successions.hand_over([], reason="Nghỉ", by=boss.id, from_staff=leaver.id, to_staff=leaver.id)
    done = await successions.hand_over([], reason="Nghỉ", by=boss.id, from_staff=leaver.id, to_staff=colleague.id)

    assert done.done == ()
