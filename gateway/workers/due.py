"""
Fires what is due: clocks of cases and waits of conversations, within a second, each exactly once.

A clock that fires is an ordinary command under the case's version check, so two processes that see the same due time
cannot both fire it. Lateness is recorded time against due time, also after a restart.
"""

from __future__ import annotations

from functools import partial

import structlog

from core.cases.decide import Actor, Refusal
from core.contract.errors import NotFound, VersionConflict
from core.storage import cases, conversations
from core.storage.cases import DueClock
from gateway.deployment import Deployment
from gateway.metrics import CLOCK_LATENESS, CLOCKS_FIRED

log = structlog.get_logger()


class DueWorker:
    """Looks at the due-time index and acts on it."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    async def run_once(self) -> int:
        """Fire everything that is due now; returns how much there was."""
        return await self._timers() + await self._clocks()

    async def _timers(self) -> int:
        now = self._deployment.now()
        due = await self._deployment.database.read(partial(conversations.due_timers, now=now))
        for timer in due:
            try:
                await self._deployment.intake.fire_timer(timer)
            except (VersionConflict, NotFound) as error:  # fired, moved or erased meanwhile
                log.info("timer_overtaken", kind=timer.kind, error=error.code)
        return len(due)

    async def _clocks(self) -> int:
        now = self._deployment.now()
        due = await self._deployment.database.read(partial(cases.due_clocks, now=now))
        for clock in due:
            try:
                await self._fire(clock)
            except VersionConflict as error:
                log.info("clock_overtaken", case=clock.case_id, clock=clock.clock_id, error=error.code)
        return len(due)

    async def _fire(self, clock: DueClock) -> None:
        answer = await self._deployment.clerk.execute(
            clock.case_id, "fire_clock", {"clock_id": clock.clock_id}, actor=Actor.system()
        )
        if isinstance(answer, Refusal):
            log.warning("clock_refused", case=clock.case_id, clock=clock.clock_id, reason=answer.code)
            return
        CLOCK_LATENESS.observe((self._deployment.now() - clock.fire_at).total_seconds())
        for event in answer.events:
            CLOCKS_FIRED.labels(event.kind).inc()
