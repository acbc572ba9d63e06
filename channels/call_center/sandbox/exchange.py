"""Twilio's exchange, played: calls of citizens to our number, calls of ours to them, and how each of them ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from channels.call_center.sandbox.carrying_out import Carrying, fields_of
from channels.call_center.sandbox.phone import Phone
from channels.call_center.sandbox.world import Answer, World

RINGS_S = 0.05


@dataclass
class Line:
    """One call of ours to or from a telephone. `told` are the status callbacks that are wanted, and where."""

    phone: Phone
    carrying: Carrying
    callback: str
    events: frozenset[str]
    task: asyncio.Task[str] | None = None
    again: str | None = None

    def take_again(self) -> str | None:
        """The document that was put in the place of the one before, once."""
        document, self.again = self.again, None
        return document


@dataclass
class Exchange:
    """All calls, by Twilio's name of them. `rung`: telephones that the gateway called and that were taken off."""

    world: World
    rung: asyncio.Queue[Phone] = field(default_factory=asyncio.Queue)
    lines: dict[str, Line] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def call(self, number: str) -> Phone:
        """Somebody calls our number; what becomes of it is seen in the telephone."""
        phone = Phone(number, self.world.number)
        self.begin(Line(phone, Carrying(self.world, phone), self.world.status_hook, frozenset({"completed"})))
        return phone

    async def stop(self) -> None:
        """Everybody hangs up."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def change(self, line: Line, *, document: str | None, ends: bool) -> None:
        """The gateway wants a call to go on by another document, or to end."""
        line.again = document
        if ends and line.task is None:
            line.phone.over.set()
        if line.task is not None:
            line.task.cancel()

    def begin(self, line: Line, document: str | None = None) -> None:
        """Let it happen; `document` is what one of ours goes by."""
        self.lines[line.phone.sid] = line
        task = asyncio.create_task(self._lead(line, document))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _lead(self, line: Line, document: str | None) -> None:
        phone = line.phone
        if phone.direction == "inbound":
            document = await line.carrying.ask(self.world.voice_hook)
            phone.status = "in-progress"
        elif not await self._is_taken(line):
            return
        await self._carry_out(line, document)
        phone.over.set()
        await self._tell(line, "completed")

    async def _carry_out(self, line: Line, document: str | None) -> None:
        """Until the documents end, the telephone is put down, or the gateway ends it; it may put in another one."""
        while True:
            line.task = asyncio.create_task(line.carrying.run(document))
            gone = asyncio.create_task(line.phone.gone.wait())
            await asyncio.wait({line.task, gone}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            await self._let_finish(line)
            document = line.take_again()
            if document is None:
                line.phone.status = line.task.result() if _has_result(line.task) else "completed"
                return

    async def _let_finish(self, line: Line) -> None:
        """A message that is being left is kept when its caller hangs up; everything else is broken off."""
        assert line.task is not None
        recording = line.phone.gone.is_set() and line.phone.verbs[-1:] == ["Record"]
        if not line.task.done() and not recording:
            line.task.cancel()
        await asyncio.wait({line.task})

    async def _is_taken(self, line: Line) -> bool:
        await self._tell(line, "ringing")
        await asyncio.sleep(RINGS_S)
        answer = self.world.answers.get(line.phone.number, self.world.otherwise)
        if line.phone.over.is_set():
            answer = Answer.NOBODY
        line.phone.status = str(answer)
        if answer is not Answer.TAKEN:
            line.phone.over.set()
            await self._tell(line, "completed")
            return False
        await self._tell(line, "answered")
        self.rung.put_nowait(line.phone)
        return True

    async def _tell(self, line: Line, event: str) -> None:
        if line.callback and event in line.events:
            code = {"SipResponseCode": "404"} if line.phone.status == "failed" else {}
            await self.world.tell(line.callback, fields_of(self.world, line.phone) | code)


def _has_result(task: asyncio.Task[str]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
