"""Calls as the telephony process leaves them, handed over without one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL, CallRecord
from channels.call_center.spool import Spool
from channels.call_center.tests.played import wav
from core.service.calls import CallBook, HeldCall
from gateway.workers.crew import fetcher_of
from tests.support.deployments import World

CALL = "0" * 31 + "1"


def spool_of(world: World) -> Spool:
    """Where calls lie until their recordings are stored."""
    return Spool(world.deployment.settings.data / "calls")


def book_of(world: World) -> CallBook:
    """The calls of this deployment."""
    return world.deployment.intake.calls


def leave_call(world: World, *parts: str, **facts: Any) -> CallRecord:
    """A call that has just ended and lies in the spool with these recordings."""
    spool, now = spool_of(world), world.clock()
    call = CallRecord.model_validate(
        {
            "id": CALL,
            "trunk": "main",
            "caller": "+84900000001",
            "called": "1022",
            "began_at": now - timedelta(seconds=40),
            "ended_at": now,
            "ended_by": "them",
        }
        | facts
    )
    place = spool.begin(call)
    for part in parts:
        wav(place / f"{part}.wav", 2)
    return spool.close(call)


async def hand_over(world: World) -> None:
    """As the link does it, twice: the second time changes nothing."""
    channel, spool = world.deployment.channels[CHANNEL], spool_of(world)
    assert isinstance(channel, CallCenterChannel)
    for place in spool.waiting():
        delivery, items = channel.compose(spool.body(place))
        for _ in range(2):
            channel.verify(delivery)
            assert channel.split(delivery) == items
            await world.deployment.inbox.accept(delivery, items)
        spool.handed(place)
    await world.settle()


async def only_call(world: World) -> HeldCall:
    """The one call there is."""
    (call,) = (await book_of(world).newest()).items
    return call


async def fetch_recordings(world: World) -> int:
    """Bring recordings into the store; how many were tried."""
    channel = world.deployment.channels[CHANNEL]
    assert isinstance(channel, CallCenterChannel)
    return await fetcher_of(world.deployment, CHANNEL, channel).run_once()
