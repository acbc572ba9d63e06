"""News that cannot be told on one way goes the next, once, and staff read why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from core.contract.errors import (
    ConnectionFailed,
    GatewayError,
    NeedsReauth,
    OutcomeUnknown,
    RecipientUnreachable,
    WindowClosed,
)
from core.contract.ports import Allowance, Reach, SendResult
from core.contract.schema import Address, DeliveryReceipt, DeliveryStatus, OutboundMessage, Standing
from core.service.desk import Issued
from core.service.reading import CaseReader
from core.service.sending import Bounds, Sender
from core.service.work import Work
from core.storage import outbox, standings
from core.storage.joining import Link, add_link
from core.storage.outbox import Share
from core.storage.tables import contact, conversation, identity
from core.storage.tables import outbox as outbox_table
from tests.gateway.api.staffing import centre
from tests.gateway.flows.office import CENTRE, LAMP, Chat, issue, only_case
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel
from tests.support.stage import join

NUMBER = "+84900000001"


@dataclass
class Ways(HookedTestChannel):
    """A channel that says how it reaches people, and refuses with `problem` while it has one."""

    reaches: Sequence[Reach] = ()
    problem: GatewayError | None = None
    tried: int = field(default=0)

    async def send(self, message: OutboundMessage) -> SendResult:
        self.tried += 1
        if self.problem is not None:
            raise self.problem
        return await super().send(message)


@dataclass
class Town:
    """One citizen on a chat with a window, who left a number, and the telephones."""

    world: World
    chat: Chat
    page: Ways
    phones: Ways

    async def entries(self) -> list[tuple[str, str, str]]:
        """Way, state and why, of all that could go several ways."""
        columns = (outbox_table.c.way, outbox_table.c.state, outbox_table.c.why)
        query = select(*columns).where(outbox_table.c.way != "").order_by(outbox_table.c.seq)
        return await self.world.deployment.database.read(
            lambda connection: [tuple(row) for row in connection.execute(query)]
        )

    async def news(self) -> None:
        """Something happens to their report."""
        await issue(self.world, (await only_case(self.world)).id, "accept")

    async def prove(self) -> None:
        """The number is theirs."""
        proved = update(identity).where(identity.c.kind == "phone").values(verified_at=self.world.clock())
        await self.world.deployment.database.write(lambda connection: connection.execute(proved))


@pytest.fixture
async def town(world: World) -> Town:
    """A report that stands, and nothing told of it yet but its code."""
    return await begun(world, "0900 000 001")


async def begun(world: World, number: str) -> Town:
    """The town of somebody who left this number."""
    page = Ways(reaches=(Reach("chat", "Zalo", window=timedelta(hours=48), buttons=True),))
    phones = Ways(name="sms", account="1022", reaches=(Reach("phone", "SMS", "1022", price=2),))
    join(world, page)
    join(world, phones)
    chat = Chat(world, page)
    await chat.say(f"{LAMP} Điện thoại của tôi {number}.")
    await only_case(world)
    return Town(world, chat, page, phones)


@pytest.mark.rule("TG-5.4", "LS-3.2")
@on_both_engines
async def test_to_a_number_that_is_only_said_to_be_theirs_goes_that_there_is_news(town: Town) -> None:
    """With the code, without a word of what it is; and staff read why."""
    await town.world.pass_time(hours=51)
    town.page.problem = WindowClosed()

    await town.news()

    (told,) = town.phones.sent
    assert told.recipient == Address(channel="sms", account="1022", value=NUMBER)
    assert "có thông tin mới" in told.text
    assert "đã tiếp nhận" not in told.text
    assert told.fields["code"] in told.text
    assert told.fields["status"] == "Có thông tin mới"
    (first, second) = await town.entries()
    assert first[:2] == ("testchat/chat", "passed_on")
    assert second == ("sms/phone", "sent", "Cửa sổ Zalo đã đóng 3 giờ trước → SMS")


async def test_to_a_number_abroad_nothing_is_sent_by_itself(world: World) -> None:
    """Anybody may leave one that costs much and have reports about it; in a conversation of theirs it is answered."""
    town = await begun(world, "+44 20 7946 0018")
    town.page.problem = WindowClosed()

    await town.news()

    one, ioc = world.deployment, await centre(world)
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    (report,) = (await reader.case_page((await only_case(world)).id, ioc, reveal=True)).reports
    assert (report.reporter.phones, town.phones.sent) == (("+442079460018",), [])


@pytest.mark.parametrize(("caller", "called"), [(NUMBER, True), ("+442079460018", False)])
async def test_the_machine_calls_nobody_back_abroad(world: World, caller: str, called: bool) -> None:
    """A caller's number is what their line says it is."""
    line = Ways(reaches=(Reach("phone", "gọi tự động", "machine", by="voice"),))
    join(world, line)
    town = Town(world, Chat(world, line, user=caller), line, line)
    await town.chat.say(LAMP)
    line.problem = RecipientUnreachable()

    await town.news()

    assert ("testchat/voice" in [way for way, _, _ in await town.entries()]) == called


async def test_to_a_number_that_is_proved_goes_the_news_itself(town: Town) -> None:
    """The same words, once."""
    await town.prove()
    town.page.problem = WindowClosed()

    await town.news()

    (told,) = town.phones.sent
    assert "đã tiếp nhận" in told.text


async def test_whom_another_way_reaches_need_not_wait_for_our_token(town: Town) -> None:
    """Nobody knows how soon an administrator connects us again."""
    town.page.problem = NeedsReauth()

    await town.news()

    assert len(town.phones.sent) == 1
    assert (await town.entries())[1] == ("sms/phone", "sent", "Zalo cần kết nối lại → SMS")


@on_both_engines
async def test_who_blocked_us_is_told_elsewhere_without_a_try(town: Town) -> None:
    """Until they let us in again."""
    now, user = town.world.clock(), Address(channel="testchat", account="page", value="u1")
    left = Standing(channel="testchat", account="page", address=user, reachable=False, reason="blocked", at=now)
    deployment = town.world.deployment
    await deployment.database.write(partial(standings.note, row=deployment.intake._standing(left)))
    tried = town.page.tried

    await town.news()

    assert town.page.tried == tried
    assert len(town.phones.sent) == 1
    assert (await town.entries())[1][2] == "Người dân không nhận tin qua Zalo → SMS"


async def test_what_nobody_knows_the_end_of_goes_no_other_way(town: Town) -> None:
    """It may have arrived: a receipt, an echo or a person says so."""
    town.page.problem = OutcomeUnknown()

    await town.news()

    assert town.phones.sent == []
    assert [state for _, state, _ in await town.entries()] == ["unknown"]


@on_both_engines
async def test_a_way_that_fails_for_half_an_hour_is_left(town: Town) -> None:
    """Not after hours; and whoever had a hiccup for a minute is still told there. Nobody is told twice."""
    town.page.problem = ConnectionFailed()

    await town.news()
    for seconds in (10, 60, 300):
        await town.world.pass_time(seconds=seconds)
    before = len(town.phones.sent)
    await town.world.pass_time(minutes=24)
    town.page.problem = None
    await town.world.pass_time(hours=20)

    assert (before, len(town.phones.sent)) == (0, 1)
    assert [entry[:2] for entry in await town.entries()] == [("testchat/chat", "passed_on"), ("sms/phone", "sent")]


async def test_when_todays_quota_is_spent_it_goes_another_way(town: Town) -> None:
    """Without a try, and staff read why."""
    deployment, tried = town.world.deployment, town.page.tried
    case = await only_case(town.world)
    assert isinstance(await deployment.clerk.execute(case.id, "accept", {}, actor=CENTRE), Issued)

    one = Sender(
        deployment.database,
        safe=deployment.safe,
        channels=deployment.channels,
        owner="me",
        now=town.world.clock,
        routing=deployment.intake.routing,
        share=Share("testchat"),
        bounds=Bounds({"testchat": Allowance(per_day=0)}),
    )
    await one.run_once()
    await town.world.settle()

    assert town.page.tried == tried
    assert (await town.entries())[1] == ("sms/phone", "sent", "Hết hạn mức Zalo → SMS")


async def test_when_every_way_has_failed_it_is_a_persons(town: Town) -> None:
    """Each was tried once; only the last stands as failed."""
    town.page.problem, town.phones.problem = WindowClosed(), RecipientUnreachable()

    await town.news()

    assert [entry[:2] for entry in await town.entries()] == [("testchat/chat", "passed_on"), ("sms/phone", "failed")]
    assert town.phones.tried == 1
    state = await town.world.deployment.database.read(outbox.outbox_state)
    assert state.failed == 1


@on_both_engines
async def test_what_came_back_later_goes_the_next_way(town: Town) -> None:
    """A provider took it, and could not bring it; told twice, it still goes once."""
    await town.news()
    sent = town.page.sent[-1]
    receipt = DeliveryReceipt(
        channel="testchat",
        account="page",
        provider_message_id=f"sent-{sent.id}",
        status=DeliveryStatus.FAILED,
        at=town.world.clock(),
        permanent=True,
    )
    for _ in range(2):
        work = Work()
        await town.world.deployment.intake.receipts.note(work, receipt)
        await town.world.deployment.clerk.finish(work)
    await town.world.settle()

    assert len(town.phones.sent) == 1
    assert [entry[:2] for entry in await town.entries()] == [("testchat/chat", "passed_on"), ("sms/phone", "sent")]


async def test_the_dialogues_words_stay_in_the_dialogue(town: Town) -> None:
    """What it asks makes no sense elsewhere."""
    town.page.problem = WindowClosed()

    await town.chat.say("Đèn vẫn chưa sáng ạ.")

    assert town.phones.sent == []


@pytest.mark.rule("VN-6")
async def test_the_next_way_lets_people_sleep_as_well(town: Town) -> None:
    """What could wait for the morning on the first one waits on the second."""
    await town.news()
    sent = town.page.sent[-1]
    town.world.clock.at = datetime.fromisoformat("2026-11-23T22:00:00+07:00")

    work = Work()
    failed = {"status": DeliveryStatus.FAILED, "at": town.world.clock(), "permanent": True}
    receipt = DeliveryReceipt(channel="testchat", account="page", provider_message_id=f"sent-{sent.id}", **failed)
    await town.world.deployment.intake.receipts.note(work, receipt)
    await town.world.deployment.clerk.finish(work)
    await town.world.settle()
    at_night = len(town.phones.sent)
    await town.world.pass_time(hours=9)

    assert (at_night, len(town.phones.sent)) == (0, 1)


async def test_staff_read_which_ways_were_tried(town: Town) -> None:
    """Beside the message, in the order of trying."""
    town.page.problem, town.phones.problem = WindowClosed(), RecipientUnreachable()
    await town.news()
    one, ioc = town.world.deployment, await centre(town.world)
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    talk_id = await one.database.read(lambda connection: connection.scalars(select(conversation.c.id)).one())

    told = (await reader.conversation(talk_id, ioc)).messages[-1].delivery

    assert told is not None
    assert (told.state, told.reason) == ("passed_on", "window_closed")
    assert [(step.state, step.why) for step in told.steps] == [("failed", "Zalo không còn cho nhắn tin → SMS")]


async def test_a_channel_that_does_not_work_is_not_the_next_way(town: Town) -> None:
    """What works goes first, though it may cost; what a check-up says counts until a message leaves there."""
    mail = Ways(name="mail", account="centre@example.vn", reaches=(Reach("email", "thư", "centre@example.vn"),))
    join(town.world, mail)
    await town.chat.say("Thư điện tử của tôi: an@hopthu.example.vn")
    town.page.problem = WindowClosed()
    town.world.deployment.intake.vitals.checked({"mail": False, "sms": True})

    await town.news()

    assert (len(mail.sent), len(town.phones.sent)) == (0, 1)


async def test_a_joined_contact_is_the_same_person(town: Town) -> None:
    """Who proved one number on two channels is told on the other one, in their own chat there."""
    other = Ways(name="otherchat", account="page", reaches=(Reach("chat", "Telegram"),))
    join(town.world, other)
    await Chat(town.world, other).say("Chào trung tâm")
    database = town.world.deployment.database
    ids = await database.read(lambda one: list(one.scalars(select(contact.c.id).order_by(contact.c.created_at))))
    link = Link("l" * 32, contact_id=ids[1], kept_id=ids[0], proof="otp", at=town.world.clock())
    await database.write(partial(add_link, link=link))
    town.page.problem = WindowClosed()

    await town.news()

    (told,) = [one for one in other.sent if one.purpose == "notice"]
    assert told.recipient == Address(channel="otherchat", account="page", value="u1")
    assert town.phones.sent == []
