"""When the hotline is open on a day of the working calendar."""

from __future__ import annotations

from channels.call_center.opening import MINUTES, Hours, Stretch
from core.clock.calendar import Day, DayKind

_SATURDAY = 5
Seconds = tuple[int, int]


def open_at(hours: Hours, day: Day) -> tuple[Seconds, ...]:
    """From when to when, in seconds from midnight."""
    if hours.kind == "calendar":
        return tuple((one.start, one.end) for one in day.shifts if day.is_worked)
    if hours.kind == "always":
        return ((0, MINUTES * 60),)
    own = _own(hours, day)
    return ((own.begin * 60, own.end * 60),) if own else ()


def _own(hours: Hours, day: Day) -> Stretch | None:
    weekday = day.on.weekday()
    if day.kind in (DayKind.HOLIDAY, DayKind.SUBSTITUTE):
        return hours.holidays
    if day.kind is DayKind.SWAPPED_IN or weekday < _SATURDAY:
        return hours.weekdays
    return hours.saturdays if weekday == _SATURDAY else hours.holidays
