"""
Periods by name: what a report covers, closed as NĐ 09/2019 Điều 12 closes it unless the province says otherwise.

    tuan:2026-11-09         the week of that Monday           thang:2026-11    the report's month, 15/10 to 14/11
    quy:2026-4              the report's quarter              6thang:2026-1    its half year
    nam:2026                its year                          2026-10-01..2026-10-31   any days, both included
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from core.clock.reporting import CLOSING_DAY
from core.clock.zone import EARLIEST, LATEST, VIETNAM, local, months_before
from core.storage.statistics import Period

_MONTHS = {"thang": 1, "quy": 3, "6thang": 6, "nam": 12}
_NAMED = re.compile(r"(thang|quy|6thang|nam):(\d{4})(?:-(\d{1,2}))?")
_WEEK = re.compile(r"tuan:(\d{4}-\d{2}-\d{2})")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
LONGEST = timedelta(days=3 * 366)


class PeriodUnknown(ValueError):
    """No period has this name, nobody means its days, or it ends before it begins, or it is longer than three years."""


def read_period(name: str, *, now: datetime, as_of: datetime | None = None, closing_day: int = CLOSING_DAY) -> Period:
    """
    The period of this name, as it looked at `as_of` (usually: now). `closing_day`: of the period's last month.

    Raises: PeriodUnknown.
    """
    try:
        first, last = _days(name.strip(), closing_day)
    except (ValueError, OverflowError) as error:
        raise PeriodUnknown(name) from error
    if not EARLIEST <= first <= last <= LATEST or last - first > LONGEST:
        raise PeriodUnknown(name)
    present = now + _INSTANT  # what happens at this very instant has happened
    return Period(_midnight(first), _midnight(last + _DAY), min(as_of or present, present))


def usual_periods(now: datetime, *, closing_day: int = CLOSING_DAY) -> list[tuple[str, str]]:
    """Names and labels to choose from: the running month, week and year, and the last twelve months."""
    today = local(now).date()
    closes = today.replace(day=1) if today.day <= closing_day else months_before(today.replace(day=1), -1)
    monday = today - _DAY * today.weekday()
    months = [months_before(closes, back) for back in range(12)]
    year = closes.year
    return [
        *((f"thang:{day:%Y-%m}", f"Tháng {day.month}/{day.year}") for day in months),
        (f"tuan:{monday.isoformat()}", "Tuần này"),
        (f"tuan:{(monday - 7 * _DAY).isoformat()}", "Tuần trước"),
        *((f"quy:{year}-{number}", f"Quý {number}/{year}") for number in range(1, (closes.month + 2) // 3 + 1)),
        (f"nam:{year}", f"Năm {year}"),
        (f"nam:{year - 1}", f"Năm {year - 1}"),
    ]


def _days(name: str, closing_day: int) -> tuple[date, date]:
    """First and last day, both included. ValueError."""
    if found := _DAYS.fullmatch(name):
        return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    if found := _WEEK.fullmatch(name):
        day = date.fromisoformat(found[1])
        monday = day - _DAY * day.weekday()
        return monday, monday + 6 * _DAY
    found = _NAMED.fullmatch(name)
    if found is None or (found[1] == "nam") != (found[3] is None):
        raise ValueError(name)
    length = _MONTHS[found[1]]
    closes = date(int(found[2]), length * int(found[3] or 1), closing_day)
    return months_before(closes, length) + _DAY, closes


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
