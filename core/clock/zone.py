"""
Vietnamese local time (U-10): every computation happens in UTC+7, which has no summer time.

A fixed offset, not a zone file: a machine without tzdata must compute the same due time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone

from core.clock.errors import InstantInvalid

VIETNAM = timezone(timedelta(hours=7))
ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""What somebody can mean who writes a day: of two digits a date field makes the year 26, and 9999 has no morrow."""


def local(instant: datetime) -> datetime:
    """
    The same instant on a Vietnamese wall clock.

    Raises: InstantInvalid: the datetime has no zone, so nobody knows which instant it is.
    Source: U-10.
    """
    if instant.utcoffset() is None:
        raise InstantInvalid(f"{instant.isoformat()} has no zone; pass an aware datetime")
    return instant.astimezone(VIETNAM)


def in_words(instant: datetime) -> str:
    """As citizens and staff read it: 08:30 ngày 20/11/2026."""
    return f"{local(instant):%H:%M ngày %d/%m/%Y}"


def midnight(day: date) -> datetime:
    """00:00 at the start of a day; 24:00 of a day is `midnight` of the next."""
    return datetime.combine(day, time(), tzinfo=VIETNAM)


def end_of(day: date) -> datetime:
    """24:00 of a day, written as 00:00 of the next."""
    return midnight(day + ONE_DAY)


def day_written(text: str) -> date:
    """A day that somebody wrote, as 2026-11-20. ValueError for none, and for one that nobody means."""
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


def moment_written(text: str) -> datetime:
    """A moment of such a day by the clock on the wall, written as 2026-11-20T08:30. ValueError."""
    day_written(text[:10])
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def at_second(day: date, second: int) -> datetime:
    """The instant so many seconds after a day's midnight (86,400 is 24:00)."""
    return midnight(day) + timedelta(seconds=second)


def days_from(day: date) -> Iterator[date]:
    """This day and all that follow, without end: the calendar's own limit stops the caller."""
    while True:
        yield day
        day += ONE_DAY


def days_back_from(day: date) -> Iterator[date]:
    """This day and all before it, without end."""
    while True:
        yield day
        day -= ONE_DAY


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month (negative: a later one), or that month's last day where it is shorter."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))
