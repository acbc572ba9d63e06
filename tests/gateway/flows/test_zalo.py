"""What only Zalo has: its hook, the office's own tool, withdrawal, catching up. The story is in `contract`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from channels.zalo.adapter import ZaloChannel
from channels.zalo.sandbox import Mood, ZaloSandbox
from channels.zalo.tests.builders import OA, USER
from channels.zalo.tests.stage import on_stage
from tests.gateway.flows.office import LAMP, all_cases, only_case, stored_reports, wanted
from tests.support.databases import on_both_engines
from tests.support.deployments import World

HOOK = "x-zevent-signature"


@dataclass
class Zalo:
    """The provider, and the gateway behind it."""

    world: World
    sandbox: ZaloSandbox

    @property
    def channel(self) -> ZaloChannel:
        """The official account."""
        channel = self.world.deployment.channels["zalo"]
        assert isinstance(channel, ZaloChannel)
        return channel

    async def does(self, *doings: dict[str, object], user: str = USER) -> None:
        """The citizen does these things one after the other, and is quiet for a while."""
        for doing in doings:
            await self.sandbox.say(user, doing)
            self.world.clock.advance(seconds=1)
        await self.settle()

    async def settle(self) -> None:
        """Let time pass, and work until nothing waits here or at the provider."""
        for seconds in (0, 5):
            await self.world.pass_time(seconds=seconds)
            await self.sandbox.webhooks.settle()
            await self.world.settle()

    def told(self, user: str = USER) -> list[str]:
        """The words on a citizen's phone."""
        return [one.text for one in self.sandbox.phone(user).shown]

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Somebody calls the hook."""
        async with ClientSession() as client, client.post(self.sandbox.webhooks.url, data=body, headers=headers) as it:
            return it.status


@pytest_asyncio.fixture
async def zalo(world: World) -> AsyncIterator[Zalo]:
    """An official account beside the other channels."""
    async with on_stage(world) as stage:
        yield Zalo(world, stage.sandbox)


async def test_the_providers_console_finds_the_hook(zalo: Zalo) -> None:
    """It asks with GET whether somebody is there."""
    async with ClientSession() as client, client.get(zalo.sandbox.webhooks.url) as answer:
        assert answer.status == 200


async def test_a_stranger_who_knows_the_address_gets_nothing_in(zalo: Zalo) -> None:
    """Unsigned, signed otherwise; and an event nobody knows is taken, for a 4xx would count against us."""
    event = {"app_id": "1", "event_name": "user_send_text", "timestamp": "1790000000123", "sender": {"id": USER}}
    body = json.dumps(event).encode()
    unknown = json.dumps(event | {"event_name": "user_send_telepathy"}).encode()

    assert await zalo.post(body, {}) == 401
    assert await zalo.post(body, {HOOK: "mac=" + "0" * 64}) == 401
    assert await zalo.post(unknown, {HOOK: zalo.sandbox.webhooks.sign(unknown)}) == 200


@on_both_engines
async def test_events_out_of_order_and_twice_are_one_report(zalo: Zalo) -> None:
    """The last comes first; the provider's own times put them right."""
    zalo.sandbox.mood = Mood.OUT_OF_ORDER
    for text in ("Đèn đường hỏng ba hôm nay,", "trước số 12 Lê Lợi,", "phường Vĩnh Ninh."):
        await zalo.sandbox.say(USER, {"text": text})
        zalo.world.clock.advance(seconds=1)
    zalo.sandbox.mood = Mood.DUPLICATE
    await zalo.sandbox.webhooks.release()
    await zalo.settle()
    [report] = await stored_reports(zalo.world)

    assert (
        report.content_as_sent.index("Đèn")
        < report.content_as_sent.index("trước")
        < report.content_as_sent.index("Vĩnh")
    )


async def test_echo_and_receipt_before_the_answer_disturb_nobody(zalo: Zalo) -> None:
    """The provider promises no order."""
    zalo.sandbox.mood = Mood.ECHO_FIRST
    await zalo.does({"text": LAMP})

    assert len(await all_cases(zalo.world)) == 1
    assert await wanted(zalo.world) == []
    assert len(set(zalo.told())) == len(zalo.told())


@on_both_engines
async def test_whoever_answers_in_the_offices_own_tool_takes_over(zalo: Zalo) -> None:
    """The dialogue keeps silent from then on."""
    await zalo.does({"text": "đèn đường bị hỏng"})
    await zalo.sandbox.typed_by_a_person(USER, "Dạ em là cán bộ trực, đèn ở đoạn nào ạ?")
    await zalo.settle()
    said = len(zalo.told())
    await zalo.does({"text": "trước số 12 Lê Lợi phường Vĩnh Ninh"})
    [talk] = await wanted(zalo.world)

    assert talk.mode == "person"
    assert len(zalo.told()) == said


@pytest.mark.rule("VN-4")
async def test_a_withdrawal_at_the_provider_waits_for_a_person(zalo: Zalo) -> None:
    """The person is told, and somebody looks who asks."""
    await zalo.does({"text": LAMP})
    await zalo.does({"withdraw": True})
    [talk] = await wanted(zalo.world)

    assert talk.channel == "zalo"
    assert "yêu cầu xóa dữ liệu" in zalo.told()[-1]


async def test_a_visitor_without_an_account_reports_and_is_answered(zalo: Zalo) -> None:
    """In his own conversation, in words only."""
    await zalo.does({"text": LAMP, "visit": "conv1"}, user="7100000000000000007")
    asked = [body for path, body in zalo.sandbox.requests if path == "/v2.0/oa/message"]

    assert len(await all_cases(zalo.world)) == 1
    assert zalo.told("7100000000000000007")
    assert {tuple(body["recipient"].values()) for body in asked} == {("7100000000000000007", "conv1")}
    assert not any("attachment" in body["message"] for body in asked)


async def test_a_number_from_the_form_is_in_the_report(zalo: Zalo) -> None:
    """Typed by the person, so it is a number to ring and no proof."""
    await zalo.does({"text": LAMP})
    await zalo.does({"form": {"name": "Nguyễn Văn An", "phone": "84900000001"}})
    [report] = await stored_reports(zalo.world)

    assert await only_case(zalo.world)
    assert report.source_channel == "zalo"


async def test_what_was_said_while_the_gateway_was_away_is_caught_up_once(zalo: Zalo) -> None:
    """One event came, one did not: one report with both, however often we look."""
    await zalo.sandbox.say(USER, {"text": "Đèn đường hỏng ba hôm nay"}, deliver=True)
    zalo.world.clock.advance(seconds=1)
    await zalo.sandbox.say(USER, {"text": "trước số 12 Lê Lợi, phường Vĩnh Ninh."}, deliver=False)
    for _ in range(2):
        await zalo.channel.catch_up(zalo.world.deployment.inbox.accept)
    await zalo.settle()
    [report] = await stored_reports(zalo.world)

    assert report.content_as_sent.count("Đèn đường hỏng") == 1
    assert report.content_as_sent.count("12 Lê Lợi") == 1


async def test_an_expired_token_in_the_middle_of_an_answer_is_renewed(zalo: Zalo) -> None:
    """The citizen notices nothing."""
    zalo.sandbox.tokens.expire()
    await zalo.does({"text": LAMP})

    assert zalo.told()
    assert zalo.sandbox.tokens.refreshes == 1


async def test_events_for_another_official_account_are_left_alone(zalo: Zalo) -> None:
    """One hook serves every account of the app."""
    event = {
        "app_id": zalo.sandbox.account.app_id,
        "event_name": "user_send_text",
        "timestamp": "1790000000123",
        "sender": {"id": USER},
        "recipient": {"id": f"{OA}9"},
        "message": {"msg_id": "m1", "text": LAMP},
    }
    body = json.dumps(event).encode()
    status = await zalo.post(body, {HOOK: zalo.sandbox.webhooks.sign(body)})
    await zalo.settle()

    assert status == 200
    assert await all_cases(zalo.world) == []
