"""
What is done once a day: yesterday's signed root, old raw bodies and whatever else has served, a look at the calendar's
end, unfinished erasures, identifiers and recordings whose time has come. What comes in is counted as well, by the hour.

Runs often and does little: each piece of work knows whether it is done, so that a restart at any moment repeats
nothing and misses nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import structlog

from core.clock import local
from core.storage import counts, deletions, housekeeping, seen, upkeep
from core.storage.deletions import Deletion
from gateway.admin.services import auditor_of, eraser_of, recording_retention_of, retention_of, school_of
from gateway.deployment import Deployment
from gateway.workers.sweeps import Sweeper

log = structlog.get_logger()

NIGHT = range(1, 5)
MARKS_KEPT = timedelta(days=400)
"""What nobody opened for so long is unread again."""


class Daily:
    """One round of housekeeping; `run_once` says how much there was to do."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._auditor = auditor_of(deployment)
        self._eraser = eraser_of(deployment)
        self._retention = retention_of(deployment)
        self._recordings = recording_retention_of(deployment)
        self._sweeper = Sweeper(deployment)
        self._school = school_of(deployment)
        self._looked_on: date | None = None

    async def run_once(self) -> int:
        """The root as soon as a day is over; the rest on the first round of a day and of a process."""
        made = await self._root() + await self._learn()
        await self._count()
        today = local(self._deployment.now()).date()
        if self._looked_on == today:
            return made
        await self._deployment.database.write(partial(upkeep.begin, now=self._deployment.now()))
        done = made + await self._eraser.resume() + await self._sweeper.run_once() + await self._let_go()
        await self._deployment.database.write(partial(counts.forget, now=self._deployment.now()))
        await self._deployment.database.write(partial(seen.forget, before=self._deployment.now() - MARKS_KEPT))
        self._warn(today)
        self._looked_on = today
        return done

    async def _root(self) -> int:
        record = await self._auditor.make_root(self._auditor.yesterday())
        if record is None:
            return 0
        log.info("daily_root_made", day=record.day.isoformat(), cases=record.cases, root=record.root.hex())
        return 1

    async def _count(self) -> None:
        """In short transactions, so that a storm is counted without holding up whoever else counts."""
        more = await self._deployment.database.read(counts.uncounted)
        while more:
            more = await self._deployment.database.write(counts.count_arrivals)

    async def _learn(self) -> int:
        """At night, when nobody waits: how good suggestions were, and what can be learnt from the day."""
        quiet = local(self._deployment.now()).hour in NIGHT
        return await self._school.nightly() if quiet else 0

    async def _let_go(self) -> int:
        """What has served of people's own words, voices and names; each deed is noted (VN-15)."""
        gone = {
            "raw_bodies": await self._purge(),
            "reporters": await self._retention.run_once(),
            "recordings": await self._recordings.run_once(),
        }
        deeds = [Deletion(self._deployment.now(), what, count) for what, count in gone.items()]
        await self._deployment.database.write(partial(deletions.note, deeds=deeds))
        return sum(gone.values())

    async def _purge(self) -> int:
        """Forget raw bodies that nobody will replay any more (VN-15: no longer than needed)."""
        before = self._deployment.now() - timedelta(days=self._deployment.settings.intake.keep_raw_days)
        purged = 0
        while count := await self._deployment.database.write(partial(housekeeping.purge_bodies, before=before)):
            purged += count
        if purged:
            log.info("raw_bodies_purged", count=purged)
        return purged

    def _warn(self, today: date) -> None:
        """A calendar that runs out must be renewed months before: deadlines beyond it cannot be computed (U-8)."""
        calendar = self._deployment.regulation.calendar(self._deployment.now())
        for alarm in calendar.alarms(today):
            log.warning("calendar_ends", reason=alarm.reason, last=alarm.last.isoformat(), days=alarm.days_left)
