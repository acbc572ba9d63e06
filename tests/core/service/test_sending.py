"""Sending: one entry's misfortune is its own, and what came of it is written down as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from core.contract.errors import OutcomeUnknown
from core.contract.ports import Allowance, SendResult
from core.contract.schema import Address, OutboundMessage, new_id
from core.service import sending
from core.service.routing import Routing
from core.service.sending import Bounds, Ears, Sender
from core.service.work import store_all
from core.storage import outbox
from core.storage.database import Connection
from core.storage.outbox import Share
from core.storage.tables import outbox as outbox_table
from tests.support.databases import put
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel
from tests.support.waiting import until


@dataclass
class OddChannel(HookedTestChannel):
    """Takes everything but what it has a problem with."""

    problems: dict[str, Exception] = field(default_factory=dict)

    async def send(self, message: OutboundMessage) -> SendResult:
        if message.text in self.problems:
            raise self.problems[message.text]
        return await super().send(message)


async def post(world: World, *texts: str, channel: str = "testchat", way: str = "") -> None:
    """One entry each, in conversations of their own."""

    def sealed(text: str) -> outbox.NewEntry:
        address = Address(channel=channel, account="page", value="u1")
        message = OutboundMessage(
            id=new_id(), channel=channel, account="page", recipient=address, text=text, conversation_id=new_id()
        )
        payload = world.deployment.safe.seal(message, subject_id="c" * 32, place=f"outbox:{message.id}")
        now = world.clock()
        return outbox.NewEntry(
            id=message.id,
            dedupe_key=text,
            conversation_id=message.conversation_id,
            case_id=None,
            channel=channel,
            subject_id="c" * 32,
            payload_sealed=payload,
            next_at=now,
            created_at=now,
            forget=text == "farewell",
            way=way,
        )

    entries = await asyncio.to_thread(lambda: [sealed(text) for text in texts])
    await put(world.deployment.database, outbox.ENTRIES, *(one.__dict__ for one in entries))


@dataclass
class SilentChannel(OddChannel):
    """Takes everything and answers nothing."""

    taken: list[str] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> SendResult:
        if message.text in self.problems:
            raise self.problems[message.text]
        self.taken.append(message.text)
        await asyncio.Event().wait()
        raise AssertionError("unreachable: nobody sets it")


def sender(world: World, channel: HookedTestChannel, **more: Any) -> Sender:
    """One for this channel; `more` as `Sender` takes it."""
    deployment = world.deployment
    channels = {"testchat": channel}
    return Sender(deployment.database, safe=deployment.safe, channels=channels, owner="me", now=world.clock, **more)


async def states(world: World) -> dict[str, str]:
    """Cause → state."""
    query = select(outbox_table.c.dedupe_key, outbox_table.c.state)
    return dict(await world.deployment.database.read(lambda connection: connection.execute(query).all()))


async def test_what_nobody_foresaw_is_unknown_and_hurts_nobody_else(world: World) -> None:
    """A fault in a channel may come after the message went out: it is not sent again, and says so at once."""
    channel = OddChannel(problems={"odd": RuntimeError("half way")})
    await post(world, "odd", "plain")

    await sender(world, channel).run_once()

    assert await states(world) == {"odd": "unknown", "plain": "sent"}


@dataclass
class RememberingChannel(OddChannel):
    """Its receiver knows a message by its id."""

    knows_repeats: Literal[True] = True


async def test_what_a_receiver_knows_by_its_id_is_tried_again(world: World) -> None:
    """It may have arrived: that is no reason to leave it to a person."""
    channel = RememberingChannel(problems={"odd": OutcomeUnknown("half way")})
    await post(world, "odd")

    await sender(world, channel).run_once()
    channel.problems.clear()
    world.clock.advance(seconds=30)
    await sender(world, channel).run_once()

    assert await states(world) == {"odd": "sent"}


async def test_without_the_database_nothing_has_gone_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is away just when we ask whether the reader may be written to: tried again, and its claim is not kept."""
    channel = OddChannel()
    await post(world, "news", way="testchat/chat")
    one = sender(
        world,
        channel,
        routing=world.deployment.intake.routing,
    )
    with monkeypatch.context() as patch:
        patch.setattr(Routing, "is_shut", Mock(side_effect=ConnectionRefusedError))
        await one.run_once()
    assert await states(world) == {"news": "pending"}
    assert one._in_hand == set()

    world.clock.advance(seconds=30)
    await one.run_once()
    assert await states(world) == {"news": "sent"}


async def test_without_keys_nothing_has_gone_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key store is away for a moment: tried again, never `unknown`."""
    channel = OddChannel()
    await post(world, "plain")
    with monkeypatch.context() as patch:
        patch.setattr(type(world.deployment.safe), "open_model", _away)
        await sender(world, channel).run_once()
    assert await states(world) == {"plain": "pending"}

    world.clock.advance(seconds=11)
    await sender(world, channel).run_once()

    assert await states(world) == {"plain": "sent"}


async def test_an_outcome_waits_for_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known in this process alone: a short failover does not make it unknown."""
    channel, database = OddChannel(), world.deployment.database
    await post(world, "plain")
    write, failures = database.write, 2

    async def failing(work: Callable[[Connection], Any], *, urgent: bool = False) -> Any:
        nonlocal failures
        if channel.sent and failures:
            failures -= 1
            raise ConnectionResetError
        return await write(work, urgent=urgent)

    monkeypatch.setattr(database, "write", failing)
    await sender(world, channel).run_once()

    assert (failures, await states(world)) == (0, {"plain": "sent"})


async def test_what_cannot_be_recorded_is_not_held_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender lives and still sends another; a person or a receipt is to settle this one."""
    channel, database = SilentChannel(), world.deployment.database
    await post(world, "lost", "slow")
    write = database.write

    async def failing(work: Callable[[Connection], Any], *, urgent: bool = False) -> Any:
        if getattr(work, "func", None) is store_all:
            raise ConnectionResetError
        return await write(work, urgent=urgent)

    monkeypatch.setattr(sending, "_RECORD_PAUSES", ())
    monkeypatch.setattr(database, "write", failing)
    channel.problems["lost"] = RuntimeError("half way")
    one = sender(world, channel)
    a_round = asyncio.create_task(one.run_once())
    await until(lambda: channel.taken == ["slow"] and len(one._in_hand) == 1, "losing one outcome")

    world.clock.advance(seconds=10)
    await one._renew()
    world.clock.advance(seconds=10)
    await write(partial(outbox.mark_unknown, now=world.clock()))

    assert await states(world) == {"lost": "unknown", "slow": "claimed"}
    monkeypatch.setattr(database, "write", write)
    one.give_up()
    with pytest.raises(ConnectionResetError):
        await a_round


async def test_who_gives_up_says_what_is_unknown(world: World) -> None:
    """The process ends while a provider is silent: handed over and not confirmed; nothing else is taken there."""
    channel = SilentChannel()
    await post(world, "slow")
    one = sender(world, channel)
    a_round = asyncio.create_task(one.run_once())
    await until(lambda: channel.taken, "handing over")

    one.give_up()
    await a_round
    await post(world, "later")
    await one.run_once()

    assert await states(world) == {"slow": "unknown", "later": "pending"}
    assert channel.taken == ["slow"]


@pytest.mark.rule("VN-1")
async def test_nothing_stays_of_a_last_word_whose_sender_died(world: World) -> None:
    """It holds an address of whom nothing may be kept; nobody knows whether it went out, and nobody may repeat it."""
    await post(world, "farewell")
    database = world.deployment.database
    await database.write(partial(outbox.claim, owner="dead", now=world.clock()))
    world.clock.advance(seconds=16)

    await sender(world, OddChannel()).run_once()

    payloads = select(outbox_table.c.state, outbox_table.c.payload_sealed)
    rows = await database.read(lambda connection: [tuple(row) for row in connection.execute(payloads)])
    assert rows == [("unknown", None)]


def _away(*_given: Any, **_named: Any) -> None:
    raise ConnectionRefusedError


async def test_a_silent_provider_holds_up_no_other(world: World) -> None:
    """Each channel has a sender of its own; what belongs to none that is on is said to have failed."""
    deployment, silent, quick = world.deployment, SilentChannel(), OddChannel(name="quick")
    await post(world, "slow", "lost")
    await post(world, "soon", channel="quick")
    await post(world, "gone", channel="off")
    channels = {"testchat": silent, "quick": quick}

    def one(share: Share) -> Sender:
        return Sender(
            deployment.database, safe=deployment.safe, channels=channels, owner="me", now=world.clock, share=share
        )

    slow = one(Share("testchat"))
    a_round = asyncio.create_task(slow.run_once())
    await until(lambda: len(silent.taken) == 2, "handing over what nobody confirms")
    sent, off = await one(Share("quick")).run_once(), await one(Share(but=tuple(channels))).run_once()

    assert (sent, off) == (1, 1)
    assert await states(world) == {"slow": "claimed", "lost": "claimed", "soon": "sent", "gone": "failed"}
    slow.give_up()
    assert await a_round == 2


@dataclass
class SlowChannel(OddChannel):
    """Answers when it is told to, one after the other."""

    answers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def send(self, message: OutboundMessage) -> SendResult:
        await self.answers.acquire()
        return await super().send(message)


async def test_one_claims_again_when_there_is_room_worth_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of what may be under way, not each that lands; what was filled is claimed without a look before."""
    channel = SlowChannel()
    told: list[str] = []
    rung_after: list[int] = []
    look = Mock(side_effect=outbox.count_due)
    monkeypatch.setattr(outbox, "count_due", look)
    await post(world, *(f"word {number}" for number in range(12)))
    one = sender(
        world,
        channel,
        share=Share("testchat"),
        bounds=Bounds({"testchat": Allowance(at_once=8)}),
        ears=Ears(noted=lambda _channel, outcome: told.append(outcome), landed=lambda: rung_after.append(len(told))),
    )

    assert (await one.begin_due(), look.call_count) == (8, 1)
    channel.answers.release()
    await until(lambda: told, "an answer")
    channel.answers.release()
    await until(lambda: rung_after, "word of the room")
    assert (rung_after, await one.begin_due(), look.call_count) == ([2], 2, 1)

    for _ in range(12 - 2):
        channel.answers.release()
    await one.finish()
    assert (await one.begin_due(), await one.begin_due(), look.call_count) == (2, 0, 2)
    await one.finish()
    assert told == ["sent"] * 12
