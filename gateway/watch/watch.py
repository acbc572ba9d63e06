"""Looks at everything again and again, and remembers which alarms ring and since when."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from aiohttp import web

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL as CALLS
from core.storage import counts
from core.storage.figures import table_figures
from gateway.deployment import Deployment
from gateway.quotas import quotas_of
from gateway.watch.alarms import ALARMS, Alarm
from gateway.watch.checkup import check_up
from gateway.watch.figures import Samples, look_at_journal, of_calendar, of_calls, of_disk, of_tables
from gateway.watch.growth import Growth
from gateway.watch.silence import of_arrivals
from gateway.workers.loop import Loop
from gateway.workers.pulse import Pulse

log = structlog.get_logger()

_PATIENCE = 2.0
_CHECK_UP = timedelta(minutes=5)


@dataclass(frozen=True)
class Ringing:
    """An alarm that rings: the worst value, what it belongs to (labels), and since when it has been so."""

    alarm: Alarm
    value: float
    of: tuple[str, ...]
    since: datetime


@dataclass(frozen=True)
class _Worst:
    value: float
    of: tuple[str, ...]


class Watch:
    """One process's look at itself and at what it shares. `loops`: the background loops beside it."""

    def __init__(
        self, deployment: Deployment, *, loops: Callable[[], Sequence[Loop]] = tuple, pulse: Pulse | None = None
    ) -> None:
        self._deployment = deployment
        self._loops = loops
        self.pulse = pulse or Pulse()
        self._since: dict[str, datetime] = {}
        self._ringing: dict[str, Ringing] = {}
        self._journal_since: datetime | None = None
        self._failed, self._refused = Growth(timedelta(hours=1)), Growth(timedelta(minutes=10))
        self._checked_at: datetime | None = None
        self._checked: Samples = {}
        self.looked_at: datetime | None = None

    async def run_once(self) -> int:
        """One look, and the alarms that follow from it; says in the log when one begins and when it is over."""
        now = self._deployment.now()
        if self._checked_at is None or now - self._checked_at >= _CHECK_UP:
            channels, url = self._deployment.channels, self._deployment.settings.public_url
            self._checked, self._checked_at = await check_up(channels, public_url=url, now=now), now
            told = self._checked["channel_up"].items()
            self._deployment.intake.vitals.checked({channel: bool(up) for (channel,), up in told})
            self._checked |= await self._counts(now)
        self._judge(await self.look(), now)
        self.looked_at = now
        return 0

    @property
    def ringing(self) -> tuple[Ringing, ...]:
        """What rang at the last look, in the order of the table."""
        return tuple(self._ringing[name] for name in ALARMS if name in self._ringing)

    @property
    def dead_loops(self) -> list[str]:
        """Names of background loops that ended, hang, or have failed for too long."""
        longest = self._deployment.settings.alarms.loop_seconds
        return [loop.name for loop in self._loops() if not loop.running or loop.silent > longest]

    async def look(self) -> Samples:
        """Every figure, fresh; those of a database that is away are missing."""
        now, settings = self._deployment.now(), self._deployment.settings
        found = self._checked | await self._tables(now)
        found |= await asyncio.to_thread(of_disk, settings.data)
        found["otp_carried"] = {(): float(self._passwords_go_out())}
        found |= await self._scanner()
        found |= self._calls()
        found |= of_calendar(self._deployment.regulation.calendar(now), now=now)
        return found | await self._journal(now) | self._process(now)

    async def _scanner(self) -> Samples:
        scanner = self._deployment.media.scanner
        if scanner is None:
            return {}
        up = await asyncio.to_thread(scanner.ping)
        return {"scanner_up": {(): float(up)}, "files_infected": {(): scanner.infected}}

    def _calls(self) -> Samples:
        channel = self._deployment.channels.get(CALLS)
        if not isinstance(channel, CallCenterChannel) or not self._deployment.settings.awaits_calls:
            return {}
        return of_calls(channel.status)

    def _passwords_go_out(self) -> bool:
        """Whether what the regulation wants proved can be proved here."""
        wanted = any(channel.otp for channel in self._deployment.regulation.current.intake.channels.values())
        return not wanted or self._deployment.proving.carriers.any

    async def _tables(self, now: datetime) -> Samples:
        try:
            reading = self._deployment.database.read(partial(table_figures, now=now))
            found = of_tables(await asyncio.wait_for(reading, _PATIENCE), now=now)
        except Exception:  # whatever ails it: the figure says so
            return {"database_up": {(): 0}}
        lately = self._failed.note(found["outbox_failed"][()], now=now)
        return found | {"database_up": {(): 1}, "outbox_failed_lately": {(): lately}}

    async def _counts(self, now: datetime) -> Samples:
        """What is missing by each channel, and what today's quotas have left; nothing while the database is away."""
        deployment = self._deployment
        try:
            arrivals = await deployment.database.read(counts.arrivals)
            quotas = await quotas_of(deployment)
        except Exception:  # whatever ails it: another alarm says so
            return {}
        return of_arrivals(deployment.channels, arrivals, now=now) | {
            "quota_day": {(one.channel,): one.per_day for one in quotas},
            "quota_spent": {(one.channel,): one.spent for one in quotas},
        }

    async def _journal(self, now: datetime) -> Samples:
        """Since when it holds something: as long as we have seen it, or as its oldest segment has not been written."""
        folder = await asyncio.to_thread(look_at_journal, self._deployment.settings.data / "journal")
        self._journal_since = (self._journal_since or now) if folder.segments else None
        waiting = 0.0
        if self._journal_since is not None:
            waiting = max((now - self._journal_since).total_seconds(), time.time() - folder.oldest_write, 0.0)
        return {
            "journal_segments": {(): folder.segments},
            "journal_bytes": {(): folder.size},
            "journal_set_aside_bytes": {(): folder.set_aside},
            "journal_damaged": {(): folder.damaged},
            "journal_waiting_seconds": {(): waiting},
        }

    def _process(self, now: datetime) -> Samples:
        loops, refused = self._loops(), self._deployment.inbox.counters.refused
        found: Samples = {
            "intake_refused_lately": {(): self._refused.note(refused, now=now)},
            "event_loop_lag_seconds": {(): self.pulse.worst()},
            "worker_up": {(loop.name,): float(loop.running) for loop in loops},
            "worker_silent_seconds": {(loop.name,): loop.silent for loop in loops},
            "worker_failures": {(loop.name,): loop.failures for loop in loops},
        }
        connected = self._deployment.events.connected
        return found if connected is None else found | {"redis_up": {(): float(connected)}}

    def _judge(self, samples: Samples, now: datetime) -> None:
        for alarm in ALARMS.values():
            if alarm.figure not in samples:  # nobody can tell now: what rang rings on
                continue
            worst = self._worst(alarm, samples)
            if worst is None:
                self._silence(alarm)
                continue
            since = self._since.setdefault(alarm.name, now)
            if (now - since).total_seconds() >= alarm.holds:
                self._ring(Ringing(alarm, worst.value, worst.of, since))

    def _worst(self, alarm: Alarm, samples: Samples) -> _Worst | None:
        limits = self._deployment.settings.alarms
        seen = samples[alarm.figure].items()
        wrong = [_Worst(value, of) for of, value in seen if alarm.concerns(value, limits)]
        return _extreme(alarm, wrong)

    def _ring(self, ringing: Ringing) -> None:
        alarm = ringing.alarm
        if alarm.name not in self._ringing:
            log.log(
                logging.ERROR if alarm.severity == "now" else logging.WARNING,
                "alarm_rings",
                alarm=alarm.name,
                means=alarm.means,
                value=round(ringing.value, 3),
                limit=alarm.limit_in(self._deployment.settings.alarms),
                of=" ".join(ringing.of),
                page=alarm.page,
            )
        self._ringing[alarm.name] = ringing

    def _silence(self, alarm: Alarm) -> None:
        self._since.pop(alarm.name, None)
        if self._ringing.pop(alarm.name, None) is not None:
            log.info("alarm_over", alarm=alarm.name)


def _extreme(alarm: Alarm, wrong: Iterable[_Worst]) -> _Worst | None:
    choose = max if alarm.rings == "above" else min
    return choose(wrong, key=lambda one: one.value, default=None)


WATCH = web.AppKey("watch", Watch)
