"""A provider tells that a message arrived before we have recorded what it calls the message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from core.contract.ports import SendResult
from core.contract.schema import OutboundMessage
from core.storage import inbox_queue
from core.storage.tables import inbox_item, outbox
from gateway.workers.inbound import InboundWorker
from tests.gateway.flows.office import Chat
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel
from tests.support.stage import join


@dataclass
class HastyChannel(HookedTestChannel):
    """
    Its receipts come before its answers; of `strangers` it tells with each of ours.

    `reads`: when its reader saw all that there was, in seconds since 1970; None: it does not tell.
    """

    chat: Chat | None = None
    strangers: list[str] = field(default_factory=list)
    reads: Callable[[], float] | None = None

    async def send(self, message: OutboundMessage) -> SendResult:
        result = await super().send(message)
        assert self.chat is not None
        world, user = self.chat.world, self.chat.user
        for told in (result.provider_message_id, *self.strangers):
            event = {"id": f"receipt-{told}", "user": user, "at": world.clock().timestamp(), "delivered": [told]}
            await self.chat.hand_in(event)
        if self.reads:
            await self.chat.hand_in({"id": f"read-{message.id}", "user": user, "at": self.reads(), "read": True})
            world.clock.advance(seconds=1)
        await InboundWorker(world.deployment, world.deployment.intake, owner="another").run_once()
        return result


async def hasty(world: World, **more: Any) -> Chat:
    """One citizen on such a channel, who has just written."""
    channel = HastyChannel(**more)
    join(world, channel)
    channel.chat = Chat(world, channel)
    await channel.chat.say("đèn đường bị hỏng")
    return channel.chat


@on_both_engines
async def test_a_receipt_that_overtakes_the_answer_finds_its_message(world: World) -> None:
    """It waits until the message is recorded."""
    await hasty(world)
    await world.pass_time(seconds=2)

    sent = select(outbox.c.state, outbox.c.outcome)
    assert await world.deployment.database.read(lambda connection: [*connection.execute(sent)]) == [
        ("sent", "delivered")
    ]
    assert (await world.deployment.database.read(inbox_queue.inbox_state)).waiting == 0


@on_both_engines
async def test_a_receipt_of_somebody_elses_message_holds_nobody_up(world: World) -> None:
    """Another program sends by the same account: its receipts end, and the person is heard at once."""
    chat = await hasty(world, strangers=["theirs"])
    heard = len(chat.heard)

    await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh")

    assert len(chat.heard) > heard
    await world.pass_time(minutes=3)
    states = select(inbox_item.c.state).distinct()
    assert await world.deployment.database.read(lambda connection: [*connection.scalars(states)]) == ["done"]


@on_both_engines
@pytest.mark.parametrize(("before", "outcome"), [(0, "read"), (60, "delivered")])
async def test_who_reads_in_the_instant_of_sending_has_read_it(world: World, before: float, outcome: str) -> None:
    """The mark names no message; one of a minute ago is about what was there then."""
    await hasty(world, reads=lambda: world.clock().timestamp() - before)
    await world.pass_time(seconds=10)

    sent = select(outbox.c.state, outbox.c.outcome)
    assert await world.deployment.database.read(lambda connection: [*connection.execute(sent)]) == [("sent", outcome)]
    assert (await world.deployment.database.read(inbox_queue.inbox_state)).waiting == 0
