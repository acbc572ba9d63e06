"""Troubles of the hotline: silent, full, cut off from reception; and callers whom nobody calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL
from channels.call_center.status import TelephonyStatus
from core.service.calls import REACHED
from gateway.watch.watch import Watch
from tests.gateway.watch.troubles.trouble import Trouble
from tests.support.calls import CALL, book_of, hand_over, leave_call
from tests.support.deployments import World

WELL = TelephonyStatus(pid=1, listening="127.0.0.1:5060")


def hotline(world: World) -> tuple[Watch, CallCenterChannel]:
    """The watch of a gateway beside which a telephony process should be, and what it hears of that."""
    settings = world.deployment.settings
    awaiting = settings.model_copy(update={"roles": (*settings.roles, "telephony")})
    channel = world.deployment.channels[CHANNEL]
    assert isinstance(channel, CallCenterChannel)
    return Watch(replace(world.deployment, settings=awaiting)), channel


async def told(channel: CallCenterChannel, status: TelephonyStatus) -> None:
    """The process says how it is."""
    channel.note(status)


@asynccontextmanager
async def telephony_away(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Nothing is heard of it."""
    watch, channel = hotline(world)
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=31), lambda: told(channel, WELL))


@asynccontextmanager
async def calls_not_kept(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """The disk took no record of a caller."""
    watch, channel = hotline(world)
    channel.note(WELL.model_copy(update={"unkept": 1}))
    yield Trouble(watch, mend=lambda: told(channel, WELL))


@asynccontextmanager
async def calls_cut(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """The disk was full in the middle of a call."""
    watch, channel = hotline(world)
    channel.note(WELL.model_copy(update={"cut": 1}))
    yield Trouble(watch, mend=lambda: told(channel, WELL))


@asynccontextmanager
async def calls_not_handed_over(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A call lies in the spool, and nobody takes it."""
    watch, channel = hotline(world)
    channel.note(WELL.model_copy(update={"waiting": 1, "oldest_waiting_s": 121.0}))
    yield Trouble(watch, mend=lambda: told(channel, WELL))


@asynccontextmanager
async def calls_late(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Somebody hung up in the greeting, and two working hours go by."""
    leave_call(world)
    await hand_over(world)
    book = book_of(world)
    yield Trouble(
        Watch(world.deployment),
        timedelta(hours=2, seconds=1),
        lambda: book.called(CALL, REACHED, by="an", attempts=0),
    )


OF_CALLS = (telephony_away, calls_not_kept, calls_cut, calls_not_handed_over, calls_late)
