"""
Working hours of a day: shifts, the seasons they belong to and the dates they are valid for (U-8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.clock.errors import CalendarInvalid

DAY_SECONDS = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK_TEXT = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?")


def seconds_of(text: object) -> int:
    """
    Seconds after midnight of a written time of day, "00:00" to "24:00".

    Raises: CalendarInvalid: not text (an unquoted 22:00 is a number to some YAML readers), or not a time.
    """
    match = _CLOCK_TEXT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise CalendarInvalid(f"{text!r} is not a time of day; write it in quotes, like '07:30'")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total > DAY_SECONDS:
        raise CalendarInvalid(f"{text!r} is later than 24:00")
    return total


def time_text(second: int) -> str:
    """A second of the day as people write it: 27000 → 07:30; seconds only where there are some."""
    minutes, seconds = divmod(second, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


@dataclass(frozen=True, order=True)
class Shift:
    """
    One stretch of working time inside a day.

    Args:
        start, end: seconds after local midnight, start < end ≤ 86,400 (24:00).
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= DAY_SECONDS:
            raise CalendarInvalid(f"shift {self} must start before it ends, within one day")

    def __str__(self) -> str:
        return f"{time_text(self.start)}-{time_text(self.end)}"

    @classmethod
    def parse(cls, text: object) -> Shift:
        """Read "07:30-11:30" (a hyphen or an en dash)."""
        parts = re.split(r"\s*[-–]\s*", text) if isinstance(text, str) else []
        if len(parts) != 2:
            raise CalendarInvalid(f"{text!r} is not a shift; write '07:30-11:30'")
        return cls(seconds_of(parts[0]), seconds_of(parts[1]))


def check_order(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    """The shifts of one day in order; overlapping ones would count an hour twice."""
    if not shifts or any(b.start < a.end for a, b in pairwise(shifts)):
        raise CalendarInvalid(f"shifts must be given, in order and apart: {[str(s) for s in shifts]}")
    return shifts


@dataclass(frozen=True)
class Season:
    """A part of every year, both ends included; may run over new year (October to March)."""

    first: tuple[int, int]
    last: tuple[int, int]

    def __contains__(self, day: date) -> bool:
        key = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= key <= self.last
        return key >= self.first or key <= self.last

    @classmethod
    def parse(cls, text: object) -> Season:
        """Read "04-01..09-30" (month-day, both included)."""
        match = re.fullmatch(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)", text) if isinstance(text, str) else None
        if match is None:
            raise CalendarInvalid(f"{text!r} is not a season; write '04-01..09-30'")
        a, b, c, d = (int(part) for part in match.groups())
        for month, day in ((a, b), (c, d)):
            try:
                date(2024, month, day)  # a leap year: 29 February is a lawful end
            except ValueError as error:
                raise CalendarInvalid(f"{text!r}: {error}") from error
        return cls((a, b), (c, d))

    def __str__(self) -> str:
        return "{:02}-{:02}..{:02}-{:02}".format(*self.first, *self.last)


@dataclass(frozen=True)
class ShiftRule:
    """
    Working hours valid from one date to another, both included.

    Args:
        season: only in this part of the year; None = the whole year.
        weekdays: only on these (0 = Monday); None = every working day.
    """

    first: date
    last: date
    shifts: tuple[Shift, ...]
    season: Season | None = None
    weekdays: frozenset[int] | None = None

    def __post_init__(self) -> None:
        check_order(self.shifts)
        if self.last < self.first:
            raise CalendarInvalid(f"shift rule ends {self.last}, before it begins {self.first}")

    def applies(self, day: date) -> bool:
        """Is this rule the one for this day (dates, season and weekday all agree)?"""
        in_season = self.season is None or day in self.season
        on_weekday = self.weekdays is None or day.weekday() in self.weekdays
        return self.first <= day <= self.last and in_season and on_weekday
