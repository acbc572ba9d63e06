"""The course of a call: what happens in it, what whoever leads it makes of it, and its one end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

from channels.call_center.ports import CallEvent, Ended

Verdict = Literal["taken", "full", "refused"]


class Course:
    """`verdict` is told as soon as it is known: whether a call that came in is taken, or why not."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self.verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self.is_over = False
        self.code = 0

    def happened(self, event: CallEvent) -> None:
        """Tell whoever follows it."""
        self._events.put_nowait(event)

    def decide(self, verdict: Verdict) -> None:
        """The first one counts."""
        if not self.verdict.done():
            self.verdict.set_result(verdict)

    def end(self, ended: Ended) -> bool:
        """It is over. False where it was before."""
        if self.is_over:
            return False
        self.is_over, self.code = True, ended.code
        self.decide("refused")
        self.happened(ended)
        return True

    async def events(self) -> AsyncIterator[CallEvent]:
        """What happens, from the first moment on; `Ended` is the last."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Ended):
                return
