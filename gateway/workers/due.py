"""
Fires what is due: clocks of cases and waits of conversations, within a second, each exactly once.

A clock that fires is an ordinary command under the case's version check, so two processes that see the same due time
cannot both fire it. Lateness is recorded time against due time, also after a restart. What cannot be fired is looked
at again a minute later and holds nothing else up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from core.cases.decide import Actor, Refusal
from core.contract.errors import NotFound, VersionConflict
from core.storage import due_clocks, inbox_queue, timers
from core.storage.database import Connection
from core.storage.due_clocks import DueClock
from core.storage.timers import DueTimer
from gateway.deployment import Deployment
from gateway.metrics import CLOCK_LATENESS, CLOCKS_FIRED

log = structlog.get_logger()

D = TypeVar("D", DueTimer, DueClock)

_MOST = 100
_SIDE_BY_SIDE = 16  # each reads for itself, and connections are few
_REST = timedelta(minutes=1)


class DueWorker:
    """Looks at the due-time index and acts on it."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._resting: dict[DueTimer | DueClock, datetime] = {}

    async def run_once(self) -> int:
        """Fire everything that is due now; returns how much of it was fired, or will be by whoever was faster."""
        now = self._deployment.now()
        self._resting = {one: until for one, until in self._resting.items() if until > now}
        due = partial(_due, now=now, most=_MOST + len(self._resting))
        journalled = not self._deployment.journal.empty  # asked first: what is shipped meanwhile is found in the inbox
        timers, clocks = await self._deployment.database.read(due)
        fired = await self._each(clocks, self._fire)
        if timers and journalled:
            await self._ship()
            timers, _ = await self._deployment.database.read(due)
        return fired + await self._each(timers, self._deployment.intake.fire_timer)

    async def _ship(self) -> None:
        """Words in the journal came before the silence ended, perhaps; what cannot be shipped silences nobody else."""
        try:
            await self._deployment.inbox.ship()
        except Exception as error:  # its own loop tells where it fails
            log.warning("due_without_journal", error=type(error).__name__)

    async def _each(self, due: Sequence[D], fire: Callable[[D], Awaitable[None]]) -> int:
        """Those of different cases and conversations side by side, so that what they bring about is stored together."""
        awake = [one for one in due if one not in self._resting]
        owners: dict[str, list[D]] = {}
        for one in awake:
            owners.setdefault(_owner(one), []).append(one)
        waiting = list(owners.values())
        for start in range(0, len(waiting), _SIDE_BY_SIDE):
            await self._together(waiting[start : start + _SIDE_BY_SIDE], fire)
        return sum(one not in self._resting for one in awake)

    async def _together(self, some: Sequence[Sequence[D]], fire: Callable[[D], Awaitable[None]]) -> None:
        await self._deployment.intake.prepare_due(len(some))
        tasks = []
        for ones in some:
            tasks.append(asyncio.create_task(self._in_order(ones, fire)))
            await asyncio.sleep(0)  # a hook must not wait until all have begun
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for problem in filter(None, ends):  # only now: nobody may work on when the next round begins
            raise problem

    async def _in_order(self, ones: Sequence[D], fire: Callable[[D], Awaitable[None]]) -> None:
        for one in ones:
            try:
                await fire(one)
            except VersionConflict as error:  # fired or moved meanwhile; or its case or conversation has changed
                log.info("due_overtaken", kind=type(one).__name__, error=error.code)
            except NotFound as error:  # the index names what is gone
                log.warning("due_of_nothing", kind=type(one).__name__, error=str(error))
                self._rest(one)
            except Exception:
                await self._deployment.database.read(due_clocks.oldest)  # or it is the database that ails, not this one
                log.exception("due_failed", kind=type(one).__name__, of=_owner(one))
                self._rest(one)

    def _rest(self, one: DueTimer | DueClock) -> None:
        self._resting[one] = self._deployment.now() + _REST

    async def _fire(self, clock: DueClock) -> None:
        answer = await self._deployment.clerk.execute(
            clock.case_id, "fire_clock", {"clock_id": clock.clock_id}, actor=Actor.system()
        )
        if isinstance(answer, Refusal):
            log.warning("clock_refused", case=clock.case_id, clock=clock.clock_id, reason=answer.code)
            self._rest(clock)
            return
        CLOCK_LATENESS.observe((self._deployment.now() - clock.fire_at).total_seconds())
        for event in answer.events:
            CLOCKS_FIRED.labels(event.kind).inc()


def _due(connection: Connection, *, now: datetime, most: int) -> tuple[list[DueTimer], list[DueClock]]:
    """
    What is due. A silence is none while words that came before its end still wait in the inbox (after a restart or an
    outage, in a storm) and can be taken up; a legal limit waits for nothing.
    """
    heard_until = inbox_queue.oldest_in_turn(connection, now=now) or now
    silences = timers.due(connection, now=min(now, heard_until), most=most)
    return silences, due_clocks.due(connection, now=now, most=most)


def _owner(one: DueTimer | DueClock) -> str:
    return one.case_id if isinstance(one, DueClock) else one.conversation_id
