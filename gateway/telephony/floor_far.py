"""Bringing a caller of ours to the people who answer at another node: sound both ways, keys, and the end."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from pydantic import ValidationError

from channels.call_center.agents.caller import Served, Told, Wanted
from channels.call_center.media.engine import Engine
from channels.call_center.ports import Call, CallGone, Media, MediaUnavailable
from channels.tasks import let_go
from gateway.lines import short_path
from gateway.telephony import floor_words as words
from gateway.telephony.floor_words import Bring, Said

log = structlog.get_logger()

AGAIN_S = 0.1
LONGEST_CALL_S = 86_400
MACHINE = Served("machine")


class FarFloor:
    """Whoever has the floor, as the others reach them. `watch` runs beside everything else."""

    def __init__(self, socket: Path, engine: Engine) -> None:
        self._socket, self._engine = socket, engine
        self._lost = asyncio.Event()
        self._lost.set()

    @property
    def alive(self) -> bool:
        """Whether a pulse was felt within the last half second."""
        return not self._lost.is_set()

    async def watch(self) -> None:
        """Feel the pulse, for ever."""
        while True:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                async with self._connected(words.PULSE) as (reader, _writer):
                    while True:
                        async with asyncio.timeout(words.SILENT_S):
                            await reader.readexactly(1)
                        if self._lost.is_set():
                            log.info("floor_found")
                            self._lost.clear()
            if not self._lost.is_set():
                log.warning("floor_lost")
                self._lost.set()
            await asyncio.sleep(AGAIN_S)

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        """Until they are served there, or nobody is there any more; cancelled where the caller hangs up."""
        if not self.alive:
            return MACHINE
        try:
            leg = self._engine.open(words.wire(), ours=True)
        except MediaUnavailable:
            return MACHINE
        asked = Bring(
            call=call.id, trunk=call.trunk, remote=call.remote, called=call.called,
            wanted=wanted, about=about, port=leg.local[1],
        )  # fmt: skip
        bringing = asyncio.ensure_future(self._brought(call, leg, asked, told))
        lost = asyncio.ensure_future(self._lost.wait())
        keys = [asyncio.ensure_future(_pass_keys(*both)) for both in ((call.media, leg), (leg, call.media))]
        try:
            await asyncio.wait({bringing, lost}, return_when=asyncio.FIRST_COMPLETED)
            return bringing.result() if bringing.done() else MACHINE
        finally:
            call.media.bridge(None)
            await let_go(bringing, lost, *keys)
            await leg.close()

    async def _brought(self, call: Call, leg: Media, asked: Bring, told: Told) -> Served:
        """What they say of the caller, until the end of it."""
        with suppress(OSError, ValidationError):
            async with self._connected(words.line_of(asked)) as (reader, _writer):
                async for line in reader:
                    said = Said.model_validate_json(line)
                    if said.port:
                        leg.talk(words.plan(said.port))
                        call.media.bridge(leg)
                    if said.answered:
                        told.answered(said.answered)
                    if said.given:
                        told.given(said.given)
                    if said.hang_up:
                        await call.hangup()
                    if said.outcome:
                        return Served(said.outcome, agent=said.agent, began=said.began)
        return MACHINE

    @asynccontextmanager
    async def _connected(self, first: bytes) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
        with short_path(self._socket) as reachable:
            reader, writer = await asyncio.open_unix_connection(reachable, limit=words.LONGEST)
        try:
            writer.write(first)
            await writer.drain()
            yield reader, writer
        finally:
            writer.close()


async def _pass_keys(pressed: Media, heard: Media) -> None:
    """Each key on to the other side, until one of them is gone."""
    with suppress(CallGone):
        while True:
            key = await pressed.collect(1, first_s=LONGEST_CALL_S, next_s=1, end="")
            await heard.send_keys(key)
