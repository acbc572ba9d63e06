"""How dates, spans and numbers are written for Vietnamese readers. Pure; instants come in aware."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.clock.zone import local

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BINARY_UNITS = ("byte", "KB", "MB", "GB", "TB")


def local_time(moment: datetime) -> str:
    """20/11/2026 16:45, on a Vietnamese clock (U-10)."""
    return f"{local(moment):%d/%m/%Y %H:%M}"


def local_date(day: date | datetime) -> str:
    """20/11/2026; an instant is first put on a Vietnamese clock."""
    return f"{local(day) if isinstance(day, datetime) else day:%d/%m/%Y}"


def local_clock(moment: datetime) -> str:
    """16:45, on a Vietnamese clock."""
    return f"{local(moment):%H:%M}"


def span(length: timedelta) -> str:
    """A positive span in one or two units: "25 phút", "2 giờ 5 phút", "3 ngày"; rounded down."""
    days, hours, minutes = length // DAY, length % DAY // HOUR, length % HOUR // MINUTE
    if days:
        return f"{days} ngày" + (f" {hours} giờ" if hours and days < 3 else "")
    if hours:
        return f"{hours} giờ" + (f" {minutes} phút" if minutes and hours < 6 else "")
    return f"{minutes} phút" if minutes else "dưới 1 phút"


def due_text(due: datetime, now: datetime) -> str:
    """Distance to a due time: "còn 25 phút", "quá hạn 2 giờ", "đến hạn" in the very minute."""
    if due > now:
        return f"còn {span(due - now)}"
    late = now - due
    return f"quá hạn {span(late)}" if late >= MINUTE else "đến hạn"


def due_state(due: datetime, now: datetime, *, soon: timedelta = HOUR) -> str:
    """`overdue`, `soon` or `ok`: the colour of a due time; the words always stand beside it."""
    if due <= now:
        return "overdue"
    return "soon" if due - now <= soon else "ok"


def ago(moment: datetime, now: datetime) -> str:
    """How long since: "vừa xong", "5 phút trước", "2 ngày trước"; later than now counts as now."""
    return f"{_one_unit(now - moment)} trước" if now - moment >= MINUTE else "vừa xong"


def number(value: float, decimals: int = 0) -> str:
    """1234567.5 with one decimal is 1.234.567,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def english_number(value: float, decimals: int = 0) -> str:
    """1234567.5 with one decimal is 1,234,567.5."""
    return f"{value:,.{decimals}f}"


def percent(share: float, decimals: int = 1) -> str:
    """A share of one: 0.945 is 94,5%."""
    return f"{number(share * 100, decimals)}%"


def file_size(size: int) -> str:
    """Bytes for people: 1258291 is 1,2 MB."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(BINARY_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{number(value, 1 if unit and value < 10 else 0)} {BINARY_UNITS[unit]}"


def iso(moment: datetime) -> str:
    """For the attribute `datetime` of <time>: 2026-11-20T16:45:00+07:00."""
    return local(moment).isoformat(timespec="seconds")


def _one_unit(length: timedelta) -> str:
    for unit, word in ((DAY, "ngày"), (HOUR, "giờ")):
        if length >= unit:
            return f"{length // unit} {word}"
    return f"{length // MINUTE} phút"
