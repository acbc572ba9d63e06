"""
When to warn before a limit: "30min", "4wh", "1wd", "2d" before it, or when only "25%" of the time is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from core.clock.calendar import BusinessCalendar
from core.clock.due_time import Due
from core.clock.errors import NotationInvalid
from core.clock.explanation import Role, Slice
from core.clock.terms import CalendarDays, ClockTime, Term, WorkingDays, WorkingTime, parse_term
from core.clock.working_time import (
    spans_of,
    subtract_working_time,
    working_slices,
    working_time_between,
)
from core.clock.zone import ONE_DAY, local

_PERCENT = re.compile(r"(\d{1,2})\s?%")


@dataclass(frozen=True)
class Share:
    """So many per cent of the time are left."""

    percent: int

    def __str__(self) -> str:
        return f"{self.percent}%"


Lead = Share | Term


@dataclass(frozen=True)
class EarlyWarning:
    """
    A moment to remind somebody, with the stretches between it and the limit.

    Args:
        at: aware, Vietnamese time, never before the clock started nor after the limit.
        lead: how long before, as written.
    """

    at: datetime
    lead: str
    slices: tuple[Slice, ...]


def parse_lead(text: object) -> Lead:
    """Read "25%" (1 to 99) or a limit in time or days. Raises: NotationInvalid."""
    match = _PERCENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match:
        if int(match[1]) == 0:
            raise NotationInvalid("a warning at 0% is the limit itself")
        return Share(int(match[1]))
    term = parse_term(text)
    if not isinstance(term, ClockTime | WorkingTime | WorkingDays | CalendarDays):
        raise NotationInvalid(f"{text!r} is not a length of time to warn before a limit")
    return term


def warn_at(due: Due, lead: Lead | str, calendar: BusinessCalendar, *, since: datetime | None = None) -> EarlyWarning:
    """
    The moment to warn before a limit.

    Args:
        lead: `wd` means the end of work so many working days before the last day; a share is one of working time
            for limits in working hours or days, of clock time for the rest.
        since: when the clock began to run; None = the explanation's start. A longer lead warns at once.
    Returns: between `since` and the limit.
    Raises: NotationInvalid, CalendarExhausted.
    """
    parsed = parse_lead(lead) if isinstance(lead, str) else lead
    begun = local(since or due.explanation.start)
    at = min(max(_before(due, parsed, calendar, since=begun), begun), max(due.at, begun))
    return EarlyWarning(at, str(parsed), _slices(at, due, calendar))


def _before(due: Due, lead: Lead, calendar: BusinessCalendar, *, since: datetime) -> datetime:
    match lead:
        case Share(percent):
            return _share_left(due, Fraction(percent, 100), calendar, since=since)
        case ClockTime(length):
            return due.at - length
        case CalendarDays(count):
            return due.at - count * ONE_DAY
        case WorkingTime(length):
            return _working_before(due, length, calendar, since=since)
        case WorkingDays(count):
            return _days_before(due, count, calendar, since=since)
        case _:
            raise NotationInvalid(f"{lead} is not a length of time to warn before a limit")


def _share_left(due: Due, share: Fraction, calendar: BusinessCalendar, *, since: datetime) -> datetime:
    if not isinstance(due.term, WorkingTime | WorkingDays):
        return due.at - _part(due.at - since, share)
    return _working_before(due, _part(working_time_between(since, due.at, calendar), share), calendar, since=since)


def _part(length: timedelta, share: Fraction) -> timedelta:
    return length * share.numerator / share.denominator


def _working_before(due: Due, length: timedelta, calendar: BusinessCalendar, *, since: datetime) -> datetime:
    if length >= working_time_between(since, due.at, calendar):
        return since  # also keeps us from walking back beyond the calendar's first day
    return subtract_working_time(due.at, length, calendar) if length else due.at


def _days_before(due: Due, count: int, calendar: BusinessCalendar, *, since: datetime) -> datetime:
    day = due.good_until
    while count:
        day -= ONE_DAY
        if day < since.date():
            return since
        count -= calendar.is_working_day(day)
    return spans_of(calendar.day(day))[-1][1]


def _slices(at: datetime, due: Due, calendar: BusinessCalendar) -> tuple[Slice, ...]:
    if isinstance(due.term, WorkingTime | WorkingDays):
        return working_slices(at, due.at, calendar)
    return (Slice(Role.COUNTED, at, due.at),) if at < due.at else ()
