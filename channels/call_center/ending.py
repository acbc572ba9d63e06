"""How calls of both ways end: whoever hangs up first, and a record in the spool."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from channels.call_center import reaching
from channels.call_center.facts import WHOLE, CallRecord, Recording
from channels.call_center.ports import Call, CallFailed, Ended, Media, Recorded
from channels.call_center.tools import Tools

log = structlog.get_logger()
T = TypeVar("T")


async def until_over(call: Call, leading: Coroutine[Any, Any, None]) -> Ended:
    """Whatever comes first: the end of what we do in the call, or the other side's. Raises: what `leading` raises."""
    watching, led = asyncio.create_task(_watch(call)), asyncio.create_task(leading)
    try:
        await asyncio.wait({watching, led}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            return watching.result()
        if not led.cancelled() and (problem := led.exception()):
            raise problem
        await call.hangup()
        return Ended("us")
    finally:
        for task in (watching, led):
            task.cancel()
        await asyncio.gather(watching, led, return_exceptions=True)


async def _watch(call: Call) -> Ended:
    async for event in call.events():
        if isinstance(event, Ended):
            return event
    return Ended("trunk")


async def unless(over: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """What comes of it. Raises: CallFailed: `over` came first, and nobody wants it any more; and what `work` raises."""
    doing, waiting = asyncio.create_task(work), asyncio.create_task(over.wait())
    try:
        await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise CallFailed(reaching.GIVEN_UP, "given up")
    finally:
        for task in (doing, waiting):
            task.cancel()
        await asyncio.gather(doing, waiting, return_exceptions=True)


async def note(tools: Tools, record: CallRecord) -> None:
    """Keep how far it is now; a full disk ends no call."""
    try:
        await asyncio.to_thread(tools.spool.note, record)
    except OSError as error:
        log.error("call_not_noted", call=record.id, error=error.strerror)


async def close(tools: Tools, record: CallRecord, media: Media | None, ended: Ended) -> CallRecord:
    """Free the leg, and write down what was. `media`: None where nobody answered."""
    recorded = await media.close() if media is not None else None
    if recorded is not None:
        record = record.model_copy(update={"recordings": (*record.recordings, described(WHOLE, recorded))})
    known = {"ended_at": tools.now(), "ended_by": ended.by, "ended_code": ended.code}
    record = await asyncio.to_thread(tools.spool.close, record.model_copy(update=known))
    seconds = (record.ended_at - record.began_at).total_seconds()
    log.info("call_ended", call=record.id, step=record.step, by=record.ended_by, seconds=round(seconds, 1))
    return record


def described(part: str, recorded: Recorded) -> Recording:
    """A finished recording, as the record tells of it."""
    return Recording(
        part=part,
        file=recorded.path.name,
        seconds=round(recorded.seconds, 2),
        spoken_seconds=round(recorded.spoken_seconds, 2),
        sha256=recorded.sha256,
        complete=recorded.complete,
    )
