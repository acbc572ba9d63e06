"""A citizen on Facebook, from their first words to the rating: the gateway's own hook, the provider played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest_asyncio
from aiohttp.test_utils import TestServer

from channels.facebook.adapter import FacebookChannel
from channels.facebook.sandbox import FacebookSandbox, Mood
from channels.facebook.sandbox_state import Phone
from channels.facebook.settings import FacebookSettings
from core.contract.schema import AttachmentKind
from core.storage.outbox import outbox_state
from gateway.app import create_app
from tests.gateway.flows.office import LAMP, RESULT, all_cases, only_case, picture, published, state_of, stored_reports
from tests.gateway.flows.office import wanted as waiting
from tests.support.databases import on_both_engines
from tests.support.deployments import World

APP_SECRET, VERIFY = "app-secret-for-tests", "verify-token-for-tests"
TOKENS = {"1111": "token-for-tests", "1112": "another-token-for-tests"}


@dataclass
class Facebook:
    """The provider, and the gateway behind it."""

    world: World
    sandbox: FacebookSandbox

    async def settle(self, *, seconds: float = 0) -> None:
        """Let time pass, and work until nothing waits here or at the provider."""
        self.world.clock.advance(seconds=seconds)
        await self.world.settle()
        await self.sandbox.quiet()
        await self.world.settle()

    async def says(self, phone: Phone, text: str = "", *, pause: float = 5, photo: bytes = b"") -> None:
        """Somebody writes, and is quiet for a while."""
        await self.sandbox.say(phone, text, photo=photo)
        await self.settle()
        await self.settle(seconds=pause)


@pytest_asyncio.fixture
async def facebook(world: World) -> AsyncIterator[Facebook]:
    """Two Pages of one app beside the other channels."""
    sandbox = FacebookSandbox(dict(TOKENS), app_secret=APP_SECRET, verify_token=VERIFY, clock=world.clock)
    await sandbox.start()
    settings = FacebookSettings.model_validate(
        {
            "app_id": sandbox.app_id,
            "app_secret": APP_SECRET,
            "verify_token": VERIFY,
            "pages": TOKENS,
            "graph_url": sandbox.url,
            "per_second": 10_000,
        }
    )
    channel = FacebookChannel(settings, clock=world.clock)
    channels = {**world.deployment.channels, channel.name: channel}
    world.deployment.intake._channels = channels
    world.deployment = replace(world.deployment, channels=channels)
    async with TestServer(create_app(world.deployment)) as server:
        sandbox.hook = str(server.make_url("/hooks/facebook"))
        yield Facebook(world, sandbox)
        await sandbox.quiet()
    await channel.stop()
    await sandbox.stop()


def told(phone: Phone) -> str:
    """All that a phone was told, as one text without the spaces in codes."""
    return "\n".join(phone.received).replace(" ", "")


@on_both_engines
async def test_from_the_first_words_to_the_rating(world: World, facebook: Facebook) -> None:
    """Words, a photo and a place on Messenger; code, result and rating come back in the same chat."""
    citizen = facebook.sandbox.phone("Nguyễn Văn An")
    assert await facebook.sandbox.connect()

    await facebook.sandbox.say(citizen, "Đèn đường hỏng ba hôm nay, tối om.")
    await facebook.sandbox.say(citizen, photo=picture())
    await facebook.sandbox.show_place(citizen, 16.4637, 107.5909)
    await facebook.settle()
    await facebook.settle(seconds=5)

    case = await only_case(world)
    assert case.code in told(citizen)
    [report] = await stored_reports(world)
    assert report.source_channel == "facebook"
    assert [file.kind for file in report.attachments] == [AttachmentKind.IMAGE]
    assert report.place.point is not None
    assert (report.place.point.latitude, report.place.point.longitude) == (16.4637, 107.5909)

    await published(world, case.id)
    await facebook.settle()
    assert any(RESULT in text for text in citizen.received)

    await facebook.sandbox.press(citizen, "Hài lòng")
    await facebook.settle()
    assert [one.level for one in (await state_of(world, case.id)).publications[-1].ratings] == ["satisfied"]
    assert facebook.sandbox.refused == 0


async def test_who_opens_the_chat_is_greeted(world: World, facebook: Facebook) -> None:
    """By the first button; nothing was reported yet."""
    citizen = facebook.sandbox.phone()
    await facebook.sandbox.happen(citizen, {"postback": {"mid": "m_0", "title": "Bắt đầu", "payload": "GET_STARTED"}})
    await facebook.settle()

    assert len(citizen.received) == 1
    assert await all_cases(world) == []


async def test_people_of_two_pages_are_kept_apart(world: World, facebook: Facebook) -> None:
    """Each is answered by their own Page."""
    an, binh = facebook.sandbox.phone("Nguyễn Văn An"), facebook.sandbox.phone("Trần Thị Bình", page="1112")
    facebook.sandbox.mood = Mood.DISORDER
    await facebook.sandbox.say(an, LAMP)
    await facebook.sandbox.say(binh, "Rác chất đống trước chợ Đông Ba, phường Phú Hòa.")
    facebook.sandbox.mood = Mood.NORMAL
    await facebook.sandbox.flush()
    await facebook.settle()
    await facebook.settle(seconds=5)

    codes = {case.code for case in await all_cases(world)}
    heard = [{code for code in codes if code in told(phone)} for phone in (an, binh)]
    assert len(codes) == 2
    assert [len(one) for one in heard] == [1, 1]
    assert heard[0] != heard[1]


async def test_a_delivery_that_comes_twice_is_one_message(world: World, facebook: Facebook) -> None:
    citizen = facebook.sandbox.phone()
    facebook.sandbox.mood = Mood.DUPLICATE
    await facebook.says(citizen, LAMP)

    assert len(await all_cases(world)) == 1
    assert len(set(citizen.received)) == len(citizen.received)


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
    await facebook.settle()
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
    await facebook.settle()
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
    await facebook.settle()
    await facebook.settle(seconds=5)

    assert await all_cases(world) == []
    assert citizen.received == []
