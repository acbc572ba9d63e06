"""Calls that agents make over our lines, each led by a session from the first ring to its record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from channels.call_center.agents.desk import Desk
from channels.call_center.agents.dialling import Dialled
from channels.call_center.agents.messages import Dial
from channels.call_center.calling import RING_S, OutgoingSession
from channels.call_center.ports import Call, Trunk
from channels.call_center.sip.group import TrunkGroup
from channels.call_center.tools import Tools

log = structlog.get_logger()


class OutgoingCalls:
    """
    Begins calls until `close`. Each shows the number of the line by which it goes.

    `ended` is set whenever a call has left its record; `unkept` counts those that the disk refused to take.
    """

    def __init__(self, trunks: Sequence[Trunk], tools: Tools, *, ended: asyncio.Event) -> None:
        self._lines = TrunkGroup(trunks)
        self._tools = tools
        self._ended = ended
        self._calls: set[asyncio.Task[None]] = set()
        self.unkept = 0

    @property
    def calls(self) -> int:
        """How many are up, ringing ones too."""
        return len(self._calls)

    def begin(self, desk: Desk, wanted: Dial) -> bool:
        """Call somebody for an agent; False where they have something in hand."""
        dialled = desk.dialling.begin(wanted.agent, self._tools.new_id(), number=wanted.number, about=wanted.about)
        if dialled is None:
            return False
        task = asyncio.create_task(self._lead(dialled, desk))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        return True

    async def reach(self, number: str) -> Call:
        """Call a place outside that an agent asks about a call; returns when it answered. Raises: CallFailed."""
        return await self._lines.dial(number, caller="", ring_s=RING_S)

    async def close(self) -> None:
        """End those that are still up; each leaves its record."""
        for task in self._calls:
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _lead(self, dialled: Dialled, desk: Desk) -> None:
        try:
            await OutgoingSession(dialled, desk, self._lines, self._tools).lead()
        except OSError as error:
            self.unkept += 1
            log.error("call_not_kept", trunk=self._lines.name, error=error.strerror)
        finally:
            self._ended.set()
