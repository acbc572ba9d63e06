"""
One call of ours from the agent's click to its record: ringing, the notice that it is recorded, both talk.

Nothing is recorded before the notice was heard (VN-5). Whatever happens, the call ends with a record in the spool.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from channels.call_center import reaching
from channels.call_center.agents.caller import Told
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.dialling import NOTICE, Dialled
from channels.call_center.ending import close, note, unless, until_over
from channels.call_center.facts import WHOLE, CallRecord
from channels.call_center.ports import Call, CallFailed, CallGone, Ended, Trunk
from channels.call_center.tools import Tools

log = structlog.get_logger()

RING_S = 45


@dataclass
class OutgoingSession:
    """Leads one call. `record` is what is known of it so far; `line` shows its own number."""

    dialled: Dialled
    desk: Desk
    line: Trunk
    tools: Tools
    record: CallRecord = field(init=False)
    _call: Call | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        dialled, now = self.dialled, self.tools.now()
        self.record = CallRecord(
            id=dialled.record,
            way="out",
            trunk=self.line.name,
            called=self.tools.number(dialled.number) or dialled.number,
            agent=dialled.agent,
            about=dialled.about,
            began_at=now,
            ended_at=now,
            step="dialling",
        )

    async def lead(self) -> CallRecord:
        """Dial, tell, talk, hang up, write down. Raises: OSError: the spool takes no record, and nobody is called."""
        try:
            await asyncio.to_thread(self.tools.spool.begin, self.record)
        except OSError:
            self.desk.dialling.end(self.dialled, "no_room")
            raise
        why, ended = reaching.NO_LINE, Ended("trunk")
        try:
            ended = await self._until_over()
            why = "rang_off"
        except CallFailed as error:
            by_us = error.code == reaching.GIVEN_UP
            why, ended = reaching.why(error.code), Ended("us" if by_us else "them", error.code)
        except Exception:  # whatever broke: the call is ended and written down all the same
            log.exception("call_broke", call=self.record.id, step=self.record.step)
        finally:
            self.desk.dialling.end(self.dialled, "" if self.dialled.over.is_set() else why)
            closed = await asyncio.shield(asyncio.create_task(self._close(ended)))
        return closed

    async def _until_over(self) -> Ended:
        self._call = call = await unless(
            self.dialled.over, self.line.dial(self.dialled.number, caller="", ring_s=RING_S)
        )
        self._know(answered_at=self.tools.now(), trunk=call.trunk, step="notice")
        self.desk.dialling.answered(self.dialled, call)
        return await until_over(call, self._talk(call))

    async def _talk(self, call: Call) -> None:
        with suppress(CallGone, CallFailed):
            await unless(self.dialled.over, call.media.play([NOTICE]))
            call.media.record(self.tools.spool.folder / self.record.id / f"{WHOLE}.wav")
            self._know(notice=True, talked=True, finished=True, step="talk")
            talking = asyncio.create_task(
                self.desk.dialling.talk(self.dialled, call, told=Told(self._passed, self._given))
            )
            try:
                await note(self.tools, self.record)
                await talking
            finally:
                talking.cancel()

    def _passed(self, agent: str) -> None:
        self._know(agent=agent)

    def _given(self, place: str) -> None:
        self._know(given_to=place)

    def _know(self, **facts: object) -> None:
        self.record = self.record.model_copy(update=facts)

    async def _close(self, ended: Ended) -> CallRecord:
        if self._call is not None:
            await self._call.hangup()
        media = self._call.media if self._call is not None else None
        self.record = await close(self.tools, self.record, media, ended)
        return self.record
