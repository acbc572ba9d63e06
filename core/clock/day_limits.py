"""
Limits counted in days: working days, calendar days, "before the Nth", a promised date (U-3, U-4, U-6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from core.clock.calendar import BusinessCalendar, Day
from core.clock.errors import InstantInvalid
from core.clock.explanation import Role, Slice, slice_of
from core.clock.units import DayEnd
from core.clock.working_time import spans_of
from core.clock.zone import ONE_DAY, end_of, midnight, months_before


@dataclass(frozen=True)
class Limit:
    """An instant and the stretches that lead to it; `last_day` as in `Due`."""

    at: datetime
    slices: tuple[Slice, ...]
    last_day: date | None = None


def working_days(start: datetime, count: int, calendar: BusinessCalendar, *, end: DayEnd) -> Limit:
    """
    End of the Nth working day after the start day.

    Args:
        count: 0 = the rest of the day: the end of the first working day that is not over yet (resumed clocks).
    Source: U-3, Bộ luật Dân sự 2015 Điều 147.2, 148.6.
    """
    last = _nth_working_day(start, count, calendar, end=end)
    at = _end_of_work(calendar.day(last), end)
    return Limit(at, tuple(_working_day_slices(start, at, last, calendar)), last_day=last)


def _nth_working_day(start: datetime, count: int, calendar: BusinessCalendar, *, end: DayEnd) -> date:
    if count == 0:
        open_days = (d for d in calendar.days_from(start.date()) if d.is_worked and _end_of_work(d, end) >= start)
        return next(open_days).on
    day = start.date()
    for _ in range(count):
        day = calendar.next_working_day(day)
    return day


def _end_of_work(day: Day, end: DayEnd) -> datetime:
    return end_of(day.on) if end is DayEnd.MIDNIGHT else spans_of(day)[-1][1]


def _working_day_slices(start: datetime, at: datetime, last: date, calendar: BusinessCalendar) -> Iterator[Slice]:
    for day, begins, ends in _pieces(start, at, calendar):
        if day.on == last:
            role = Role.DAY_COUNTED
        elif day.on == start.date():
            role = Role.START_DAY
        else:
            role = Role.DAY_COUNTED if day.is_worked else Role.DAY_OFF
        yield slice_of(role, begins, ends, day=day)


def calendar_days(start: datetime, count: int, calendar: BusinessCalendar, *, extend: bool) -> Limit:
    """
    24:00 of the Nth day after the start day; of the next working day when that is a day off.

    Source: U-4, Bộ luật Dân sự 2015 Điều 147.2, 148.5, 148.6.
    """
    last = start.date() + count * ONE_DAY
    at = end_of(_moved(last, calendar, extend=extend))
    return Limit(at, tuple(_calendar_day_slices(start, at, last, calendar)), last_day=last)


def _calendar_day_slices(start: datetime, at: datetime, last: date, calendar: BusinessCalendar) -> Iterator[Slice]:
    for day, begins, ends in _pieces(start, at, calendar):
        if day.on == start.date() != last:
            role = Role.START_DAY
        else:
            role = Role.DAY_COUNTED if day.on <= last else _moved_role(day)
        yield slice_of(role, begins, ends, day=day)


def before_day(start: datetime, number: int, calendar: BusinessCalendar, *, extend: bool) -> Limit:
    """
    The beginning of the next such day of a month, so that the day before is the last good one.

    When that last good day is a day off it moves to the next working day, as for every period (A-TG-11).
    Source: U-6, A-TG-11.
    """
    named = start.date().replace(day=number)
    if midnight(named) <= start:
        named = months_before(named, -1)
    return _fixed(start, named - ONE_DAY, calendar, extend=extend)


def promised_date(start: datetime, promised: date, calendar: BusinessCalendar, *, extend: bool) -> Limit:
    """
    24:00 of a date somebody promised.

    Raises: InstantInvalid: the date is over before the clock starts.
    Source: A-QB-6, DL-II.2.2c.
    """
    if end_of(promised) <= start:
        raise InstantInvalid(f"promised {promised}, but the clock starts {start.isoformat()}")
    return _fixed(start, promised, calendar, extend=extend)


def _fixed(start: datetime, last: date, calendar: BusinessCalendar, *, extend: bool) -> Limit:
    at = end_of(_moved(last, calendar, extend=extend))
    begins = min(end_of(last), at)
    slices = [Slice(Role.UNTIL, start, begins)]
    moved = [slice_of(_moved_role(day), since, until, day=day) for day, since, until in _pieces(begins, at, calendar)]
    return Limit(at, tuple(slices + moved), last_day=last)


def _moved(last: date, calendar: BusinessCalendar, *, extend: bool) -> date:
    if not extend or calendar.is_working_day(last):
        return last
    return calendar.next_working_day(last)


def _moved_role(day: Day) -> Role:
    return Role.EXTENSION if day.is_worked else Role.DAY_OFF


def _pieces(start: datetime, at: datetime, calendar: BusinessCalendar) -> Iterator[tuple[Day, datetime, datetime]]:
    """The stretch from start to limit, cut at every midnight."""
    begins = start
    while begins < at:
        ends = min(end_of(begins.date()), at)
        yield calendar.day(begins.date()), begins, ends
        begins = ends
