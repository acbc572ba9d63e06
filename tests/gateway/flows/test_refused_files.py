"""Files that come with the message itself and are not taken: said once, with what to do, and never to a machine."""

from __future__ import annotations

import pytest

from core.notify.brake import LETTERS
from core.privacy.media_types import PACKED_VI, UNKNOWN_VI
from core.service.reading import CaseReader
from tests.gateway.api.staffing import centre
from tests.gateway.flows.office import LAMP, Chat, encoded, picture, stored_reports, wanted
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.hostile import SCRIPT
from tests.support.letters import Enclosure, answer_mail, received, write_mail

LYING = Enclosure(SCRIPT, "image/jpeg", "anh.jpg")
PACKED = Enclosure(b"\x78\x9f\x3e\x22" + bytes(80), "application/ms-tnef", "winmail.dat")
PHOTO = Enclosure(picture(), "image/jpeg", "den.jpg")
MISSING = "chưa nhận được tệp anh/chị vừa gửi"


@on_both_engines
async def test_a_mail_is_answered_once_with_each_reason_once(world: World) -> None:
    """In the letter that answers it anyway; what could be taken is."""
    await write_mail(world, LAMP, subject="Đèn hỏng", files=[LYING, PHOTO, LYING, PACKED])

    (letter,), (report,) = received(world), await stored_reports(world)
    assert "mã PIN" in letter
    assert letter.count(MISSING) == 1
    assert f"({UNKNOWN_VI} {PACKED_VI})" in " ".join(letter.split())
    assert len(report.attachments) == 1


async def test_a_file_without_a_word_is_spoken_of_too(world: World) -> None:
    """Else somebody waits for an answer to a mail that was empty to us."""
    await write_mail(world, "", subject="", files=[PACKED])

    (letter,) = received(world)
    assert "winmail.dat do Outlook đóng gói" in letter


async def test_a_chat_is_told_at_once(chat: Chat) -> None:
    """Before the burst is over: the file can be sent again in it."""
    await chat.say(LAMP, pause=0)
    await chat.say(photo=encoded(SCRIPT), pause=0)
    await chat.world.settle()
    assert [MISSING in said for said in chat.heard] == [True]

    await chat.world.pass_time(seconds=10)
    assert len([said for said in chat.heard if MISSING in said]) == 1


@pytest.mark.parametrize("headers", [{"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}])
async def test_machines_are_told_nothing(world: World, headers: dict[str, str]) -> None:
    """Two machines would go on for ever."""
    await write_mail(world, "Tôi đang đi vắng.", subject="Vắng mặt", headers=headers, files=[PACKED])

    assert world.mail.mails == []


async def test_a_machine_that_does_not_say_so_is_braked(world: World) -> None:
    """Every mail of it with a file we do not take."""
    await write_mail(world, "", subject="", files=[PACKED])
    for _ in range(LETTERS.per_hour + 2):
        await write_mail(world, "", subject="", files=[PACKED])

    assert len(world.mail.mails) == LETTERS.per_hour
    assert len(await wanted(world)) > 0


async def test_staff_read_what_was_said(world: World) -> None:
    """It stands in the conversation like any answer."""
    ioc = await centre(world)
    await write_mail(world, "Cho tôi gặp nhân viên.", subject="Hỏi", files=[PACKED])
    await answer_mail(world, "Tôi chờ.")
    one = world.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    (line,) = (await reader.conversations(ioc)).items

    said = [
        message.text for message in (await reader.conversation(line.id, ioc)).messages if message.direction == "out"
    ]
    assert [MISSING in text for text in said] == [True]
