"""What ends a telephony process besides a signal to stop: that it has run empty, or that nobody wants it any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from gateway.telephony.process import Telephony

log = structlog.get_logger()

ALONE_S = 120.0
"""For how long a process that was started beside a gateway waits for one; it may change the database first."""
A_DAY_S = 86_400.0
_LOOK_S = 0.5


async def until_empty(telephony: Telephony, wanted: asyncio.Event, stopping: asyncio.Event) -> None:
    """Once it is wanted: take no more, and stop when the last call is over, of other nodes' callers too."""
    await wanted.wait()
    log.info("telephony_draining", calls=telephony.calls)
    await telephony.switchboard.close(drain_s=A_DAY_S)
    while True:  # what we dial ourselves ends, too: no line takes more
        await asyncio.sleep(_LOOK_S)
        if not telephony.calls:
            break
    await telephony.floor.close_door()
    stopping.set()


async def until_alone(telephony: Telephony, stopping: asyncio.Event) -> None:
    """Stop when the gateway that started us stays away and nobody is on the line."""
    while True:
        await asyncio.sleep(_LOOK_S)
        if telephony.liaison.silent_s >= ALONE_S and not telephony.calls:
            break
    log.warning("telephony_alone", seconds=round(telephony.liaison.silent_s))
    stopping.set()
