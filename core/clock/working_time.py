"""
Adding, subtracting and measuring working time (U-2), exact to the microsecond, with the stretches it ran through.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from core.clock.calendar import BusinessCalendar, Day
from core.clock.errors import InstantInvalid
from core.clock.explanation import Role, Slice, slice_of
from core.clock.zone import ONE_DAY, at_second, days_back_from, end_of, local, midnight

Span = tuple[datetime, datetime]
_NOTHING = timedelta()


def spans_of(day: Day) -> list[Span]:
    """The shifts of a day as instants."""
    return [(at_second(day.on, shift.start), at_second(day.on, shift.end)) for shift in day.shifts]


def add_working_time(start: datetime, length: timedelta, calendar: BusinessCalendar) -> datetime:
    """
    The instant at which so much working time has run, counted from `start`.

    Returns: inside working time; the end of a shift rather than the beginning of the next one.
    Raises: CalendarExhausted, InstantInvalid (length not above zero).
    Source: U-2, U-7, U-8.
    """
    if length <= _NOTHING:
        raise InstantInvalid(f"working time to add must be above zero, not {length}")
    begin, left = local(start), length
    for day in calendar.days_from(begin.date()):
        for opens, closes in spans_of(day):
            usable = closes - max(opens, begin)
            if left <= usable:
                return max(opens, begin) + left
            left -= max(usable, _NOTHING)
    raise AssertionError("days_from has no end")  # pragma: no cover


def subtract_working_time(end: datetime, length: timedelta, calendar: BusinessCalendar) -> datetime:
    """
    The latest instant from which so much working time runs until `end` (warnings "4wh before").

    Raises: CalendarExhausted, InstantInvalid (length not above zero).
    """
    if length <= _NOTHING:
        raise InstantInvalid(f"working time to subtract must be above zero, not {length}")
    stop, left = local(end), length
    for day in map(calendar.day, days_back_from(_day_ended(stop))):
        for opens, closes in reversed(spans_of(day)):
            usable = min(closes, stop) - opens
            if left <= usable:
                return min(closes, stop) - left
            left -= max(usable, _NOTHING)
    raise AssertionError("days_back_from has no end")  # pragma: no cover


def working_time_between(start: datetime, end: datetime, calendar: BusinessCalendar) -> timedelta:
    """
    How much working time lies between two instants; negative when `end` is earlier.

    Source: U-2; the inverse of `add_working_time`.
    """
    first, last = local(start), local(end)
    if last < first:
        return -working_time_between(last, first, calendar)
    total = _NOTHING
    for day in _days_touched(first, last, calendar):
        for opens, closes in spans_of(day):
            total += max(min(closes, last) - max(opens, first), _NOTHING)
    return total


def working_seconds_between(start: datetime, end: datetime, calendar: BusinessCalendar) -> float:
    """`working_time_between` in seconds: whole for whole-second instants."""
    return working_time_between(start, end, calendar).total_seconds()


def working_slices(start: datetime, end: datetime, calendar: BusinessCalendar) -> tuple[Slice, ...]:
    """Every stretch from start to end, without gaps: counted, lunch, closed hours, days off by name."""
    first, last = local(start), local(end)
    return tuple(piece for day in _days_touched(first, last, calendar) for piece in _slices_of(day, first, last))


def is_working_instant(instant: datetime, calendar: BusinessCalendar) -> bool:
    """Does working time run at this instant? The ends of a shift both belong to it."""
    moment = local(instant)
    days = {moment.date(), _day_ended(moment)}  # at 00:00 a shift that ends at 24:00 still counts
    return any(opens <= moment <= closes for day in days for opens, closes in spans_of(calendar.day(day)))


def _day_ended(moment: datetime) -> date:
    """The day an instant closes: at 00:00 that is the day before."""
    return (moment - timedelta(microseconds=1)).date()


def _days_touched(first: datetime, last: datetime, calendar: BusinessCalendar) -> Iterator[Day]:
    day = first.date()
    while midnight(day) < last:
        yield calendar.day(day)
        day += ONE_DAY


def _slices_of(day: Day, first: datetime, last: datetime) -> Iterator[Slice]:
    for role, start, end in _stretches(day):
        if max(start, first) < min(end, last):
            yield slice_of(role, max(start, first), min(end, last), day=day)


def _stretches(day: Day) -> Iterator[tuple[Role, datetime, datetime]]:
    spans = spans_of(day)
    if not spans:
        yield Role.DAY_OFF, midnight(day.on), end_of(day.on)
        return
    yield Role.CLOSED, midnight(day.on), spans[0][0]
    yield Role.COUNTED, *spans[0]
    for (_, closed), (opens, closes) in pairwise(spans):
        yield Role.LUNCH, closed, opens
        yield Role.COUNTED, opens, closes
    yield Role.CLOSED, spans[-1][1], end_of(day.on)
