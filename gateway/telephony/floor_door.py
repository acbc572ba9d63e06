"""Where other nodes bring their callers to the people who answer here."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog
from pydantic import ValidationError

from channels.call_center.agents.caller import Told
from channels.call_center.agents.desk import Desk
from channels.call_center.media.engine import Engine
from channels.call_center.ports import Call, CallEvent, Ended, Media, MediaUnavailable, Way
from channels.tasks import let_go
from gateway.lines import bound
from gateway.telephony import floor_words as words
from gateway.telephony.floor_words import Bring, Said

log = structlog.get_logger()


class FarCall:
    """A caller of another node, as the desk sees them: implements `Call` over a leg between the two processes."""

    way = Way.IN

    def __init__(self, asked: Bring, media: Media, *, hang_up: Callable[[], None]) -> None:
        self.id, self.trunk = asked.call, asked.trunk
        self.remote, self.called = asked.remote, asked.called
        self.media = media
        self._hang_up = hang_up

    async def ring(self) -> None:
        """Its own node has done that."""

    async def answer(self) -> None:
        """Its own node has done that."""

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        """Answered long ago: ended."""
        await self.hangup()

    async def hangup(self) -> None:
        """Its own node ends it."""
        self._hang_up()

    async def events(self) -> AsyncIterator[CallEvent]:
        """Nothing: its own node follows it, and leaves when it is over."""
        yield Ended("them")


class Door:
    """Callers come and go by connections; each is given a pulse, or a place on the floor."""

    def __init__(self, path: Path, desk: Desk, engine: Engine) -> None:
        self._path, self._desk, self._engine = path, desk, engine
        self._inside: set[asyncio.Task[None]] = set()
        self._guests: set[str] = set()
        self._left = asyncio.Event()
        self._closed = False

    async def close(self) -> None:
        """Send whoever comes from now on to the machine; wait until those who are here have been served."""
        self._closed = True
        while self._guests:
            self._left.clear()
            await self._left.wait()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """For the length of a block; then everybody who came by it is sent back to their own node."""
        server = await asyncio.start_unix_server(self._meet, sock=bound(self._path), limit=words.LONGEST)
        try:
            yield
        finally:
            server.close()
            self._path.unlink(missing_ok=True)
            for task in self._inside:
                task.cancel()
            await asyncio.gather(*self._inside, return_exceptions=True)

    async def _meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.ensure_future(self._let_in(reader, writer))
        self._inside.add(task)
        task.add_done_callback(self._inside.discard)

    async def _let_in(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            with suppress(OSError, ValidationError):  # the other node is gone, or speaks nonsense
                first = await reader.readline()
                if first == words.PULSE:
                    await _beat(writer)
                elif first:
                    await self._serve(Bring.model_validate_json(first), reader, writer)
        except Exception:  # of one caller: the door stays open for the next
            log.exception("caller_of_another_node_failed")
        finally:
            writer.close()

    async def _serve(self, asked: Bring, reader: StreamReader, writer: StreamWriter) -> None:
        leg = self._leg()
        if leg is None:
            _tell(writer, Said(outcome="machine"))
            return
        call = FarCall(asked, leg, hang_up=lambda: _tell(writer, Said(hang_up=True)))
        self._guests.add(call.id)
        try:
            leg.talk(words.plan(asked.port))
            _tell(writer, Said(port=leg.local[1]))
            await self._until_gone(call, asked, reader, writer)
        finally:
            self._guests.discard(call.id)
            self._left.set()
            await leg.close()

    def _leg(self) -> Media | None:
        """Where their sound is taken; None where there is no room, or the door is closed."""
        try:
            return None if self._closed else self._engine.open(words.wire(), ours=True)
        except MediaUnavailable:
            return None

    async def _until_gone(self, call: Call, asked: Bring, reader: StreamReader, writer: StreamWriter) -> None:
        """On the floor until they are served, or have hung up."""
        told = Told(
            answered=lambda agent: _tell(writer, Said(answered=agent)),
            given=lambda place: _tell(writer, Said(given=place)),
        )
        serving = asyncio.ensure_future(self._desk.serve(call, asked.wanted, about=asked.about, told=told))
        gone = asyncio.ensure_future(reader.read())
        try:
            await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                served = serving.result()
                _tell(writer, Said(outcome=served.outcome, agent=served.agent, began=served.began))
                await writer.drain()
        finally:
            await let_go(serving, gone)


def _tell(writer: StreamWriter, said: Said) -> None:
    writer.write(words.line_of(said))


async def _beat(writer: StreamWriter) -> None:
    """As long as this process turns round, and the other is there."""
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(words.PULSE_S)
