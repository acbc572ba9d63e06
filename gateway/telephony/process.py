"""
The telephony process: answers calls, whatever the web side and the database are doing.

SIGTERM: no new calls, those that are up go on for a while, every record is in the spool. SIGUSR1: no new calls, and the
end comes with that of the last one. One that was started beside a gateway ends by itself when that stays away and
nobody is on the line.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import structlog

from channels.call_center.flow.model import Flow
from channels.call_center.flow.queues import on_the_floor
from channels.call_center.media.steadiness import stay_steady
from channels.call_center.ports import Trunk
from channels.call_center.spool import Spool
from channels.call_center.status import Line, TelephonyStatus
from channels.call_center.tools import Desk, Tools
from channels.tasks import let_go
from core.contract.schema import new_id
from core.identity import phones
from core.identity.codes import new_code, new_pin
from gateway.settings import Settings
from gateway.telephony.building import Hotline, flow_of, hotline_of
from gateway.telephony.draining import SIGNAL as DRAIN
from gateway.telephony.ends import until_alone, until_empty
from gateway.telephony.errands import ErrandCalls, errand_calls, heeding
from gateway.telephony.floor import Floor
from gateway.telephony.liaison import Liaison
from gateway.telephony.menus import Menus
from gateway.telephony.node import as_node, node_of
from gateway.telephony.outgoing import OutgoingCalls
from gateway.telephony.paths import links_folder, spool_folder, standing_file
from gateway.telephony.people import answering, bringing, portal_line
from gateway.telephony.renewing import renewing
from gateway.telephony.running import claimed
from gateway.telephony.sentences import catalogue_of
from gateway.telephony.switchboard import Switchboard, Transfers
from gateway.telephony.voice_line import reached_by_twilio, voice_trunk

log = structlog.get_logger()


@dataclass(frozen=True)
class Telephony:
    """The process while it runs."""

    node: int
    hotline: Hotline
    lines: Sequence[Trunk]
    switchboard: Switchboard
    outgoing: OutgoingCalls
    errands: ErrandCalls
    floor: Floor
    spool: Spool
    liaison: Liaison

    async def status(self) -> TelephonyStatus:
        """How it is now."""
        waiting, oldest = await asyncio.to_thread(self.spool.backlog)
        engine = self.hotline.engine.status()
        return TelephonyStatus(
            pid=os.getpid(),
            node=self.node,
            draining=self.switchboard.draining,
            listening=self.listening,
            calls=self.calls,
            late_ms=engine.late_p99_ms,
            waiting=waiting,
            oldest_waiting_s=max(0.0, _now().timestamp() - oldest) if oldest else 0.0,
            unkept=self.switchboard.unkept + self.outgoing.unkept + self.errands.unkept,
            cut=engine.refused_tapes,
            placeholders=len(self.hotline.prompts.prompts.placeholders),
            lines=tuple(Line.model_validate(trunk.status(), from_attributes=True) for trunk in self.lines),
        )

    @property
    def calls(self) -> int:
        """How many are up, of both ways."""
        return self.switchboard.calls + self.outgoing.calls + self.errands.calls

    @property
    def listening(self) -> str:
        """Where calls arrive; empty while the address cannot be had."""
        if not self.switchboard.started:
            return ""
        host, port = self.hotline.endpoint.address
        return f"{host}:{port}"


async def run(settings: Settings, *, beside: bool = False) -> None:
    """Take calls until SIGTERM or SIGINT; `beside`: also until the gateway that started us stays away."""
    settings = as_node(settings, node_of(settings))
    stopping, draining = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    loop.add_signal_handler(DRAIN, draining.set)
    with claimed(settings):
        async with taking_calls(settings) as telephony:
            log.info("telephony_started", pid=os.getpid(), node=telephony.node, scheduling=stay_steady())
            watching = [asyncio.create_task(until_empty(telephony, draining, stopping))]
            watching += [asyncio.create_task(until_alone(telephony, stopping))] if beside else []
            await stopping.wait()
            await let_go(*watching)
            log.info("telephony_stopping", calls=telephony.calls)
    log.info("telephony_stopped")


@asynccontextmanager
async def taking_calls(settings: Settings) -> AsyncIterator[Telephony]:
    """Everything the process does, for the length of a block; what it leaves is in the spool."""
    catalogue = catalogue_of(settings)
    source = flow_of(settings, catalogue)
    liaison, spool = await _taken_up(settings)
    hotline = await asyncio.to_thread(hotline_of, settings, seal_to=liaison.seal_to)
    voice, portal = voice_trunk(settings, hotline.engine), portal_line(settings, hotline.engine)
    lines: tuple[Trunk, ...] = (*hotline.trunks, *([voice] if voice else []))
    tools = _tools(settings, source.flow, lines, spool=spool, desk=liaison)
    outgoing = OutgoingCalls(lines, tools, ended=liaison.ended)
    async with AsyncExitStack() as stack:
        await hotline.engine.start()
        stack.push_async_callback(hotline.engine.stop)
        await stack.enter_async_context(renewing(hotline.prompts))
        queues = on_the_floor(source.flow.queues)
        opening = partial(answering, settings, hotline.engine, queues=queues, outgoing=outgoing)
        floor = Floor(settings.data, hotline.engine, opening)
        await stack.enter_async_context(floor.taking_part())
        await stack.enter_async_context(bringing(settings, portal))
        await stack.enter_async_context(reached_by_twilio(settings, voice))
        tools = replace(tools, people=floor)
        numbers, menus = settings.call_center.answered, Menus(source, catalogue, liaison.plan)
        board = Switchboard([*lines, portal], tools, numbers=numbers, ended=liaison.ended, flow_for=menus.flow_for)
        errands = errand_calls(settings, lines, tools, ended=liaison.ended)
        telephony = Telephony(node_of(settings), hotline, lines, board, outgoing, errands, floor, spool, liaison)
        speaking = asyncio.create_task(liaison.run(telephony.status))
        stack.push_async_callback(_last_words, liaison, speaking)
        stack.push_async_callback(outgoing.close)
        await stack.enter_async_context(heeding(settings, errands))
        await board.open()
        stack.push_async_callback(partial(board.close, drain_s=settings.call_center.drain_seconds))
        yield telephony


async def _taken_up(settings: Settings) -> tuple[Liaison, Spool]:
    """Who talks to the web side, and where calls are kept; what a crash left there is closed first."""
    data, node = settings.data, node_of(settings)
    left = Spool(spool_folder(data, node))
    recovered = await asyncio.to_thread(left.recover)
    if recovered:
        log.warning("calls_recovered", calls=recovered)
    liaison = Liaison(links_folder(data), spool=left, memory=standing_file(data, node), now=_now)
    return liaison, Spool(left.folder, reader=liaison.reader)


def _tools(settings: Settings, flow: Flow, lines: Sequence[Trunk], *, spool: Spool, desk: Desk) -> Tools:
    """What every call is led with; who answers is not known yet."""
    return Tools(
        flow=flow,
        spool=spool,
        desk=desk,
        draw=lambda: (new_code(), new_pin()),
        number=phones.normalise,
        new_id=new_id,
        now=_now,
        connect=Transfers(lines, allowed=settings.call_center.transfers).connect,
    )


async def _last_words(liaison: Liaison, speaking: asyncio.Task[None]) -> None:
    """What the last calls left is handed over now, if anybody is there; else at the next start."""
    await let_go(speaking)
    await liaison.hand_over_all()


def _now() -> datetime:
    return datetime.now(UTC)
