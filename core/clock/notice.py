"""
The yearly notice of days off as somebody pastes or uploads it: lines of a table (CSV), or a calendar file (ICS).

    ngày;loại;tên;đổi với
    16/02/2027-20/02/2027;nghỉ lễ;Tết Nguyên đán
    03/05/2027;nghỉ bù;Nghỉ hoán đổi;08/05/2027
    08/05/2027;làm bù;Làm bù cho ngày nghỉ 03/05/2027;03/05/2027

Only reads; what the days mean beside what is known is looked at in `yearly`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from types import MappingProxyType

from core.clock.calendar import DayEntry, DayKind
from core.clock.errors import ClockError
from core.clock.zone import ONE_DAY

LONGEST_NOTICE = 64_000
"""Characters; a year's notice has some hundreds."""
_LONGEST_SPAN = 31
_LONGEST_NAME = 120
_KINDS = MappingProxyType(
    {
        "nghi le": DayKind.HOLIDAY,
        "nghi tet": DayKind.HOLIDAY,
        "le": DayKind.HOLIDAY,
        "holiday": DayKind.HOLIDAY,
        "nghi bu": DayKind.SUBSTITUTE,
        "nghi hoan doi": DayKind.SUBSTITUTE,
        "substitute": DayKind.SUBSTITUTE,
        "lam bu": DayKind.SWAPPED_IN,
        "swapped_in": DayKind.SWAPPED_IN,
        "ngay thuong": DayKind.WORKING,
        "working": DayKind.WORKING,
    }
)
_HINTS = (("lam bu", DayKind.SWAPPED_IN), ("nghi bu", DayKind.SUBSTITUTE), ("hoan doi", DayKind.SUBSTITUTE))
_LOCAL = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_SPAN = re.compile(r"\s*(?:-|–|đến)\s*")
_LABELS = "nghỉ lễ, nghỉ bù, làm bù, ngày thường"


class NoticeUnreadable(ClockError):
    """A line of the notice nobody can read; `text_vi` says which and why."""

    code = "notice_unreadable"

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line} of the notice cannot be read")
        self.line = line
        self.text_vi = f"Dòng {line}: {why}"


def read_notice(text: str) -> tuple[DayEntry, ...]:
    """
    The days that a notice names, in its order; a span of days is one entry a day.

    Raises: NoticeUnreadable: too long, no day in it, or a line that is neither form.
    """
    if len(text) > LONGEST_NOTICE:
        raise NoticeUnreadable(1, f"thông báo dài quá {LONGEST_NOTICE} ký tự.")
    entries = tuple(_ics(text) if "BEGIN:VCALENDAR" in text.upper() else _table(text))
    if not entries:
        raise NoticeUnreadable(1, "không thấy ngày nào trong thông báo.")
    return entries


def _table(text: str) -> Iterator[DayEntry]:
    mark = next((one for one in (";", "\t", ",") if one in text), ";")
    for number, row in enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#") or (number == 1 and _folded(cells[0]) in ("ngay", "date")):
            continue
        yield from _row(number, [*cells, "", "", ""])


def _row(number: int, cells: list[str]) -> Iterator[DayEntry]:
    days, kind = _days(number, cells[0]), _KINDS.get(_folded(cells[1]))
    if kind is None:
        raise NoticeUnreadable(number, f"loại ngày “{cells[1][:40]}” không rõ; ghi một trong: {_LABELS}.")
    partner = _day(number, cells[3]) if cells[3] else None
    if partner and len(days) > 1:
        raise NoticeUnreadable(number, "ngày đổi chỉ ghi được cho từng ngày một.")
    for day in days:
        yield DayEntry(day, kind, cells[2][:_LONGEST_NAME], exchanged_with=partner)


def _days(number: int, written: str) -> list[date]:
    """One day, or all of "16/02/2027-20/02/2027"."""
    ends = [written] if re.fullmatch(r"\d{4}-\d\d-\d\d", written) else _SPAN.split(written)
    if len(ends) > 2:
        raise NoticeUnreadable(number, f"“{written[:40]}” không phải ngày; ghi như 30/04/2027.")
    return _span(number, _day(number, ends[0]), _day(number, ends[-1]))


def _span(number: int, first: date, last: date) -> list[date]:
    length = (last - first).days
    if not 0 <= length < _LONGEST_SPAN:
        raise NoticeUnreadable(number, f"khoảng ngày phải theo thứ tự và không quá {_LONGEST_SPAN} ngày.")
    return [first + ONE_DAY * step for step in range(length + 1)]


def _day(number: int, written: str) -> date:
    local = _LOCAL.fullmatch(written)
    try:
        return date(int(local[3]), int(local[2]), int(local[1])) if local else date.fromisoformat(written)
    except ValueError:
        raise NoticeUnreadable(number, f"“{written[:40]}” không phải ngày; ghi như 30/04/2027.") from None


def _folded(text: str) -> str:
    """Without marks and case: people type "Nghi le" as well as "Nghỉ lễ"."""
    bare = "".join(one for one in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(one))
    return " ".join(bare.replace("đ", "d").split())


def _ics(text: str) -> Iterator[DayEntry]:
    """Whole-day events; a long line is folded over several (RFC 5545, 3.1), DTEND is the day after the last."""
    event: dict[str, str] = {}
    for number, line in enumerate(re.sub(r"\r?\n[ \t]", "", text).splitlines(), start=1):
        name, _, value = line.partition(":")
        name, value = name.partition(";")[0].upper(), value.strip()
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            event = {}
        elif (name, value.upper()) == ("END", "VEVENT"):
            yield from _event(number, event)
        else:
            event[name] = value


def _event(number: int, event: dict[str, str]) -> Iterator[DayEntry]:
    first = _stamp(number, event.get("DTSTART", ""))
    last = _stamp(number, event["DTEND"]) - timedelta(days=1) if "DTEND" in event else first
    name = re.sub(r"\\([,;\\])", r"\1", event.get("SUMMARY", ""))
    kind = next((kind for words, kind in _HINTS if words in _folded(name)), DayKind.HOLIDAY)
    partner = _LOCAL.search(name) if kind is not DayKind.HOLIDAY else None
    for day in _span(number, first, max(first, last)):
        yield DayEntry(day, kind, name[:_LONGEST_NAME], exchanged_with=_day(number, partner[0]) if partner else None)


def _stamp(number: int, written: str) -> date:
    try:
        return date.fromisoformat(f"{written[:4]}-{written[4:6]}-{written[6:8]}")
    except ValueError:
        raise NoticeUnreadable(number, "sự kiện không có ngày bắt đầu (DTSTART).") from None
