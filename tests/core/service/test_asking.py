"""A message whose sending broke off: its provider is asked, and nobody is told twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import select

from core.contract.errors import ConnectionFailed, OutcomeUnknown, SendError
from core.contract.ports import Fate
from core.contract.schema import OutboundMessage
from core.service.asking import Asker
from core.storage.tables import outbox as outbox_table
from tests.core.service.test_sending import OddChannel, post, sender, states
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@dataclass
class Answering(OddChannel):
    """A provider that can be asked: each answer once, the last for ever."""

    answers: Sequence[Fate | SendError] = (Fate("unknown"),)
    asked_about: list[str] = field(default_factory=list)

    async def asked(self, message: OutboundMessage, *, since: datetime) -> Fate:
        self.asked_about.append(message.text)
        answer = self.answers[min(len(self.asked_about), len(self.answers)) - 1]
        if isinstance(answer, SendError):
            raise answer
        return answer


async def lost(world: World, *answers: Fate | SendError) -> tuple[Answering, Asker]:
    """One message handed over, whose answer never came."""
    channel = Answering(answers=answers, problems={"lost": OutcomeUnknown()})
    await post(world, "lost")
    await sender(world, channel).run_once()
    deployment = world.deployment
    asker = Asker(
        deployment.database,
        safe=deployment.safe,
        channels={"testchat": channel},
        routing=deployment.intake.routing,
        arrivals=deployment.clerk.arrivals,
        now=world.clock,
    )
    return channel, asker


async def held(world: World) -> list[tuple[str, str, str | None]]:
    columns = (outbox_table.c.state, outbox_table.c.outcome, outbox_table.c.provider_message_id)
    query = select(*columns).order_by(outbox_table.c.seq)
    return await world.deployment.database.read(lambda one: [tuple(row) for row in one.execute(query)])


@on_both_engines
@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        (Fate("taken", "p1"), ("sent", "", "p1")),
        (Fate("delivered", "p1"), ("sent", "delivered", "p1")),
        (Fate("failed", "p1", "30003"), ("failed", "failed", "p1")),
    ],
)
async def test_what_the_provider_knows_settles_it(world: World, fate: Fate, expected: tuple[str, str, str]) -> None:
    """Its receipts are matched from then on."""
    _, asker = await lost(world, fate)

    assert await asker.run_once() == 1
    assert await held(world) == [expected]
    assert await asker.run_once() == 0


async def test_what_nobody_knows_is_asked_ever_more_rarely(world: World) -> None:
    """And never sent again: at last it is a person's alone."""
    channel, asker = await lost(world, ConnectionFailed(), Fate("unknown"))
    asked = []
    for _ in range(400):
        await asker.run_once()
        asked.append(len(channel.asked_about))
        world.clock.advance(minutes=15)

    assert asked[:3] == [1, 2, 3]
    assert asked[-1] == asked[200] < 30
    assert await states(world) == {"lost": "unknown"}
    assert channel.sent == []


async def test_the_id_of_another_message_is_not_taken_for_this_ones(world: World) -> None:
    """The same words to the same number, one after the other: each has its own."""
    _, asker = await lost(world, Fate("delivered", "p1"))
    await post(world, "again")
    other = OddChannel(problems={})
    await sender(world, other).run_once()
    taken = outbox_table.update().where(outbox_table.c.state == "sent").values(provider_message_id="p1")
    await world.deployment.database.write(lambda one: one.execute(taken))

    assert await asker.run_once() == 1
    assert (await states(world))["lost"] == "unknown"
