"""
The bridge to `core.clock`: what a case knows, in the engine's terms, and what the engine answers, in events' terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.cases.decide.facts import holds
from core.cases.decide.guard import Subject
from core.cases.decide.story import Story
from core.cases.events import Timing, WarningTime
from core.cases.model import CaseClock
from core.clock import BusinessCalendar, Clock, ClockState, resolve_start
from core.regulations.model import ClockSpec


def start(story: Story, spec: ClockSpec, subject: Subject, *, facts: Mapping[str, Any], from_now: bool) -> Timing:
    """
    A clock that begins, with its due time.

    Raises: FactMissing: nothing it could count from has happened yet.
    """
    ctx = story.ctx
    expression = None if from_now else spec.counts_from
    at = resolve_start(expression, times(story, subject), ctx.calendar).at if expression else ctx.now
    clock = _begin(story, spec, subject, at=at, variant=variant_of(spec, facts))
    return timing(clock, spec, ctx.calendar)


def recompute(story: Story, spec: ClockSpec, known: CaseClock, *, facts: Mapping[str, Any], subject: Subject) -> Timing:
    """
    The same clock under another variant of its allowance, from the same start; time it rested is not counted (A-QB-8).
    """
    ctx, old = story.ctx, known.clock
    rested = old.paused(old.since if old.state is ClockState.PAUSED else ctx.now)
    fresh = _begin(story, spec, subject, at=old.started_at + rested, variant=variant_of(spec, facts))
    clock = replace(old, due=fresh.due, variant=fresh.variant, allowance=fresh.allowance)
    if old.state is ClockState.PAUSED:
        left = fresh.pause(max(old.since, fresh.since), old.reason, calendar=ctx.calendar).left
        clock = replace(clock, left=left)
    return timing(clock, spec, ctx.calendar)


def _begin(story: Story, spec: ClockSpec, subject: Subject, *, at: datetime, variant: str | None) -> Clock:
    if spec.limit is None:
        raise ValueError(f"clock {spec.id} has no time set in the regulation")
    latest = story.case.dispatch(subject.dispatch.id).latest if subject.dispatch else None
    promised = latest.promised_date if latest else None
    return Clock.start(
        spec.id,
        spec.limit,
        at=at,
        calendar=story.ctx.calendar,
        variant=variant,
        promised=promised,
        rule=", ".join(spec.cites),
        cite=story.ctx.pack.article_of(spec),
    )


def variant_of(spec: ClockSpec, facts: Mapping[str, Any]) -> str | None:
    """The variant of the allowance that the facts call for; None: the plain one."""
    return next((variant.use for variant in spec.variants if _stated_and_holds(variant.when, facts)), None)


def _stated_and_holds(condition: Any, facts: Mapping[str, Any]) -> bool:
    """A variant needs its facts to be known: an unknown one must not lengthen a limit."""
    return holds(condition, facts) and all(name in facts for name, _ in condition.stated)


def times(story: Story, subject: Subject) -> dict[str, datetime | None]:
    """The instants a start expression may name: receipt, and each command's last time; never another dispatch's."""
    case = story.case
    part = case.dispatch(subject.dispatch.id) if subject.dispatch else None
    mine = {name: mark for name, mark in case.marks.items() if part is None or mark.dispatch_id in (None, part.id)}
    known: dict[str, datetime | None] = {name: mark.at for name, mark in mine.items()}
    known |= {"received_at": case.received_at, "now": story.ctx.now}
    if part:
        known |= {name: mark.at for name, mark in part.marks.items()} | {"opened": part.opened_at}
    return known


def timing(clock: Clock, spec: ClockSpec, calendar: BusinessCalendar) -> Timing:
    """A running limit in events' terms, with the warnings ahead of it."""
    warnings = (WarningTime(at=clock.warning(item.at, calendar).at, tell=item.tell) for item in spec.warnings)
    ordered = tuple(sorted(warnings, key=lambda warning: warning.at))
    return Timing(due_at=clock.due.at, late_from=clock.due.late_from, warnings=ordered, engine=clock.to_dict())


def seconds_late(known: CaseClock, now: datetime) -> int:
    """Whole seconds since the limit; never negative."""
    return max(0, int((now - known.due_at).total_seconds()))
