"""A person steps in: asked for or by themselves, they answer, the bot keeps silent, and it can go on afterwards."""

from __future__ import annotations

from core.service.answering import Answering
from tests.gateway.flows.office import Chat, all_cases, assert_decent, only_case, stored_reports, wanted
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail


async def conversation(world: World) -> str:
    """The one in which a person is waited for."""
    (row,) = await wanted(world)
    return row.id


@on_both_engines
async def test_a_person_takes_over_answers_and_hands_back(world: World, chat: Chat) -> None:
    answering = Answering(world.deployment.clerk)
    await chat.say("đèn đường bị hỏng, tối om")
    await chat.say("cho tôi gặp nhân viên")
    assert "nhân viên trực" in chat.heard[-1]
    talk = await conversation(world)
    said = len(chat.heard)

    await answering.reply(talk, "Chào anh, em là Hoa. Đèn ở đoạn nào ạ?", author="hoa", cause="1")
    await answering.reply(talk, "Chào anh, em là Hoa. Đèn ở đoạn nào ạ?", author="hoa", cause="1")
    await world.settle()
    assert chat.heard[said:] == ["Chào anh, em là Hoa. Đèn ở đoạn nào ạ?"]
    assert not chat.channel.sent[-1].automatic

    await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh")
    assert len(chat.heard) == said + 1
    assert await all_cases(world) == []

    await answering.hand_back(talk)
    await world.settle()
    case = await only_case(world)
    assert case.code in chat.heard[-1].replace(" ", "")
    assert (await stored_reports(world))[0].place.text == "trước số 12 Lê Lợi, phường Vĩnh Ninh"
    assert await wanted(world) == []
    assert_decent(chat.heard)


async def test_the_bot_says_nothing_while_nobody_has_come_yet(world: World, chat: Chat) -> None:
    """Asked for a person: what follows is read, not answered."""
    await chat.say("gặp nhân viên")
    said = len(chat.heard)
    await chat.say("đèn đường hỏng ở 12 Lê Lợi")
    await chat.say("alo có ai không")

    assert len(chat.heard) == said
    assert len(await wanted(world)) == 1


async def test_a_letter_of_staff_arrives_in_the_thread_and_is_answered_to_them(world: World) -> None:
    await write_mail(world, "Tôi muốn gặp nhân viên để trao đổi.", subject="Cần gặp")
    talk = await conversation(world)
    await Answering(world.deployment.clerk).reply(talk, "Chào anh, anh cần hỏi việc gì ạ?", author="hoa", cause="1")
    await world.settle()
    shown = world.mail.mails[-1].shown()
    assert shown["subject"] == "Re: Cần gặp"
    assert "Auto-Submitted" not in shown["headers"]
    said = len(received(world))

    await answer_mail(world, "Tôi hỏi về lịch thu gom rác.")

    assert len(received(world)) == said
    (row,) = await wanted(world)
    assert (row.id, row.unread) == (talk, 1)
