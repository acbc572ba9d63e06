"""
One call from its ring to its record: the flow says what is next, the leg plays, listens and records.

Whatever happens (hang-up, a full disk, an error of ours) the call ends with a record in the spool.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import structlog

from channels.call_center.ending import close, note, until_over
from channels.call_center.facts import CallRecord
from channels.call_center.flow.happenings import Begun
from channels.call_center.following import Following
from channels.call_center.ports import Call, CallGone, Ended, Way
from channels.call_center.tools import Standing, Tools

log = structlog.get_logger()


@dataclass
class Session:
    """Leads one call."""

    call: Call
    tools: Tools
    _standing: Standing = field(init=False)
    _following: Following = field(init=False)

    def __post_init__(self) -> None:
        self._standing = self.tools.desk.standing()
        record, tools = self._begun_record(), self.tools
        self._following = Following(
            self.call, tools.flow, tools, record, tools.spool.folder / record.id, partial(note, tools)
        )

    @property
    def record(self) -> CallRecord:
        """What is known of it so far."""
        return self._following.record

    async def lead(self) -> CallRecord:
        """Answer, follow the flow, hang up, write down. Raises: OSError: the spool takes no record."""
        await asyncio.to_thread(self.tools.spool.begin, self.record)
        ended = Ended("trunk")
        try:
            ended = await until_over(self.call, self._lead())
        except Exception:  # whatever broke: the call is ended and written down all the same
            log.exception("call_broke", call=self.record.id, step=self.record.step)
            await self.call.hangup()
        finally:
            closing = close(self.tools, self.record, self.call.media, ended)
            closed = await asyncio.shield(asyncio.create_task(closing))
        return closed

    async def _lead(self) -> None:
        with suppress(CallGone):
            await self.call.answer()
            self._following.know(answered_at=self.tools.now())
            await self._following.follow(self._begun())

    def _begun(self) -> Begun:
        code, pin = self.tools.draw()
        standing, known = self._standing, bool(self.record.caller)
        return Begun(code, pin, open=standing.open, storm=standing.storm, caller_known=known)

    def _begun_record(self) -> CallRecord:
        now, call = self.tools.now(), self.call
        return CallRecord(
            id=self.tools.new_id(),
            way="in" if call.way is Way.IN else "out",
            trunk=call.trunk,
            caller=self.tools.number(call.remote) or "",
            called=call.called,
            flow=self.tools.flow.name,
            storm=self._standing.storm,
            began_at=now,
            ended_at=now,
        )
