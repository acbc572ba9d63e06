"""Conversations by mail, as a citizen has them: asked once, never twice, always in the thread."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from channels.email.sandbox import Mood
from core.cases.decide import Refusal
from core.notify.brake import LETTERS
from core.storage.tables import outbox
from tests.gateway.flows.office import (
    CENTRE,
    LAMP,
    RUBBISH,
    all_cases,
    assert_decent,
    handled,
    issue,
    only_case,
    picture,
    spoken,
    state_of,
    stored_reports,
    wanted,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import Enclosure, answer_mail, received, write_mail


@on_both_engines
async def test_a_complete_mail_gets_one_receipt_with_code_and_pin_in_its_thread(world: World) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng", message_id="<dau@hopthu.example.vn>")

    case = await only_case(world)
    (mail,) = world.mail.mails
    shown = mail.shown()
    assert f"mã {spoken(case.code)}, mã PIN " in shown["text"]
    assert "trước số 12 Lê Lợi, phường Vĩnh Ninh" in shown["text"]
    assert shown["subject"] == "Re: Đèn hỏng"
    assert shown["headers"]["In-Reply-To"] == "<dau@hopthu.example.vn>"
    assert_decent(received(world))


async def test_a_mail_is_received_by_the_deployments_clock_and_no_other(world: World) -> None:
    """Two clocks in one deployment, and a deadline may begin after the moment at which it is met."""
    await write_mail(world, LAMP, subject="Đèn hỏng")

    (report,) = await stored_reports(world)
    assert report.received_at == world.clock.at


@on_both_engines
async def test_what_lacks_a_place_is_asked_for_it_once_and_the_answer_completes_it(world: World) -> None:
    await write_mail(world, "Đèn đường bị hỏng mấy hôm nay rồi, tối om, rất nguy hiểm.", subject="Đèn hỏng")
    assert await all_cases(world) == []
    assert len(received(world)) == 1
    assert "ở đâu ạ" in received(world)[0]

    await answer_mail(world, "Dạ ở trước số 12 Lê Lợi, phường Vĩnh Ninh ạ.")

    (report,) = await stored_reports(world)
    assert report.place.text == "trước số 12 Lê Lợi, phường Vĩnh Ninh"
    assert report.content.count("Đèn hỏng") == 1
    assert "đã viết" not in report.content
    assert len(received(world)) == 2
    assert world.mail.mails[-1].shown()["subject"] == "Re: Đèn hỏng"
    assert_decent(received(world))


async def test_the_first_letter_says_who_writes_and_why_and_the_next_only_asks(world: World) -> None:
    """A bare question in somebody's mailbox reads like one gone astray."""
    await write_mail(world, "Đèn đường bị hỏng mấy hôm nay rồi, tối om, rất nguy hiểm.", subject="Đèn hỏng")
    await answer_mail(world, "Dạ em hỏi lại nhà đã ạ.")

    first, *later = received(world)
    assert first.startswith("Dạ, Trung tâm tiếp nhận phản ánh hiện trường đã nhận được thư của anh/chị.")
    assert "ở đâu ạ" in first
    assert not any("đã nhận được thư" in letter for letter in later)


async def test_who_is_asked_what_it_is_about_is_not_greeted_twice(world: World) -> None:
    await write_mail(world, "Tôi muốn phản ánh.", subject="Hỏi")
    (letter,) = received(world)
    assert letter.count("Trung tâm tiếp nhận phản ánh hiện trường") == 1


@pytest.mark.parametrize("way", ["thread", "plus-address"])
async def test_an_answer_is_recognised_by_its_thread_or_by_its_address(world: World, way: str) -> None:
    """Some programs answer to From, others drop the thread: either alone is enough."""
    await write_mail(world, "Đèn đường bị hỏng mấy hôm nay rồi, tối om.", subject="Đèn hỏng")
    headers = world.mail.mails[-1].shown()["headers"]

    answer = "Trước số 12 Lê Lợi, phường Vĩnh Ninh"
    if way == "thread":
        await write_mail(world, answer, subject="Re: Đèn hỏng", headers={"In-Reply-To": headers["Message-ID"]})
    else:
        await write_mail(world, answer, subject="dia chi", to=headers["Reply-To"])

    (report,) = await stored_reports(world)
    assert "đèn đường" in report.content.lower()
    assert "12 Lê Lợi" in report.place.text


@on_both_engines
async def test_a_correction_changes_the_report_and_calls_a_person(world: World) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng")
    await answer_mail(world, "à nhầm, ở số 12 đường Nguyễn Huệ mới đúng ạ")

    (report,) = await stored_reports(world)
    assert "Nguyễn Huệ" in report.place.text
    assert "Lê Lợi" not in report.place.text
    assert report.content.count("Đèn hỏng") <= 1
    assert received(world)[-1].startswith(f"Dạ, em đã sửa lại thông tin cho phản ánh {spoken(report.code)}.")
    assert len(await wanted(world)) == 1


@pytest.mark.rule("A-HUE-3")
@on_both_engines
async def test_secrecy_asked_for_days_later_is_kept_and_the_answer_is_private(world: World) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng")
    await world.pass_time(days=3)
    await answer_mail(world, "Xin giữ bí mật danh tính giúp tôi")

    case = await only_case(world)
    assert (await state_of(world, case.id)).flags.confidential
    assert len(received(world)) == 2
    assert "đã ghi nhận giữ bí mật danh tính" in received(world)[-1]

    await handled(world, case.id)
    refused = await world.deployment.clerk.execute(case.id, "publish", {"text": "Đã thay bóng."}, actor=CENTRE)
    assert isinstance(refused, Refusal)
    await issue(world, case.id, "reply_privately", text="Đã thay bóng đèn.")
    assert "trả lời riêng" in received(world)[-1]
    assert_decent(received(world))


async def test_a_second_mail_about_another_thing_is_a_second_case(world: World) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng")
    await world.pass_time(minutes=2)
    await write_mail(world, RUBBISH, subject="Rác")

    first, second = await stored_reports(world)
    assert first.contact_id == second.contact_id
    assert first.conversation_id != second.conversation_id
    assert [case.code in received(world)[place].replace(" ", "") for place, case in enumerate(await all_cases(world))]


async def test_photos_are_stored_without_exif_and_hang_on_the_case(world: World) -> None:
    files = [Enclosure(picture(), "image/jpeg", "den.jpg"), Enclosure(picture("blue"), "image/jpeg", "cot.jpg")]
    await write_mail(world, LAMP, subject="Đèn hỏng", files=files)
    await answer_mail(world, "Gửi thêm ảnh cho rõ ạ.")

    case, (report,) = await only_case(world), await stored_reports(world)
    kept = [file.stored_key for file in report.attachments]
    assert len(kept) == 2
    assert set(kept) <= (await state_of(world, case.id)).evidence
    for key in kept:
        data = await world.deployment.media.get(key)
        assert b"Canary" not in data
        assert not Image.open(io.BytesIO(data)).getexif()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"List-Id": "<tin.example.vn>"},
    ],
)
async def test_machines_are_not_answered(world: World, headers: dict[str, str]) -> None:
    await write_mail(world, "Tôi đang đi vắng, đường Lê Lợi hỏng đèn.", subject="Vắng mặt", headers=headers)

    assert world.mail.mails == []
    assert await all_cases(world) == []


async def test_an_absence_note_in_the_thread_is_not_taken_for_an_answer(world: World) -> None:
    await write_mail(world, "Đèn đường bị hỏng mấy hôm nay rồi, tối om.", subject="Đèn hỏng")
    reply = world.mail.mails[-1].shown()["headers"]["Reply-To"]
    text = "Tôi đang đi công tác ở số 5 Hùng Vương đến thứ hai."
    await write_mail(world, text, subject="Re: Đèn hỏng", to=reply, headers={"Auto-Submitted": "auto-replied"})

    assert len(world.mail.mails) == 1
    assert await all_cases(world) == []


@on_both_engines
async def test_a_bounced_notice_is_seen_by_staff_and_answered_by_nobody(world: World) -> None:
    await write_mail(world, LAMP, subject="Đèn hỏng")
    world.mail.mood = Mood.BOUNCE
    await issue(world, (await only_case(world)).id, "accept")
    await until_heard(world)

    states = select(outbox.c.state, outbox.c.outcome, outbox.c.reason).order_by(outbox.c.seq)
    rows = await world.deployment.database.read(lambda connection: connection.execute(states).all())
    assert [row.state for row in rows] == ["sent", "failed"]
    assert "5.1.1" in rows[-1].reason
    assert len(world.mail.mails) == 1
    assert len(await all_cases(world)) == 1


async def until_heard(world: World) -> None:
    """The provider's delivery reports have come in, and were worked on."""
    for task in list(world.mail._tasks):
        await task
    await world.settle()


@on_both_engines
async def test_two_robots_do_not_write_to_each_other_for_ever(world: World) -> None:
    """A robot that does not say so: after the limit a person looks, and nothing more goes out."""
    await write_mail(world, "Cảm ơn quý khách đã liên hệ.", subject="Xin chào")
    for _ in range(LETTERS.per_hour + 3):
        await answer_mail(world, "Cảm ơn quý khách đã liên hệ.")

    assert len(world.mail.mails) == LETTERS.per_hour
    assert len(await wanted(world)) == 1


async def test_an_answer_after_a_day_does_not_begin_anew(world: World) -> None:
    """In the thread of a report, later words are about that report."""
    await write_mail(world, LAMP, subject="Đèn hỏng")
    await world.pass_time(days=2)
    await answer_mail(world, "Tôi nói thêm: cột đèn bị nghiêng, dây điện chùng xuống sát mặt đường.")

    (report,) = await stored_reports(world)
    assert "cột đèn bị nghiêng" in report.content
    assert received(world)[-1].startswith("Dạ, em đã bổ sung vào phản ánh")
    assert len(await wanted(world)) == 1
