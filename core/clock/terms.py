"""
The kinds of time limit the regulations write, as a small algebra of values, with their notation.

    10min  1h  1h30  24h  45s      ClockTime     clock time, day and night (U-1)
    2wh    2wh30  30wmin  90ws     WorkingTime   inside working shifts only (U-2)
    6wd                            WorkingDays   start day not counted (U-3)
    1d                             CalendarDays  start day not counted, ends 24:00 (U-4)
    before 07:00                   BeforeTime    the next 07:00, done strictly earlier (U-9)
    before 18                      BeforeDay     the next 18th of a month; the 17th is the last good day (U-6)
    date                           PromisedDate  a date somebody promised, until its 24:00

`Windows` (U-5, module windows) chooses one of these by the time of day of arrival.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from core.clock.errors import CalendarInvalid, NotationInvalid
from core.clock.shifts import DAY_SECONDS, seconds_of, time_text

_SPAN = re.compile(r"(\d+(?:\.\d{1,6})?)(wmin|min|wh|ws|wd|h|s|d)(?:([0-5]\d))?")
_UNIT_SECONDS = {"h": 3600, "min": 60, "s": 1}
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ClockTime:
    """Clock time, 24 hours a day, from the start instant (U-1)."""

    length: timedelta

    def __str__(self) -> str:
        return _span_text(self.length, prefix="")


@dataclass(frozen=True)
class WorkingTime:
    """Time that runs only inside the shifts of working days (U-2)."""

    length: timedelta

    def __str__(self) -> str:
        return _span_text(self.length, prefix="w")


@dataclass(frozen=True)
class WorkingDays:
    """Working days after the start day, until the end of the last one (U-3). 0: the rest of a day (resumed clocks)."""

    count: int

    def __str__(self) -> str:
        return f"{self.count}wd"


@dataclass(frozen=True)
class CalendarDays:
    """Calendar days after the start day, until 24:00 of the last, or of the next working day (U-4)."""

    count: int

    def __str__(self) -> str:
        return f"{self.count}d"


@dataclass(frozen=True)
class BeforeTime:
    """The next time of day so written, to be met strictly earlier (U-9); `second` counts from midnight."""

    second: int

    def __str__(self) -> str:
        return f"before {time_text(self.second)}"


@dataclass(frozen=True)
class BeforeDay:
    """The next such day of a month; the day before it is the last good one (U-6)."""

    day: int

    def __str__(self) -> str:
        return f"before {self.day}"


@dataclass(frozen=True)
class PromisedDate:
    """A date that somebody promised and that is passed in when the due time is computed."""

    def __str__(self) -> str:
        return "date"


Term = ClockTime | WorkingTime | WorkingDays | CalendarDays | BeforeTime | BeforeDay | PromisedDate


def parse_term(text: object, *, may_be_zero: bool = False) -> Term:
    """
    Read one limit in the notation above.

    Args:
        may_be_zero: accept "0wd", which only stored rests of resumed clocks hold.
    Raises: NotationInvalid: not text, not in the notation, or zero.
    """
    if not isinstance(text, str):
        raise NotationInvalid(f"{text!r} is not a time limit; write text like '2wh' or 'before 07:00'")
    words = text.strip()
    if words == "date":
        return PromisedDate()
    if words.startswith("before "):
        return _before(words.removeprefix("before ").strip())
    return _span(words, may_be_zero=may_be_zero)


def _span(text: str, *, may_be_zero: bool) -> Term:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise NotationInvalid(f"{text!r} is not a time limit; write 10min, 1h, 1h30, 2wh, 6wd, 1d, before 07:00")
    number, unit, minutes = match.groups()
    if ("." in number and unit not in ("s", "ws")) or (minutes and unit not in ("h", "wh")):
        raise NotationInvalid(f"{text!r}: a fraction only of s or ws, minutes only after h or wh")
    if float(number) == 0 and not may_be_zero:
        raise NotationInvalid(f"{text!r}: a limit of nothing; leave the clock out instead")
    if unit == "wd":
        return WorkingDays(int(number))
    if unit == "d":
        return CalendarDays(int(number))
    length = timedelta(seconds=float(number) * _UNIT_SECONDS[unit.removeprefix("w")], minutes=int(minutes or 0))
    return WorkingTime(length) if unit.startswith("w") else ClockTime(length)


def _before(text: str) -> Term:
    if ":" not in text:
        if not (text.isdecimal() and 1 <= int(text) <= 28):
            raise NotationInvalid(f"before {text!r}: a day of the month that every month has, 1 to 28")
        return BeforeDay(int(text))
    try:
        second = seconds_of(text)
    except CalendarInvalid as error:
        raise NotationInvalid(f"before {text!r}: {error}") from error
    if second == DAY_SECONDS:
        raise NotationInvalid("before 24:00: write before 00:00")
    return BeforeTime(second)


def _span_text(length: timedelta, prefix: str) -> str:
    hours, rest = divmod(length, _HOUR)
    minutes, small = divmod(rest, _MINUTE)
    if small:
        seconds = f"{length.total_seconds():.6f}".rstrip("0").rstrip(".")
        return f"{seconds}{prefix}s"
    if not hours:
        return f"{minutes}{prefix}min"
    return f"{hours}{prefix}h" + (f"{minutes:02}" if minutes else "")


def extend(term: Term, by: Term) -> Term:
    """
    A longer limit of the same kind: 1h + 30min → 1h30, before 07:00 + 30min → before 07:30.

    Raises: NotationInvalid: the two are not of one kind, or the time of day would pass midnight.
    """
    match term, by:
        case ClockTime(a), ClockTime(b):
            return ClockTime(a + b)
        case WorkingTime(a), WorkingTime(b):
            return WorkingTime(a + b)
        case WorkingDays(m), WorkingDays(n):
            return WorkingDays(m + n)
        case CalendarDays(m), CalendarDays(n):
            return CalendarDays(m + n)
        case BeforeTime(second), ClockTime(b) if second + b.total_seconds() < DAY_SECONDS:
            return BeforeTime(second + int(b.total_seconds()))
    raise NotationInvalid(f"cannot add {by} to {term}")
