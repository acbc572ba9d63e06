"""
The running clock of one step of one case: started, paused, resumed, stopped, started anew.

Immutable: every move returns the next clock, and the due time it carries was computed by the engine, with its
explanation. The clock knows no time of its own; each move and each question is told what time it is.

What is left when a clock stands still is measured in the clock's own unit (A-2, A-QB-2):

    1h, 10min, before 07:00   clock time until the limit
    2wh                       working time until the limit
    6wd                       working days after today, until the last day; today's rest counts as nothing.
                              Resuming counts that many days after the day of resumption, so the limit moves by the
                              working days that began while the clock stood still
    1d                        calendar days, in the same way
    before 18, date           nothing: the date stands, whatever happens

Pausing and resuming in the same instant never moves the limit, and no pause brings it nearer. A clock that has reached
or passed its limit keeps it: resuming gives no new time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from core.clock.calendar import BusinessCalendar
from core.clock.clock_state import ClockState, ClockStatus, Interval
from core.clock.due_time import Due
from core.clock.engine import Frame, compute, due
from core.clock.errors import ClockMoveRefused, InstantInvalid
from core.clock.rest import remaining
from core.clock.terms import Term, parse_term
from core.clock.units import Allowance, parse
from core.clock.warning import EarlyWarning, Lead, warn_at
from core.clock.zone import local


@dataclass(frozen=True)
class Clock:
    """
    One step's clock.

    Args:
        name: of the step in the pack ("processing").
        allowance, variant: what the step was given.
        started_at: when it first began; never changes.
        due: the limit now in force; while paused, the one it had.
        since: when the present state was entered; `reason`: why.
        left: what is left while it stands still; None while running, or when the limit stands whatever happens.
        past: the stretches before `since`, in order.
    """

    name: str
    allowance: Allowance
    started_at: datetime
    due: Due
    state: ClockState
    since: datetime
    variant: str | None = None
    reason: str = ""
    left: Term | None = None
    past: tuple[Interval, ...] = ()

    @classmethod
    def start(
        cls,
        name: str,
        allowance: Allowance | str | Mapping[str, Any],
        *,
        at: datetime,
        calendar: BusinessCalendar,
        variant: str | None = None,
        promised: date | None = None,
        rule: str = "",
        cite: str = "",
    ) -> Clock:
        """A clock that begins to run at `at` (aware); arguments and errors as in `engine.due`."""
        written = allowance if isinstance(allowance, Allowance) else parse(allowance)
        limit = due(at, written, calendar, variant=variant, promised=promised, rule=rule, cite=cite)
        begin = limit.explanation.start
        return cls(name, written, begin, due=limit, state=ClockState.RUNNING, since=begin, variant=variant)

    def pause(self, at: datetime, reason: str, *, calendar: BusinessCalendar) -> Clock:
        """
        Stand still, keeping what is left (waiting for the citizen: A-1, A-QB-2).

        Raises: ClockMoveRefused: not running; InstantInvalid: `at` is before the last move.
        """
        self._require("pause", ClockState.RUNNING)
        return self._enter(ClockState.PAUSED, at, reason, left=remaining(self.due, at, calendar))

    def stop(self, at: datetime, reason: str = "", *, calendar: BusinessCalendar) -> Clock:
        """
        The step is done; `was_late` tells how. What is left is kept for a return (A-2).

        Raises: ClockMoveRefused: stopped already; InstantInvalid: `at` is before the last move.
        """
        self._require("stop", ClockState.RUNNING, ClockState.PAUSED)
        left = remaining(self.due, at, calendar) if self.state is ClockState.RUNNING else self.left
        return self._enter(ClockState.STOPPED, at, reason, left=left)

    def resume(self, at: datetime, reason: str = "", *, calendar: BusinessCalendar) -> Clock:
        """
        Run on with what was left, after a pause or after work was returned for revision (A-2).

        Raises: ClockMoveRefused: running; InstantInvalid; CalendarExhausted.
        """
        self._require("resume", ClockState.PAUSED, ClockState.STOPPED)
        again = self._enter(ClockState.RUNNING, at, reason, left=None)
        if self.left is None:
            return again
        frame = Frame.resumed_from(self.due.explanation)
        options = self.allowance.variant(self.variant).options
        limit = compute(again.since, self.left, calendar, options=options, frame=frame, strict=self.due.strict)
        # Only a calendar edited in between could make it earlier, and an issued limit never shrinks (U-11).
        return replace(again, due=limit) if limit.at >= self.due.at else again

    def restart(
        self,
        at: datetime,
        reason: str = "",
        *,
        calendar: BusinessCalendar,
        variant: str | None,
        count_from: datetime | None = None,
        promised: date | None = None,
    ) -> Clock:
        """
        The whole allowance anew, from whatever state: the previous step after a return (A-1), a resubmission (A-2).

        Args:
            variant: to be named again, so that nobody keeps an emergency's limit by accident.
            count_from: an earlier instant to count from (A-QB-8: a downgraded emergency counts from received_at).
        """
        again = self._enter(ClockState.RUNNING, at, reason, left=None)
        begin, why = count_from or again.since, self.due.explanation
        words = {"rule": why.rule, "cite": why.cite}
        limit = due(begin, self.allowance, calendar, variant=variant, promised=promised, **words)
        return replace(again, due=limit, variant=variant)

    def remaining(self, now: datetime, calendar: BusinessCalendar) -> Term | None:
        """What is left, in the clock's own unit; None: nothing, or a limit fixed by a date."""
        return remaining(self.due, now, calendar) if self.state is ClockState.RUNNING else self.left

    def elapsed(self, now: datetime) -> timedelta:
        """How long the clock has run in all, pauses left out, day and night counted."""
        return self._total(ClockState.RUNNING, now)

    def paused(self, now: datetime) -> timedelta:
        """How long the clock has been paused in all."""
        return self._total(ClockState.PAUSED, now)

    def age(self, now: datetime) -> timedelta:
        """How long ago the clock first started, whatever it did since (always shown: A-1)."""
        return max(local(now) - self.started_at, timedelta())

    @property
    def running_since(self) -> datetime:
        """When the count of the present limit began."""
        return self.due.explanation.start

    @property
    def was_late(self) -> bool:
        """Did the clock stop after its limit? False while it has not stopped; time spent paused does not count."""
        if self.state is not ClockState.STOPPED:
            return False
        before = self.past[-1]
        return self.due.is_late(before.start if before.state is ClockState.PAUSED else self.since)

    def is_late(self, now: datetime) -> bool:
        """Has the step missed its limit at this instant? A paused clock cannot become late, a stopped one stays so."""
        match self.state:
            case ClockState.RUNNING:
                return self.due.is_late(now)
            case ClockState.PAUSED:
                return self.due.is_late(self.since)
            case ClockState.STOPPED:
                return self.was_late

    def warning(self, lead: Lead | str, calendar: BusinessCalendar) -> EarlyWarning:
        """When to warn before the limit now in force; a share is one of the time since the count began."""
        return warn_at(self.due, lead, calendar, since=self.running_since)

    def status(self, now: datetime, warn_from: datetime | None = None) -> ClockStatus:
        """How the step stands; `warn_from` is the instant of the first warning, where there is one."""
        late = self.is_late(now)
        match self.state:
            case ClockState.STOPPED:
                return ClockStatus.MISSED if late else ClockStatus.MET
            case ClockState.PAUSED:
                return ClockStatus.OVERDUE if late else ClockStatus.PAUSED
            case ClockState.RUNNING if late:
                return ClockStatus.OVERDUE
            case ClockState.RUNNING:
                soon = warn_from is not None and local(now) >= warn_from
                return ClockStatus.DUE_SOON if soon else ClockStatus.ON_TIME

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, as stored; `from_dict` reads it back to an equal clock."""
        return {
            "name": self.name,
            "allowance": self.allowance.to_data(),
            "variant": self.variant,
            "started_at": self.started_at.isoformat(),
            "due": self.due.to_dict(),
            "state": self.state.value,
            "since": self.since.isoformat(),
            "reason": self.reason,
            "left": str(self.left) if self.left else None,
            "past": [interval.to_dict() for interval in self.past],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Clock:
        """Read back what `to_dict` wrote."""
        return cls(
            name=data["name"],
            allowance=parse(data["allowance"]),
            started_at=local(datetime.fromisoformat(data["started_at"])),
            due=Due.from_dict(data["due"]),
            state=ClockState(data["state"]),
            since=local(datetime.fromisoformat(data["since"])),
            variant=data["variant"],
            reason=data["reason"],
            left=parse_term(data["left"], may_be_zero=True) if data["left"] else None,
            past=tuple(map(Interval.from_dict, data["past"])),
        )

    def _require(self, move: str, *states: ClockState) -> None:
        if self.state not in states:
            raise ClockMoveRefused(f"clock {self.name!r} is {self.state}; cannot {move}")

    def _enter(self, state: ClockState, at: datetime, reason: str, *, left: Term | None) -> Clock:
        now = local(at)
        if now < self.since:
            raise InstantInvalid(f"clock {self.name!r}: {now.isoformat()} is before {self.since.isoformat()}")
        done = Interval(self.state, self.since, now, reason=self.reason)
        return replace(self, state=state, since=now, reason=reason, left=left, past=(*self.past, done))

    def _total(self, state: ClockState, now: datetime) -> timedelta:
        moment = local(now)
        finished = sum((i.end - i.start for i in self.past if i.state is state), timedelta())
        return finished + (max(moment - self.since, timedelta()) if self.state is state else timedelta())
