"""The receptionist asks for more: one message that names it, nothing asked twice, and the case goes on."""

from __future__ import annotations

import pytest

from core.contract.schema import FieldState
from tests.gateway.flows.office import (
    LAMP,
    Chat,
    assert_decent,
    encoded,
    issue,
    only_case,
    picture,
    state_of,
    stored_reports,
    wanted,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail

NOTE = "Trụ đèn số mấy ạ?"


async def asked(world: World, *fields: str, note: str = NOTE) -> str:
    """A report by mail, and the receptionist's question about it a day later."""
    await write_mail(world, LAMP, subject="Đèn hỏng")
    case = await only_case(world)
    await world.pass_time(days=2)
    await issue(world, case.id, "request_supplement", fields=list(fields), note=note)
    return case.id


@pytest.mark.rule("A-HUE-3")
@on_both_engines
async def test_all_that_is_wanted_is_named_once_and_the_answer_moves_the_case(world: World) -> None:
    case_id = await asked(world, "time", "phone")
    assert len(received(world)) == 2
    assert "cho biết thêm: thời gian xảy ra, số điện thoại." in received(world)[-1]
    assert NOTE in received(world)[-1]

    await answer_mail(world, "Hỏng từ tối hôm qua, điện thoại tôi 0900 000 001, trụ số 7.")

    case, (report,) = await state_of(world, case_id), await stored_reports(world)
    assert (case.stage, case.asked_for) == ("received", ())
    assert case.completeness["time"] is FieldState.GIVEN
    assert "tối hôm qua" in report.occurred
    assert report.reporter.phones == ("+84900000001",)
    assert len(received(world)) == 3
    assert await wanted(world) == []
    assert_decent(received(world))


@on_both_engines
async def test_half_an_answer_is_asked_for_the_rest_only(world: World) -> None:
    case_id = await asked(world, "time", "phone")
    await answer_mail(world, "Hỏng từ tối hôm qua")
    assert (await state_of(world, case_id)).stage == "waiting_reporter"
    assert len(received(world)) == 3
    assert "số điện thoại" in received(world)[-1]
    assert "khi nào" not in received(world)[-1]

    await answer_mail(world, "0900 000 001")

    assert (await state_of(world, case_id)).stage == "received"
    assert len(received(world)) == 4
    assert await wanted(world) == []
    assert_decent(received(world))


async def test_what_the_citizen_does_not_have_is_an_answer_too(world: World) -> None:
    """Declared none is not given (A-8): the receptionist sees which it was."""
    case_id = await asked(world, "time", "phone")
    await answer_mail(world, "Hỏng từ tối hôm qua, tôi không có điện thoại")

    case, (report,) = await state_of(world, case_id), await stored_reports(world)
    assert case.stage == "received"
    assert case.completeness["time"] is FieldState.GIVEN
    assert "phone" not in case.completeness
    assert "phone" in report.declared_none


async def test_thanks_are_no_answer(world: World) -> None:
    case_id = await asked(world, "phone")
    await answer_mail(world, "Dạ cảm ơn anh chị ạ")

    assert (await state_of(world, case_id)).stage == "waiting_reporter"


async def test_an_answer_that_holds_nothing_wanted_goes_to_the_receptionist(world: World) -> None:
    """Nobody is asked the same again and again: whoever asked reads what was written."""
    case_id = await asked(world, "time")
    await answer_mail(world, "Trụ đèn số 7 gần tiệm tạp hóa đó ạ, bị xe đâm.")

    assert (await state_of(world, case_id)).stage == "received"
    assert len(received(world)) == 3
    assert "khi nào" not in received(world)[-1]


async def test_a_photo_is_asked_for_in_a_chat_and_hangs_on_the_case(world: World, chat: Chat) -> None:
    await chat.say(LAMP)
    case = await only_case(world)
    await issue(world, case.id, "request_supplement", fields=["media"])
    assert "ảnh về sự việc" in chat.heard[-1]

    await chat.say(photo=encoded(picture()))

    found, (report,) = await state_of(world, case.id), await stored_reports(world)
    assert found.stage == "received"
    assert {file.stored_key for file in report.attachments} == set(found.media)
    assert_decent(chat.heard)
