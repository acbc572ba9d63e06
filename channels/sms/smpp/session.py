"""
One bound session with a message centre: requests and their answers, its messages and ours, from bind to unbind.

A message of the centre is confirmed only when `deliver` has returned. What was asked and not answered when the
connection ends, or in time, has an unknown outcome; what had not left yet has failed and may be repeated.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

from channels.sms.settings import SmppSettings
from channels.sms.smpp import pdu as wire
from channels.sms.smpp.pdu import Command, Pdu, Status
from core.contract.errors import ConnectionFailed, NeedsReauth, OutcomeUnknown, TemporarySendError

REFUSED_FOR_GOOD = frozenset({0x0D, 0x0E, 0x0F})
"""Bind failed, wrong password, unknown system id."""

Deliver = Callable[[Pdu, Callable[[int], None]], None]
"""Takes a deliver_sm, and how to confirm it (with a command status) once that may be done."""


class Session:
    """Use `open`; ends by itself when the line is lost, and `closed` says so."""

    def __init__(
        self,
        settings: SmppSettings,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        deliver: Deliver,
    ) -> None:
        self._settings = settings
        self._reader, self._writer = reader, writer
        self._deliver = deliver
        self._window = asyncio.Semaphore(settings.window)
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._sequence = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.closed = asyncio.Event()

    @classmethod
    async def open(cls, settings: SmppSettings, command: Command, *, deliver: Deliver) -> Session:
        """Connect and bind. Raises ConnectionFailed, TemporarySendError, or NeedsReauth where a person must help."""
        try:
            async with asyncio.timeout(settings.response_seconds):
                tls = ssl.create_default_context() if settings.tls else None
                reader, writer = await asyncio.open_connection(settings.host, settings.port, ssl=tls)
        except (OSError, TimeoutError) as error:
            raise ConnectionFailed(type(error).__name__) from None
        session = cls(settings, reader, writer, deliver=deliver)
        session._tasks = [asyncio.create_task(session._read())]
        try:
            await session._bind(command)
        except BaseException:
            session.abort()
            raise
        session._tasks.append(asyncio.create_task(session._look_after()))
        return session

    async def request(self, write: Callable[[int], bytes]) -> Pdu:
        """
        Ask, within the window, and wait for the answer. `write` makes the PDU with a sequence number.

        Raises ConnectionFailed: it did not leave. OutcomeUnknown: no answer came.
        """
        async with self._window:
            return await self._ask(write)

    async def close(self) -> None:
        """Unbind, if the centre still listens, and hang up; idempotent."""
        if not self.closed.is_set():
            with suppress(OutcomeUnknown, ConnectionFailed):
                await self._ask(lambda sequence: wire.write(Command.UNBIND, sequence))
        self.abort()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def abort(self) -> None:
        """Hang up at once."""
        self.closed.set()
        self._writer.close()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(OutcomeUnknown("the line was lost"))
        self._waiting.clear()
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def _bind(self, command: Command) -> None:
        settings = self._settings
        try:
            answer = await self._ask(
                lambda sequence: wire.bind(
                    command,
                    sequence,
                    system_id=settings.system_id,
                    password=settings.password.get_secret_value(),
                    system_type=settings.system_type,
                )
            )
        except OutcomeUnknown as error:  # a bind sends nobody anything
            raise ConnectionFailed("no answer to the bind") from error
        if answer.status in REFUSED_FOR_GOOD:
            raise NeedsReauth("the message centre does not know us", provider_code=hex(answer.status))
        if answer.status != Status.OK:
            raise TemporarySendError("the message centre does not let us bind", provider_code=hex(answer.status))

    async def _ask(self, write: Callable[[int], bytes]) -> Pdu:
        if self.closed.is_set():
            raise ConnectionFailed("the line is down")
        self._sequence = self._sequence % wire.LAST_SEQUENCE + 1
        sequence = self._sequence
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = answer
        self._writer.write(write(sequence))
        try:
            async with asyncio.timeout(self._settings.response_seconds):
                return await answer
        except TimeoutError:
            raise OutcomeUnknown("the message centre did not answer in time") from None
        finally:
            self._waiting.pop(sequence, None)

    async def _read(self) -> None:
        """Until the line ends, one PDU after the other."""
        try:
            while True:
                header = await self._reader.readexactly(wire.HEADER.size)
                rest = await self._reader.readexactly(wire.length_of(header) - len(header))
                self._take(wire.read(header + rest))
        except (asyncio.IncompleteReadError, OSError, wire.Broken):
            self.abort()

    def _take(self, pdu: Pdu) -> None:
        if pdu.is_response:
            answer = self._waiting.get(pdu.sequence)
            if answer is not None and not answer.done():
                answer.set_result(pdu)
        elif pdu.command == Command.DELIVER_SM:
            self._deliver(pdu, lambda status: self._answer(pdu, status, b"\0"))
        elif pdu.command in (Command.ENQUIRE_LINK, Command.UNBIND):
            self._answer(pdu, Status.OK)
            if pdu.command == Command.UNBIND:
                self.abort()
        else:
            self._write(wire.write(Command.GENERIC_NACK, pdu.sequence, status=Status.UNKNOWN_COMMAND))

    def _answer(self, pdu: Pdu, status: int, body: bytes = b"") -> None:
        self._write(wire.write(pdu.command | wire.RESPONSE, pdu.sequence, body, status=status))

    def _write(self, data: bytes) -> None:
        if not self.closed.is_set():
            self._writer.write(data)

    async def _look_after(self) -> None:
        """Ask now and then whether the centre is still there; a dead line does not say that it is."""
        while True:
            await asyncio.sleep(self._settings.enquire_seconds)
            try:
                await self._ask(wire.enquire)
            except (OutcomeUnknown, ConnectionFailed):
                return self.abort()
