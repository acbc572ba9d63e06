"""
Has every deadline of the text a clock that starts and stops, and the calendar that it counts by?
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.regulations.catalogue import Rule, Status
from core.regulations.lint.finding import Finding, Kind, error, warning
from core.regulations.lint.walk import Subject
from core.regulations.model import ClockSpec

TRIGGERS = ("start", "restart", "recompute", "pause", "resume", "stop", "void")
LIMIT = re.compile(r"^(not before )?\d+(min|h|wh|d|wd)\b|^before \d|^win$")


def sets_a_limit(rule: Rule) -> bool:
    """Does the text itself give a time here (`30min from distributed_at`, `before 07:00`)?"""
    return rule.status is Status.ENFORCED and bool(LIMIT.match(rule.value))


def check_missing(subject: Subject) -> Iterator[Finding]:
    """Every rule of the regulation's own text that gives a time is cited by a clock, or by a report that is due."""
    source = subject.context.catalogue.source_of_pack(subject.pack.id)
    carried = {rule for clock in subject.pack.clocks.values() for rule in clock.cites}
    carried |= {rule for clock in subject.pack.clocks.values() for variant in clock.variants for rule in variant.cites}
    carried |= {rule for report in subject.pack.reports.values() for rule in report.cites}
    for rule in subject.context.catalogue.of(source) if source else ():
        if sets_a_limit(rule) and rule.id not in carried:
            message = f"the text gives a time ({rule.value}) and no clock cites it"
            yield error(Kind.CLOCK_MISSING, ("clocks",), message, (rule.id,))


def check_events(subject: Subject) -> Iterator[Finding]:
    """What clocks and notices wait for can come about (that it exists at all is checked with the references)."""
    for clock in subject.pack.clocks.values():
        for name in TRIGGERS:
            yield from _events(subject, ("clocks", clock.id, name), getattr(clock, name), clock.cites)
    for notice in subject.pack.notifications.values():
        yield from _events(subject, ("notifications", notice.id, "on"), notice.on, notice.cites)


def _events(
    subject: Subject, path: tuple[str, ...], triggers: tuple[str, ...], rules: tuple[str, ...]
) -> Iterator[Finding]:
    for trigger in triggers:
        if not subject.can_happen(trigger):
            yield warning(Kind.EVENT_IDLE, path, f"no move brings about the event {trigger!r}", rules)


def check_running(subject: Subject) -> Iterator[Finding]:
    """A clock must be able to start, and a deadline to stop before it is late."""
    for clock in subject.pack.clocks.values():
        if not _any_can_happen(subject, (*clock.start, *clock.restart)):
            message = "nothing ever starts this clock"
            yield error(Kind.CLOCK_NEVER_STARTS, ("clocks", clock.id, "start"), message, clock.cites)
        if clock.kind == "deadline" and not _any_can_happen(subject, clock.stop):
            yield _never_stops(clock)


def _any_can_happen(subject: Subject, triggers: tuple[str, ...]) -> bool:
    return any(subject.can_happen(trigger) for trigger in triggers)


def _never_stops(clock: ClockSpec) -> Finding:
    message = "nothing ever stops this deadline, so every case is late in the end"
    return error(Kind.CLOCK_NEVER_STOPS, ("clocks", clock.id, "stop"), message, clock.cites)


def check_calendar(subject: Subject) -> Iterator[Finding]:
    """Working time cannot be counted without the calendar that the pack names."""
    name = subject.pack.meta.calendar
    if name not in subject.context.calendars:
        message = f"there is no working calendar {name!r}; there are {', '.join(sorted(subject.context.calendars))}"
        yield error(Kind.CALENDAR_MISSING, ("meta", "calendar"), message)
