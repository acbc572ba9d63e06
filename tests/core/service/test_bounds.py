"""What holds sending back: a provider's rate, its daily quota, and how much is under way at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from core.contract.errors import ConnectionFailed
from core.contract.ports import Allowance, SendResult
from core.contract.schema import OutboundMessage
from core.service.sending import SIDE_BY_SIDE, Bounds, Sender
from core.storage.outbox import Share
from core.storage.tables import outbox as outbox_table
from tests.core.service.test_sending import OddChannel, SilentChannel, post, states
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel
from tests.support.waiting import until

MIDNIGHT = datetime(2026, 11, 23, 17, tzinfo=UTC)


def sender(world: World, channel: HookedTestChannel, allowance: Allowance) -> Sender:
    deployment = world.deployment
    return Sender(
        deployment.database,
        safe=deployment.safe,
        channels={"testchat": channel},
        owner="me",
        now=world.clock,
        share=Share("testchat"),
        bounds=Bounds({"testchat": allowance}),
    )


@on_both_engines
async def test_beyond_a_days_quota_it_waits_for_the_next_day(world: World) -> None:
    """Where no other way is left; the day is Vietnam's."""
    await post(world, "1", "2", "3")
    channel = OddChannel()
    one = sender(world, channel, Allowance(per_day=2))

    await one.run_once()
    at_once = sorted((await states(world)).values())
    waiting = select(outbox_table.c.next_at, outbox_table.c.reason).where(outbox_table.c.state == "pending")
    (row,) = await world.deployment.database.read(lambda connection: connection.execute(waiting).all())
    world.clock.at = MIDNIGHT
    await one.run_once()

    assert at_once == ["pending", "sent", "sent"]
    assert tuple(row) == (MIDNIGHT, "quota_spent")
    assert set((await states(world)).values()) == {"sent"}


async def test_what_did_not_leave_counts_for_no_quota(world: World) -> None:
    """A provider that is away for a moment uses nothing up."""
    await post(world, "1")
    channel = OddChannel(problems={"1": ConnectionFailed()})
    one = sender(world, channel, Allowance(per_day=1))

    await one.run_once()
    channel.problems.clear()
    world.clock.advance(seconds=11)
    await one.run_once()

    assert await states(world) == {"1": "sent"}


@dataclass
class Timed(OddChannel):
    """Notes when it was called."""

    at: list[float] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> SendResult:
        self.at.append(asyncio.get_running_loop().time())
        return await super().send(message)


async def test_no_more_leave_in_a_second_than_the_provider_takes(world: World) -> None:
    """Each has its turn; those beyond the horizon are not even claimed."""
    await post(world, *(str(number) for number in range(9)))
    channel = Timed()

    begun = await sender(world, channel, Allowance(per_second=10)).run_once()

    assert begun == 5
    assert sorted((await states(world)).values()) == ["pending"] * 4 + ["sent"] * 5
    assert channel.at[-1] - channel.at[0] >= 0.4


async def test_a_message_nobody_answers_holds_up_no_later_one(world: World) -> None:
    """Of the same channel: what comes after it leaves while it still waits."""
    channel = SilentChannel()
    await post(world, "slow")
    one = sender(world, channel, Allowance())
    await one.begin_due()
    await until(lambda: channel.taken == ["slow"], "handing over")
    await post(world, "later")

    assert await one.begin_due() == 1
    await until(lambda: channel.taken == ["slow", "later"], "the second")

    one.give_up()
    await one.finish()
    assert await states(world) == {"slow": "unknown", "later": "unknown"}


async def test_so_many_are_under_way_and_no_more(world: World) -> None:
    channel = SilentChannel()
    await post(world, *(str(number) for number in range(SIDE_BY_SIDE + 1)))
    one = sender(world, channel, Allowance())

    assert await one.begin_due() == SIDE_BY_SIDE
    await until(lambda: len(channel.taken) == SIDE_BY_SIDE, "handing over")
    assert await one.begin_due() == 0

    one.give_up()
    await one.finish()
