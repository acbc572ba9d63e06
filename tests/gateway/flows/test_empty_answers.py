"""An answer that says nothing is held back before anything is stored; a person may send it and says why."""

from __future__ import annotations

from typing import Any

import pytest

from core.cases.decide import Refusal
from core.cases.events import AnswerPublished, ResultApproved, parse_event
from core.service.wording import CODE, OVERRIDE
from core.storage import cases
from tests.gateway.flows.office import CENTRE, LAMP, RESULT, dispatched, handled, issue, only_case, state_of
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received, write_mail

HOLLOW = "Đã chuyển đơn vị chức năng xem xét, xử lý theo quy định."


async def refused(world: World, case_id: str, name: str, actor: Any = CENTRE, **payload: object) -> Refusal:
    """A command that must be refused."""
    answer = await world.deployment.clerk.execute(case_id, name, payload, actor=actor)
    assert isinstance(answer, Refusal), answer
    return answer


async def last_of(world: World, case_id: str, kind: type) -> Any:
    """The last event of a kind, from the stored bytes."""
    rows = await world.deployment.database.read(lambda connection: cases.load_events(connection, case_id))
    return [event for event in (parse_event(row.body) for row in rows) if isinstance(event, kind)][-1]


@pytest.mark.rule("TG-9.1a", "QB-IV.1.4a.1")
@on_both_engines
async def test_an_empty_answer_is_not_published_without_a_reason_and_nothing_is_stored(world: World) -> None:
    await write_mail(world, LAMP)
    case = await only_case(world)
    await handled(world, case.id)
    before, told = await only_case(world), len(received(world))

    refusal = await refused(world, case.id, "publish", text=HOLLOW)
    assert (refusal.code, refusal.http) == (CODE, 422)
    assert "Nêu rõ đã chuyển cho cơ quan nào" in refusal.text_vi
    assert set(refusal.details["fields"]) == {"text", OVERRIDE}
    assert refusal.details["objections"] == ["forwarded"]
    await world.settle()
    assert (await only_case(world)).version == before.version
    assert len(received(world)) == told

    await issue(world, case.id, "publish", text=HOLLOW, override_reason="Vụ việc thuộc cơ quan trung ương.")
    event = await last_of(world, case.id, AnswerPublished)
    assert event.override_reason is not None
    words = await world.deployment.clerk.texts.read([event.override_reason])
    assert list(words.values()) == ["Vụ việc thuộc cơ quan trung ương."]
    assert HOLLOW in received(world)[-1]


@pytest.mark.rule("TG-8.1b", "QB-IV.1.3a")
async def test_a_leader_is_asked_about_an_empty_draft_and_not_about_a_report_without_one(world: World) -> None:
    await write_mail(world, LAMP)
    case = await only_case(world)
    agency = await dispatched(world, case.id)
    await issue(world, case.id, "accept_dispatch", agency.officer)
    await issue(world, case.id, "submit_result", agency.officer, result="Đã thay bóng.", draft_answer="Đã xử lý.")

    refusal = await refused(world, case.id, "approve", agency.leader)
    assert (refusal.code, refusal.details["objections"]) == (CODE, ["too_short"])
    assert (await refused(world, case.id, "edit_and_approve", agency.leader, text="Ghi nhận.")).code == CODE
    await issue(world, case.id, "approve", agency.leader, override_reason="Trả lời đầy đủ đã gửi bằng văn bản giấy.")
    assert (await last_of(world, case.id, ResultApproved)).override_reason is not None

    await issue(world, case.id, "publish", text=RESULT)
    assert (await last_of(world, case.id, AnswerPublished)).override_reason is None


async def test_whose_command_and_when_come_before_what_it_says(world: World) -> None:
    """Somebody else's command is 403, one out of turn 409, whatever stands in it."""
    await write_mail(world, LAMP)
    case = await only_case(world)
    agency = await dispatched(world, case.id)

    assert (await refused(world, case.id, "publish", agency.officer, text="ghi nhận")).http == 403
    assert (await refused(world, case.id, "publish", text="ghi nhận")).http == 409
    assert (await state_of(world, case.id)).publications == ()
