"""What a reporter may want besides an answer: to withdraw, to stay unnamed; said as the case decided, once."""

from __future__ import annotations

import pytest

from core.clock import local
from tests.gateway.flows.office import (
    LAMP,
    RUBBISH,
    Chat,
    all_cases,
    assert_decent,
    dispatched,
    issue,
    only_case,
    published,
    spoken,
    state_of,
    wanted,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail


@pytest.mark.rule("A-HUE-3")
@pytest.mark.parametrize("words", ["Tôi xin rút phản ánh này", "hủy phản ánh giúp tôi"])
async def test_a_report_that_nobody_has_taken_up_is_withdrawn(world: World, words: str) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng")
    await answer_mail(world, words)

    case = await state_of(world, (await only_case(world)).id)
    assert (case.stage, case.cancel_code) == ("cancelled", "withdrawn")
    assert len(received(world)) == 2
    assert received(world)[-1].startswith(f"Dạ, em đã hủy phản ánh {spoken(case.code)} theo yêu cầu")
    assert await wanted(world) == []
    assert_decent(received(world))


@on_both_engines
async def test_one_that_an_agency_works_on_is_for_a_person_and_the_citizen_is_told_so(world: World) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng")
    case = await only_case(world)
    await dispatched(world, case.id)
    before = len(received(world))
    await answer_mail(world, "Hủy phản ánh giúp tôi")

    assert (await state_of(world, case.id)).stage == "in_progress"
    assert len(received(world)) == before + 1
    assert "chuyển yêu cầu của anh/chị đến cán bộ phụ trách" in received(world)[-1]
    assert len(await wanted(world)) == 1


async def test_whoever_asks_how_long_it_will_take_hears_what_comes_next_and_by_when(world: World, chat: Chat) -> None:
    """As the page that follows a report says it; once it should have happened, that too."""
    await chat.say(LAMP)
    await world.pass_time(seconds=10)
    case = await only_case(world)
    await dispatched(world, case.id)
    first = min((await state_of(world, case.id)).running(), key=lambda clock: clock.due_at)

    await chat.say("Bao giờ xử lý xong vậy em?")
    await world.pass_time(days=60)
    await chat.say("Bao giờ xử lý xong vậy em?")

    by_when = f"chậm nhất {local(first.due_at):%H:%M ngày %d/%m/%Y}"
    told = [line for text in chat.heard for line in text.splitlines() if line.startswith("Bước tiếp theo:")]
    assert len(told) == 2
    assert told[0].endswith(f"{by_when}.")
    assert told[1].endswith("(đã quá thời hạn).")
    assert_decent(chat.heard)


@pytest.mark.rule("A-HUE-3")
async def test_a_refusal_comes_with_its_reason(world: World) -> None:
    await write_mail(world, LAMP)
    case = await only_case(world)
    await issue(world, case.id, "decline", reason_code="out_of_area", reason="Đoạn đường này thuộc tỉnh bên cạnh.")

    assert "rất tiếc chưa tiếp nhận được" in received(world)[-1]
    assert "Lý do: Đoạn đường này thuộc tỉnh bên cạnh." in received(world)[-1]
    assert_decent(received(world))


@pytest.mark.rule("A-HUE-3")
async def test_a_cancellation_comes_with_the_ground_the_regulation_lists(world: World) -> None:
    await write_mail(world, LAMP)
    await issue(world, (await only_case(world)).id, "cancel", reason_code="mistake")

    assert "Lý do: Gửi nhầm, gửi thử" in received(world)[-1]
    assert_decent(received(world))


@pytest.mark.rule("VN-1", "VN-2")
async def test_whom_the_desk_sends_elsewhere_is_told_where_to_go(world: World) -> None:
    """Found out by a person and not by the dialogue: the reporter does not wait for an answer that will never come."""
    await write_mail(world, LAMP)
    await issue(world, (await only_case(world)).id, "divert", kind="complaint")

    assert "được xác định là: khiếu nại" in received(world)[-1]
    assert "đến nơi tiếp công dân" in received(world)[-1]
    assert_decent(received(world))


@on_both_engines
async def test_secrecy_is_confirmed_once(world: World, chat: Chat) -> None:
    await chat.say(LAMP)
    before = len(chat.heard)
    await chat.say("giữ bí mật giúp em nha")

    assert (await state_of(world, (await only_case(world)).id)).flags.confidential
    assert len(chat.heard) == before + 1
    assert "đã ghi nhận giữ bí mật danh tính" in chat.heard[-1]

    await chat.say(payload="open")
    assert not (await state_of(world, (await only_case(world)).id)).flags.confidential
    assert "không cần giữ bí mật" in chat.heard[-1]


async def test_secrecy_after_publication_is_for_a_person(world: World) -> None:
    await write_mail(world, LAMP)
    await published(world, (await only_case(world)).id)
    await answer_mail(world, "Xin giữ bí mật danh tính giúp tôi")

    assert "đã được công khai" in received(world)[-1]
    assert len(await wanted(world)) == 1


async def test_a_new_report_with_a_wish_for_secrecy_is_a_new_report(world: World, chat: Chat) -> None:
    """The wish does not make it words about the old one."""
    await chat.say(LAMP)
    await world.pass_time(days=1)
    await chat.say(f"{RUBBISH} Giữ bí mật giúp em.")

    first, second = [await state_of(world, row.id) for row in await all_cases(world)]
    assert (first.flags.confidential, second.flags.confidential) == (False, True)
