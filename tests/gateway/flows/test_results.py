"""The answer comes, is rated once, talked about, made clear; everybody who reported the same hears it."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor
from tests.core.service.test_public import desk_of
from tests.gateway.flows.office import (
    LAMP,
    RESULT,
    RUBBISH,
    Chat,
    all_cases,
    assert_decent,
    issue,
    only_case,
    published,
    spoken,
    state_of,
    stored_reports,
    wanted,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail


async def answered(world: World) -> str:
    """A report by mail with its published result."""
    await write_mail(world, LAMP, subject="Đèn hỏng")
    case = await only_case(world)
    await published(world, case.id)
    return case.id


async def ratings(world: World, case_id: str) -> list[str]:
    """What the last answer was given."""
    return [one.level for one in (await state_of(world, case_id)).publications[-1].ratings]


@pytest.mark.rule("A-5")
@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("Hài lòng", "satisfied"),
        ("Tôi rất hài lòng, cảm ơn trung tâm", "satisfied"),
        ("2", "acceptable"),
        ("3", "dissatisfied"),
        ("Không hài lòng", "dissatisfied"),
    ],
)
async def test_the_result_asks_for_a_rating_and_takes_words_or_the_number_it_showed(
    world: World, words: str, level: str
) -> None:
    case_id = await answered(world)
    assert "1. Hài lòng; 2. Chấp nhận được; 3. Không hài lòng" in received(world)[-1]
    assert RESULT in received(world)[-1]
    await answer_mail(world, words)

    assert await ratings(world, case_id) == [level]
    assert received(world)[-1].strip() == "Dạ, cảm ơn anh/chị đã đánh giá."
    assert (await state_of(world, case_id)).stage == "published"
    assert_decent(received(world))


@pytest.mark.rule("A-5", "A-HUE-3")
@on_both_engines
async def test_displeasure_with_a_ground_is_a_rating_and_a_task_and_its_answer_arrives(world: World) -> None:
    case_id = await answered(world)
    before = len(received(world))
    await answer_mail(world, "không hài lòng vì vẫn hỏng")

    case = await state_of(world, case_id)
    assert case.stage == "clarifying"
    assert await ratings(world, case_id) == ["dissatisfied"]
    assert [text.strip() for text in received(world)[before:]] == [
        "Dạ, em đã chuyển ý kiến của anh/chị đến đơn vị xử lý."
    ]
    assert await wanted(world) == []

    officer = _officer(case.dispatches[0].agency_id)
    await issue(world, case_id, "clarify", officer, text="Đã thay cả chấn lưu, đèn đã sáng.")
    assert "Đã thay cả chấn lưu, đèn đã sáng." in received(world)[-1]
    assert (await state_of(world, case_id)).stage == "published"
    assert_decent(received(world))


@pytest.mark.rule("A-5")
@on_both_engines
async def test_rating_twice_is_politely_refused_and_troubles_nobody(world: World) -> None:
    case_id = await answered(world)
    await answer_mail(world, "Hài lòng")
    await answer_mail(world, "Không hài lòng")

    assert await ratings(world, case_id) == ["satisfied"]
    assert received(world)[-1].startswith("Dạ, anh/chị đã đánh giá kết quả này rồi")
    assert await wanted(world) == []


@pytest.mark.rule("A-5")
async def test_a_rating_after_its_window_is_politely_refused(world: World) -> None:
    case_id = await answered(world)
    await world.pass_time(days=31)
    await answer_mail(world, "Hài lòng")

    assert await ratings(world, case_id) == []
    assert "không còn nhận đánh giá" in received(world)[-1]


async def test_a_rating_before_the_result_is_told_to_wait(world: World) -> None:
    await write_mail(world, LAMP)
    await answer_mail(world, "Tôi rất hài lòng")

    assert "chưa có kết quả để đánh giá" in received(world)[-1]
    await published(world, (await only_case(world)).id)
    await answer_mail(world, "Hài lòng")
    assert await ratings(world, (await only_case(world)).id) == ["satisfied"]


async def test_thanks_are_no_new_report(world: World) -> None:
    await answered(world)
    await answer_mail(world, "Cảm ơn trung tâm nhiều ạ")

    assert len(await all_cases(world)) == 1
    assert "cảm ơn anh/chị" in received(world)[-1]


async def test_words_about_the_result_that_name_its_place_are_about_the_result(world: World) -> None:
    case_id = await answered(world)
    await answer_mail(world, "Đèn số 12 Lê Lợi vẫn chưa sửa, tối vẫn tắt.")

    assert len(await all_cases(world)) == 1
    assert (await state_of(world, case_id)).stage == "clarifying"


async def test_a_chat_rates_by_button(world: World, chat: Chat) -> None:
    await chat.say(LAMP)
    case = await only_case(world)
    await published(world, case.id)
    buttons = dict(chat.channel.sent[-1].buttons)
    assert list(buttons) == ["Hài lòng", "Chấp nhận được", "Không hài lòng"]
    await chat.say(payload=buttons["Chấp nhận được"])

    assert await ratings(world, case.id) == ["acceptable"]


@pytest.mark.rule("A-3")
@on_both_engines
async def test_everybody_who_reported_the_same_is_answered_in_their_own_conversation(world: World, chat: Chat) -> None:
    """Two people, two channels, one handling; each may rate; what one withdraws goes on for the other."""
    await write_mail(world, LAMP, subject="Đèn hỏng")
    await world.pass_time(minutes=1)
    await chat.say("den duong truoc so 12 Le Loi bi hong, toi om")
    first, second = await all_cases(world)
    await issue(world, first.id, "link_report", other_case=second.id)

    await chat.say("thôi hủy phản ánh giúp em")
    assert (await state_of(world, first.id)).stage == "received"
    assert "cán bộ phụ trách" in chat.heard[-1]

    await published(world, first.id)
    assert RESULT in received(world)[-1]
    assert RESULT in chat.heard[-1]
    await chat.say("hài lòng")
    await answer_mail(world, "không hài lòng")

    given = {one.report_id: one.level for one in (await state_of(world, first.id)).publications[-1].ratings}
    mailed, chatted = await stored_reports(world)
    assert given == {mailed.id: "dissatisfied", chatted.id: "satisfied"}
    page = await (await desk_of(world)).follow(chatted.code)
    assert page is not None
    assert (page.case_id, [answer.text for answer in page.progress.answers]) == (first.id, [RESULT])
    assert_decent([*received(world), *chat.heard])


def _officer(agency: str) -> Actor:
    return Actor("officer", frozenset({"officer"}), agency)


@pytest.mark.rule("A-5")
@on_both_engines
@pytest.mark.parametrize("answers", [0, 1])
async def test_a_rating_that_answers_the_news_of_one_report_is_about_that_one(
    world: World, chat: Chat, answers: int
) -> None:
    """Two results came together: which message is quoted says it, and the thanks name it; else it is asked."""
    for words in (LAMP, RUBBISH):
        await chat.say(words)
        await world.pass_time(minutes=30)
    cases = await all_cases(world)
    for case in cases:
        await published(world, case.id)
    news = [message for message in chat.channel.sent if RESULT in message.text]

    await chat.say("5 sao", quotes=f"sent-{news[answers].id}")
    assert [await ratings(world, case.id) for case in cases] == [
        ["satisfied"] if number == answers else [] for number in (0, 1)
    ]
    assert spoken((await stored_reports(world))[answers].code) in chat.heard[-1]

    await chat.say("không hài lòng", quotes="sent-nothing")
    assert await ratings(world, cases[1 - answers].id) == ["dissatisfied"]


async def test_a_rating_that_may_be_about_two_results_is_asked_about(world: World, chat: Chat) -> None:
    for words in (LAMP, RUBBISH):
        await chat.say(words)
        await world.pass_time(minutes=30)
    cases = await all_cases(world)
    for case in cases:
        await published(world, case.id)

    await chat.say("không hài lòng, vẫn còn nguyên")
    assert "2. " in chat.heard[-1]
    assert [await ratings(world, case.id) for case in cases] == [[], []]
    await chat.say("1")
    assert [await ratings(world, case.id) for case in cases] == [["dissatisfied"], []]
    assert (await state_of(world, cases[0].id)).stage == "clarifying"
    assert_decent(chat.heard)
