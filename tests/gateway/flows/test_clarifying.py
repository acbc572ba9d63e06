"""What a reporter asks about an answer of several agencies reaches every one of them."""

from __future__ import annotations

from functools import partial

import pytest

from core.storage import queues
from tests.gateway.flows.office import CENTRE, LAMP, RESULT, Agency, all_cases, issue, only_case, published, state_of
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail


async def answered_together(world: World, case_id: str) -> list[Agency]:
    """Two agencies have answered, the centre has published it."""
    both = [Agency(one.id) for one in world.deployment.regulation.agencies.of_kinds(["department"])][:2]
    await issue(world, case_id, "accept")
    await issue(world, case_id, "dispatch", agencies=[agency.id for agency in both])
    for agency in both:
        await issue(world, case_id, "accept_dispatch", agency.officer)
        await issue(world, case_id, "submit_result", agency.officer, result="Đã thay bóng.")
        await issue(world, case_id, "approve", agency.leader)
    await issue(world, case_id, "publish", CENTRE, text=RESULT)
    return both


async def waiting_at(world: World, agency: Agency) -> list[str]:
    """The stages in which something waits for this agency's officers."""
    seats = [("officer", agency.id)]
    return [row.stage for row in await world.deployment.database.read(partial(queues.page, seats=seats))]


@pytest.mark.rule("TG-10.1", "TG-10.2", "A-TG-9", "A-5")
@on_both_engines
async def test_every_agency_that_answered_is_asked(world: World) -> None:
    await write_mail(world, LAMP)
    case = await only_case(world)
    both = await answered_together(world, case.id)

    await answer_mail(world, "không hài lòng vì vẫn hỏng")

    assert (await state_of(world, case.id)).stage == "clarifying"
    assert "chuyển ý kiến của anh/chị đến đơn vị xử lý" in received(world)[-1]
    assert [await waiting_at(world, agency) for agency in both] == [["clarifying"], ["clarifying"]]


@pytest.mark.rule("TG-10.2", "QB-IV.1.5b", "A-3", "VN-4")
@on_both_engines
async def test_who_asked_nothing_is_not_answered(world: World) -> None:
    """Two people reported the same; what is made clear is said to the one who asked, in the words of their question."""
    await write_mail(world, LAMP)
    main = await only_case(world)
    await write_mail(world, f"{LAMP} Tôi là Trần Thị Bình.", sender="binh@hopthu.example.vn")
    (other,) = [case for case in await all_cases(world) if case.id != main.id]
    await issue(world, main.id, "link_report", other_case=other.id)
    agency = await published(world, main.id)
    await answer_mail(world, "không hài lòng vì vẫn hỏng")
    asked, before = world.mail.mails[-1].recipient, len(world.mail.mails)

    await issue(world, main.id, "clarify", agency.officer, text="Đã thay cả chấn lưu, đèn đã sáng.")

    assert [mail.recipient for mail in world.mail.mails[before:]] == [asked]
