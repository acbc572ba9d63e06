"""
When periodic reports are due: the period they cover, the last good day, and the day to remind (U-6, VN-9, A-TG-11).

    {every: month, before: 18}             # also quarter, half_year, year: before the 18th of the last month
    {every: year, before: 20, closing_day: 14}
    {every: week, weekday: mon, at: "09:00"}

A period closes on the 14th of its last month and began on the 15th of the month before its first (NĐ 09/2019
Điều 12); a province that closes on another day says so in `closing_day`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.clock.calendar import BusinessCalendar
from core.clock.due_time import Due
from core.clock.engine import Frame, compute
from core.clock.errors import CalendarInvalid, NotationInvalid
from core.clock.shifts import DAY_SECONDS, WEEKDAYS, seconds_of, time_text
from core.clock.terms import BeforeDay, ClockTime
from core.clock.units import Options
from core.clock.zone import ONE_DAY, at_second, end_of, months_before

CLOSING_DAY = 14  # NĐ 09/2019/NĐ-CP Điều 12
SENT_BEFORE = 26  # by the 25th of the last month, where nothing else is said (Điều 8; VN-9, A-LS-6)


class Every(StrEnum):
    """How often a report is due."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}


@dataclass(frozen=True)
class ReportDue:
    """
    One report to send.

    Args:
        first, last: the period covered, both days included.
        remind_on: the last working day on or before the last good day by the text (A-TG-11: before Tết).
        due: the limit, with its explanation; starts when the period closes.
        working_days: how many working days lie between closing and limit (NĐ 09/2019 Điều 8.5b wants one at least).
    """

    first: date
    last: date
    remind_on: date
    due: Due
    working_days: int


@dataclass(frozen=True)
class ReportSchedule:
    """
    How often, and by when.

    Args:
        before: day of the period's last month; None for weekly reports.
        weekday, second: 0 = Monday and second of the day, for weekly reports (Monday to Sunday before).
    """

    every: Every
    before: int | None = None
    weekday: int = 0
    second: int = 9 * 3600
    closing_day: int = CLOSING_DAY

    def __post_init__(self) -> None:
        if (self.before is None) != (self.every is Every.WEEK):
            raise NotationInvalid(f"report every {self.every}: `before` is for months and longer, and needed there")
        if not (self.closing_day < (self.before or 29) <= 29 and self.closing_day >= 1):
            raise NotationInvalid(f"report every {self.every}: closes on {self.closing_day}, before {self.before}")

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> ReportSchedule:
        """Read one of the mappings shown above. Raises: NotationInvalid."""
        unknown = data.keys() - {"every", "before", "weekday", "at", "closing_day"}
        try:
            every, weekday = Every(data["every"]), WEEKDAYS.index(data.get("weekday", "mon"))
            second = seconds_of(data.get("at", "09:00"))
        except (KeyError, ValueError, CalendarInvalid) as error:
            raise NotationInvalid(f"report {dict(data)}: {error}") from error
        if unknown or second == DAY_SECONDS:
            raise NotationInvalid(f"report {dict(data)}: cannot read {sorted(unknown) or data['at']}")
        return cls(every, data.get("before"), weekday, second, closing_day=data.get("closing_day", CLOSING_DAY))

    def to_data(self) -> dict[str, Any]:
        """The mapping that `parse` reads."""
        if self.every is Every.WEEK:
            return {"every": "week", "weekday": WEEKDAYS[self.weekday], "at": time_text(self.second)}
        return {"every": self.every.value, "before": self.before, "closing_day": self.closing_day}

    def of_year(self, year: int, calendar: BusinessCalendar, *, rule: str = "", cite: str = "") -> Iterator[ReportDue]:
        """Every report whose limit by the text lies in this year, in order; raises CalendarExhausted."""
        frame = Frame(str(self), rule=rule, cite=cite)
        if self.every is Every.WEEK:
            yield from self._weeks(year, calendar, frame)
            return
        step = _MONTHS[self.every]
        for month in range(step, 13, step):
            yield self._period(date(year, month, self.closing_day), step, calendar, frame)

    def __str__(self) -> str:
        by = f"{WEEKDAYS[self.weekday]} {time_text(self.second)}" if self.before is None else f"before {self.before}"
        return f"every {self.every} {by}"

    def _period(self, closes: date, months: int, calendar: BusinessCalendar, frame: Frame) -> ReportDue:
        first = months_before(closes, months) + ONE_DAY
        due = compute(end_of(closes), BeforeDay(self.before or 0), calendar, options=Options(), frame=frame)
        written = due.last_day or due.good_until
        to_write = calendar.working_days_between(closes, due.good_until)
        return ReportDue(first, closes, calendar.last_working_day(written), due, to_write)

    def _weeks(self, year: int, calendar: BusinessCalendar, frame: Frame) -> Iterator[ReportDue]:
        day = date(year, 1, 1)
        while day.year == year:
            if day.weekday() == self.weekday:
                yield self._week(day, calendar, frame)
            day += ONE_DAY

    def _week(self, day: date, calendar: BusinessCalendar, frame: Frame) -> ReportDue:
        sunday = day - ONE_DAY * (day.weekday() + 1)
        sent_on = day if calendar.is_working_day(day) else calendar.next_working_day(day)
        length = at_second(sent_on, self.second) - end_of(sunday)
        due = compute(end_of(sunday), ClockTime(length), calendar, options=Options(), frame=frame)
        to_write = calendar.working_days_between(sunday, sent_on)
        return ReportDue(sunday - 6 * ONE_DAY, sunday, sent_on, due, to_write)
