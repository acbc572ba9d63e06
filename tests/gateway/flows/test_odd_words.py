"""Whatever a citizen writes is read as words: no markup, no template, no length and no sign breaks anything."""

from __future__ import annotations

import pytest

from core.storage.inbox_queue import inbox_state
from tests.gateway.flows.office import Chat, all_cases, issue, only_case, published, state_of, stored_reports, wanted
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail

ODD = [
    "{code}",
    "{0.__class__.__mro__}",
    "@opened.place_unknown",
    "@no.such.text",
    "%s %n %(code)s",
    "<b>đậm</b><script>alert(1)</script>",
    "'; DROP TABLE report; --",
    "\u202eược gn\u202c",
    "\x00\x01\x07",
    "😀😀😀👍🏽",
    "ngay\u0301 a\u0302\u0323",
    "\u200b\u200d\ufeff",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("odd", ODD)
async def test_alone_it_is_answered_or_passed_over(world: World, chat: Chat, odd: str) -> None:
    """Nothing in quarantine, nothing lost, no case of it."""
    await chat.say(odd)

    state = await world.deployment.database.read(inbox_state)
    assert (state.quarantined, state.waiting) == (0, 0)


@on_both_engines
async def test_in_a_report_it_is_kept_and_repeated_as_written(world: World, chat: Chat) -> None:
    """All of it at once, as the content, then as a correction of the place."""
    await chat.say("Đèn đường trước số 12 Lê Lợi hỏng " + " ".join(ODD))

    (report,) = await stored_reports(world)
    assert "{code}" in report.content
    assert "@no.such.text" in report.content
    assert "\x00" not in report.content
    assert "\u202e" not in report.content
    await chat.say("à nhầm, ở {office} số 14 Lê Lợi")
    await published(world, (await only_case(world)).id, text="Đã sửa {code} %s @result <b>")
    assert "Đã sửa {code} %s @result <b>" in chat.heard[-1]


@on_both_engines
async def test_a_very_long_mail_is_a_report_like_any_other(world: World) -> None:
    """Longer than a command's text may be: the case holds its beginning, the report all of it."""
    long = "Đèn đường trước số 12 Lê Lợi hỏng. " + "Rất tối và nguy hiểm. " * 3000
    await write_mail(world, long, subject="Đèn hỏng")

    (report,) = await stored_reports(world)
    assert len(report.content) > 60_000
    assert len(received(world)[0]) < 1000
    case = await state_of(world, (await only_case(world)).id)
    assert case.content is not None
    assert case.content.length <= 20_000


async def test_a_very_long_ground_does_not_stop_feedback(world: World) -> None:
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi hỏng.")
    case = await only_case(world)
    await published(world, case.id)
    await answer_mail(world, "Vẫn hỏng, chưa sửa gì. " * 2000)

    assert (await state_of(world, case.id)).stage == "clarifying"
    assert await wanted(world) == []


async def test_a_code_from_a_stranger_tells_the_public_stage_alone(world: World, chat: Chat) -> None:
    """A code is no authority (the PIN is)."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi hỏng, tôi là Nguyễn Văn An 0900 000 001.")
    case = await only_case(world)
    await issue(world, case.id, "accept")
    await chat.say(f"tra cứu mã {case.code}")

    assert "Đã tiếp nhận" in chat.heard[-1]
    assert "Nguyễn" not in chat.heard[-1]
    assert "chậm nhất" not in chat.heard[-1]
    assert len(await all_cases(world)) == 1


async def test_a_hundred_thousand_letters_are_one_report(world: World, chat: Chat) -> None:
    """All of them, and one answer; a letter repeated as often is asked what it is about."""
    text = "Nước ngập đến đầu gối trước số 12 Lê Lợi, phường Vĩnh Ninh. " * 1_700
    await chat.say(text)
    await Chat(world, chat.channel, user="u2").say("a" * 100_000)

    (report,) = await stored_reports(world)
    assert len(text) > 100_000
    assert report.content_as_sent.strip() == text.strip()
    assert len(chat.heard) == 1
