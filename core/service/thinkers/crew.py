"""As many processes that think as were asked for, each started again when it ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog

from core.contract.errors import ThinkingFailed
from core.intake.dialogue import Step
from core.service.thinkers.thinker import Thinker
from core.service.thinkers.wire import Premises, Question

log = structlog.get_logger()

OUTCOMES = ("beside", "here", "lost")
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


class Thinkers:
    """
    Without a single one that is ready whoever asks has to think themselves.

    `counts`: how many questions were answered `beside`, left to who asked (`here`), and `lost` with a process.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
        self._ready: list[Thinker] = []

    def __len__(self) -> int:
        """How many are ready."""
        return len(self._ready)

    @property
    def pids(self) -> list[int]:
        """Of those that are ready."""
        return [thinker.pid for thinker in self._ready]

    async def answer(self, question: Question, premises: Premises) -> Step | None:
        """
        The dialogue's answer, always by the same process for the same turn as long as none comes or goes.

        None: think yourself. ThinkingFailed: one of them did not survive the question.
        """
        try:
            found = await self._ask(question, premises)
        except ThinkingFailed:
            self.counts["lost"] += 1
            raise
        self.counts["here" if found is None else "beside"] += 1
        return found

    async def _ask(self, question: Question, premises: Premises) -> Step | None:
        if not self._ready:
            return None
        return await self._ready[question.turn % len(self._ready)].answer(question, premises)

    @asynccontextmanager
    async def working(self, count: int, premises: Callable[[], Premises]) -> AsyncIterator[None]:
        """Keep `count` of them up for the length of a block, which begins before the first is ready."""
        keeping = [asyncio.create_task(self._keep_up(premises)) for _ in range(count)]
        try:
            yield
        finally:
            for one in keeping:
                one.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)

    async def _keep_up(self, premises: Callable[[], Premises]) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                thinker = await Thinker.start(premises())
            except OSError as error:
                log.warning("thinker_not_started", error=type(error).__name__, again_in=pause)
            else:
                pause = _FIRST_PAUSE
                await self._have(thinker)
                log.warning("thinker_ended", again_in=pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _have(self, thinker: Thinker) -> None:
        """Until it ends."""
        self._ready.append(thinker)
        try:
            await thinker.ended.wait()
        finally:
            self._ready.remove(thinker)
            await thinker.stop()
