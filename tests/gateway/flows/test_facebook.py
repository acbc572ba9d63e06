"""What only Facebook has: several Pages, echoes, a person in the Page's inbox, comments. The story is in `contract`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from channels.facebook.sandbox import FacebookSandbox, Mood
from channels.facebook.sandbox_state import Phone
from channels.facebook.tests.builders import OTHER_PAGE
from channels.facebook.tests.stage import on_stage
from core.storage.outbox import outbox_state
from tests.gateway.flows.office import LAMP, RUBBISH, all_cases, only_case, stored_reports
from tests.gateway.flows.office import wanted as waiting
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@dataclass
class Facebook:
    """The provider, and the gateway behind it."""

    world: World
    sandbox: FacebookSandbox

    async def settle(self, *, seconds: float = 0) -> None:
        """Let time pass, and work until nothing waits here or at the provider."""
        for pause in (0.0, seconds):
            self.world.clock.advance(seconds=pause)
            await self.world.settle()
            await self.sandbox.quiet()
            await self.world.settle()

    async def says(self, phone: Phone, text: str) -> None:
        """Somebody writes, and is quiet for a while."""
        await self.sandbox.say(phone, text)
        await self.settle(seconds=5)


@pytest_asyncio.fixture
async def facebook(world: World) -> AsyncIterator[Facebook]:
    """Two Pages of one app beside the other channels."""
    async with on_stage(world) as stage:
        yield Facebook(world, stage.sandbox)


def told(phone: Phone) -> str:
    """All that a phone was told, as one text without the spaces in codes."""
    return "\n".join(phone.received).replace(" ", "")


async def test_the_provider_finds_the_hook(facebook: Facebook) -> None:
    """And somebody who guesses at the token does not."""
    assert await facebook.sandbox.connect()
    facebook.sandbox.verify_token = "guessed"
    assert not await facebook.sandbox.connect()


async def test_who_opens_the_chat_is_greeted(world: World, facebook: Facebook) -> None:
    """By the first button; nothing was reported yet."""
    citizen = facebook.sandbox.phone()
    await facebook.sandbox.happen(citizen, {"postback": {"mid": "m_0", "title": "Bắt đầu", "payload": "GET_STARTED"}})
    await facebook.settle()

    assert len(citizen.received) == 1
    assert await all_cases(world) == []


async def test_people_of_two_pages_are_kept_apart(world: World, facebook: Facebook) -> None:
    """Each is answered by their own Page."""
    an, binh = facebook.sandbox.phone("Nguyễn Văn An"), facebook.sandbox.phone("Trần Thị Bình", page=OTHER_PAGE)
    facebook.sandbox.mood = Mood.DISORDER
    await facebook.sandbox.say(an, LAMP)
    await facebook.sandbox.say(binh, RUBBISH)
    facebook.sandbox.mood = Mood.NORMAL
    await facebook.sandbox.flush()
    await facebook.settle(seconds=5)

    codes = {case.code for case in await all_cases(world)}
    heard = [{code for code in codes if code in told(phone)} for phone in (an, binh)]
    assert len(codes) == 2
    assert [len(one) for one in heard] == [1, 1]
    assert heard[0] != heard[1]


@on_both_engines
async def test_a_lost_answer_is_settled_by_the_echo(world: World, facebook: Facebook) -> None:
    """The provider took the message, and the line broke: nobody reads it twice, and nobody has to look into it."""
    citizen = facebook.sandbox.phone()
    facebook.sandbox.mood = Mood.CUT_AFTER
    await facebook.says(citizen, LAMP)
    said = len(citizen.received)
    facebook.sandbox.mood = Mood.NORMAL
    await facebook.settle(seconds=600)

    assert said
    assert len(citizen.received) == said
    state = await world.deployment.database.read(outbox_state)
    assert (state.unknown, state.failed, state.pending) == (0, 0, 0)


async def test_who_answers_in_the_pages_inbox_silences_the_dialogue(world: World, facebook: Facebook) -> None:
    citizen = facebook.sandbox.phone()
    await facebook.says(citizen, "Đèn đường bị hỏng")
    said = len(citizen.received)

    await facebook.sandbox.answer_in_inbox(citizen, "Chào anh, đèn ở đoạn nào ạ?")
    await facebook.says(citizen, "Trước số 12 Lê Lợi, phường Vĩnh Ninh")

    assert citizen.received[said:] == ["Chào anh, đèn ở đoạn nào ạ?"]
    [row] = await waiting(world)
    assert row.mode == "person"


@on_both_engines
async def test_a_comment_is_answered_privately_and_goes_on_there(world: World, facebook: Facebook) -> None:
    """Nothing that identifies anybody is said in public; who answers on Messenger goes on where they were."""
    citizen = facebook.sandbox.phone()
    comment = await facebook.sandbox.comment(citizen, "Đèn đường bị hỏng")
    await facebook.settle(seconds=5)
    [asked] = citizen.received
    [public] = comment.answers
    assert "tin nhắn riêng" in public

    await facebook.says(citizen, "Trước số 12 Lê Lợi, phường Vĩnh Ninh")

    case = await only_case(world)
    assert asked != citizen.received[-1]
    assert case.code in told(citizen)
    assert comment.answers == [public]
    [report] = await stored_reports(world)
    assert "Đèn đường bị hỏng" in report.content_as_sent


async def test_a_complete_comment_gets_its_code_in_the_one_answer_there_is(world: World, facebook: Facebook) -> None:
    """All that is to be said has to stand in it: a second one would be refused."""
    citizen = facebook.sandbox.phone()
    comment = await facebook.sandbox.comment(citizen, LAMP)
    await facebook.settle(seconds=5)

    case = await only_case(world)
    assert len(citizen.received) == 1
    assert case.code in told(citizen)
    assert case.code not in "".join(comment.answers).replace(" ", "")
    assert (await world.deployment.database.read(outbox_state)).failed == 0


async def test_a_comment_that_is_taken_back_is_no_report(world: World, facebook: Facebook) -> None:
    citizen = facebook.sandbox.phone()
    comment = await facebook.sandbox.comment(citizen, "Đèn đường bị hỏng")
    await facebook.settle()
    await facebook.sandbox.change(comment, "remove")
    await facebook.settle(seconds=5)

    assert await all_cases(world) == []
    assert citizen.received == []
