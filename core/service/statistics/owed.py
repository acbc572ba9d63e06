"""
Which periodic reports the regulation wants, for which days and by when; pure (TG-12.5, TG-13.4, LS-10.3, VN-9).

Where the regulation names no day, the national decree does (A-LS-6). Reports on demand are owed to nobody by a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.clock import BusinessCalendar, CalendarExhausted, Due, ReportDue, ReportSchedule, local
from core.clock.reporting import SENT_BEFORE
from core.clock.zone import end_of
from core.regulations.model import Pack
from core.regulations.sections import PeriodReport

_CLOSED_SHOWN = 3
"""Of each report: so many whose days are over, and the next one."""


@dataclass(frozen=True)
class OwedReport:
    """
    One report for some days.

    Args:
        name: the entry of the pack. first, last: both included.
        remind_on: the last working day on which it is not late by the text, before a holiday too (A-TG-11).
    """

    name: str
    entry: PeriodReport
    first: date
    last: date
    remind_on: date
    due: Due

    @property
    def key(self) -> str:
        """One report, one key."""
        return key_of(self.name, self.first, self.last)

    @property
    def closes_at(self) -> datetime:
        """When its days are over: its figures are as of then."""
        return end_of(self.last)


@dataclass(frozen=True)
class NoCalendar:
    """A report whose day cannot be told: the working calendar ends before `day` (U-8)."""

    name: str
    entry: PeriodReport
    day: date


def key_of(name: str, first: date, last: date) -> str:
    """What names a report for some days."""
    return f"{name}/{first.isoformat()}..{last.isoformat()}"


def owed(
    pack: Pack, *, now: datetime, calendar: BusinessCalendar, since: datetime | None
) -> tuple[list[OwedReport], list[NoCalendar]]:
    """Of each report the last ones whose days are over, if after `since`, and the next; then what is unknown."""
    reports: list[OwedReport] = []
    unknown: list[NoCalendar] = []
    for name, entry in pack.reports.items():
        if entry.every == "demand":
            continue
        found, missing = _of_years(entry, now, calendar)
        made = [OwedReport(name, entry, one.first, one.last, one.remind_on, one.due) for one in found]
        closed = [one for one in made if one.closes_at <= now and since is not None and one.closes_at > since]
        reports += closed[-_CLOSED_SHOWN:] + [one for one in made if one.closes_at > now][:1]
        unknown += [NoCalendar(name, entry, missing)] if missing else []
    return sorted(reports, key=lambda one: (one.due.late_from, one.name)), unknown


def _of_years(entry: PeriodReport, now: datetime, calendar: BusinessCalendar) -> tuple[list[ReportDue], date | None]:
    """Every report from last year to next; the day the calendar lacks where the next report cannot be told."""
    schedule, year = schedule_of(entry), local(now).year
    found: list[ReportDue] = []
    missing: date | None = None
    for one in (year - 1, year, year + 1):
        reports = schedule.of_year(one, calendar)
        try:
            for report in reports:
                found.append(report)
        except CalendarExhausted as error:
            missing = missing or (error.day if error.day > local(now).date() else None)
    is_told = any(end_of(report.last) > now for report in found)
    return found, None if is_told else missing


def schedule_of(entry: PeriodReport) -> ReportSchedule:
    """How the clock engine writes the entry. NotationInvalid where it makes no sense."""
    data: dict[str, Any] = {"every": entry.every}
    if entry.every == "week":
        data |= {"weekday": entry.weekday or "mon"} | ({"at": f"{entry.at:%H:%M}"} if entry.at else {})
    else:
        data["before"] = entry.before_day or SENT_BEFORE
    return ReportSchedule.parse(data)
