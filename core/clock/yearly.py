"""
What a notice of days off would change in a calendar, and why it may not: planned, looked at by a person, then written.

Days that are over stay as they were, due times that were issued stay too (U-11): only clocks that start, or start
again, after the change reckon with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType

from core.clock.calendar import BusinessCalendar, Day, DayEntry, DayKind
from core.clock.errors import CalendarInvalid, ClockError
from core.clock.zone import local

FIXED = MappingProxyType({(1, 1): "Tết Dương lịch", (4, 30): "Ngày Chiến thắng", (5, 1): "Ngày Quốc tế lao động"})
"""Days off that need no notice (Bộ luật Lao động 2019, Điều 112), and 2 September with a day beside it."""
_NATIONAL = (9, 2)
LAW = "Bộ luật Lao động 2019, Điều 112"


class NoticeRefused(ClockError):
    """The notice contradicts itself, the law or what is known; `reasons` are sentences for whoever brought it."""

    code = "notice_refused"

    def __init__(self, *reasons: str) -> None:
        super().__init__(f"the notice is refused for {len(reasons)} reasons")
        self.reasons = reasons
        self.text_vi = " ".join(reasons)


@dataclass(frozen=True)
class DayChange:
    """One day before and after; `before` is None where the calendar did not reach so far."""

    before: Day | None
    after: Day


@dataclass(frozen=True)
class Amendment:
    """The next version of a calendar, and what is different in it, in order of days; `confirms`: a year, 0 for none."""

    calendar: BusinessCalendar
    changes: tuple[DayChange, ...]
    confirms: int = 0


@dataclass(frozen=True)
class Notice:
    """
    A notice as it was read.

    Args:
        year: it lists every day off of this year, so others become ordinary; 0: it only says what is different.
        source: number and date of the document, shown beside the days.
    """

    entries: tuple[DayEntry, ...]
    source: str
    year: int = 0


def amendment(calendar: BusinessCalendar, notice: Notice, *, now: datetime) -> Amendment:
    """
    The calendar as it would be from now on.

    Raises: NoticeRefused: every reason at once; nothing can be made of it then.
    """
    today = local(now).date()
    reasons = [*_of_itself(calendar, notice), *_of_its_span(calendar, notice)]
    if reasons:
        raise NoticeRefused(*reasons)
    grown = _grown(calendar, notice.year)
    try:
        after = grown.amend(now, add=_added(notice), remove=_removed(grown, notice, today))
    except CalendarInvalid as error:
        raise NoticeRefused("Các ngày trong thông báo không khớp nhau; vui lòng kiểm tra lại.") from error
    after = replace(after, provisional_from=_provisional(after, notice.year))
    changes = tuple(_changes(calendar, after))
    reasons = [*_of_the_past(changes, today), *_of_the_law(after, notice.year), *_of_swaps(after, notice)]
    if not changes and after.provisional_from == calendar.provisional_from:
        reasons.append("Thông báo không thay đổi ngày nào so với lịch đang dùng.")
    if reasons:
        raise NoticeRefused(*reasons)
    return Amendment(after, changes, notice.year)


def _said(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _of_itself(calendar: BusinessCalendar, notice: Notice) -> Iterator[str]:
    """Contradictions inside the notice."""
    days = [entry.on for entry in notice.entries]
    yield from (f"Ngày {_said(day)} được ghi hai lần." for day in sorted({one for one in days if days.count(one) > 1}))
    for entry in notice.entries:
        if entry.kind is DayKind.SWAPPED_IN and entry.on.weekday() in calendar.weekdays:
            yield f"Ngày {_said(entry.on)} là ngày làm việc trong tuần, không thể là ngày làm bù."
        if entry.kind is DayKind.SWAPPED_IN and entry.exchanged_with is None:
            yield f"Ngày làm bù {_said(entry.on)} chưa ghi làm bù cho ngày nghỉ nào."


def _of_its_span(calendar: BusinessCalendar, notice: Notice) -> Iterator[str]:
    """Days the calendar cannot hold: a further year comes whole, one after the other."""
    last = calendar.last.year
    if notice.year and not calendar.first.year <= notice.year <= last + 1:
        yield f"Lịch hiện có đến hết năm {last}; năm tiếp theo phải nhập là {last + 1}."
        return
    until = max(last, notice.year)
    for entry in notice.entries:
        if notice.year and entry.on.year != notice.year:
            yield f"Ngày {_said(entry.on)} không thuộc năm {notice.year}."
        elif not calendar.first.year <= entry.on.year <= until:
            yield f"Ngày {_said(entry.on)} ngoài lịch hiện có; vui lòng nhập thông báo đủ cả năm {entry.on.year}."


def _grown(calendar: BusinessCalendar, year: int) -> BusinessCalendar:
    """The calendar up to the end of the year, its newest hours going on."""
    last = date(year, 12, 31) if year else calendar.last
    if last <= calendar.last:
        return calendar
    rules = tuple(replace(rule, last=last) if rule.last == calendar.last else rule for rule in calendar.shift_rules)
    return replace(calendar, last=last, shift_rules=rules)


def _added(notice: Notice) -> tuple[DayEntry, ...]:
    special = (entry for entry in notice.entries if entry.kind is not DayKind.WORKING)
    return tuple(replace(entry, source=notice.source) for entry in special)


def _removed(calendar: BusinessCalendar, notice: Notice, today: date) -> tuple[date, ...]:
    """What becomes ordinary: said so, or of a whole year and not in its notice; days that are over stay."""
    named = {entry.on for entry in notice.entries}
    said = [entry.on for entry in notice.entries if entry.kind is DayKind.WORKING]
    unsaid = (entry.on for entry in calendar.entries if entry.on.year == notice.year and entry.on >= today)
    return (*said, *(day for day in unsaid if day not in named))


def _provisional(calendar: BusinessCalendar, year: int) -> date | None:
    """From where on days are only expected: a year that was announced no longer is."""
    since = calendar.provisional_from
    if since is None or since.year != year:
        return since
    following = date(year + 1, 1, 1)
    return following if following <= calendar.last else None


def _changes(before: BusinessCalendar, after: BusinessCalendar) -> Iterator[DayChange]:
    """Days that are not what they were; of a year that is new only those that differ from their weekday."""
    known = {day.on: day for day in _days(before)}
    for day in _days(after):
        was = known.get(day.on)
        ordinary = day.kind in (DayKind.WORKING, DayKind.WEEKEND)
        if (was is None and not ordinary) or (was is not None and (was.kind, was.name_vi) != (day.kind, day.name_vi)):
            yield DayChange(was, day)


def _days(calendar: BusinessCalendar) -> Iterable[Day]:
    return (calendar.day(date.fromordinal(n)) for n in range(calendar.first.toordinal(), calendar.last.toordinal() + 1))


def _of_the_past(changes: Iterable[DayChange], today: date) -> Iterator[str]:
    for change in changes:
        if change.after.on < today and change.before and change.before.is_worked != change.after.is_worked:
            yield f"Ngày {_said(change.after.on)} đã qua; thời hạn đã tính theo lịch cũ nên không sửa được."


def _of_the_law(calendar: BusinessCalendar, year: int) -> Iterator[str]:
    """A whole year without the days that the law gives is somebody's slip."""
    if not year:
        return
    off = {(day.on.month, day.on.day) for day in _days(calendar) if day.on.year == year and day.kind is DayKind.HOLIDAY}
    for (month, day), name in FIXED.items():
        if (month, day) not in off:
            yield f"Thiếu ngày nghỉ {name} {day:02}/{month:02} ({LAW})."
    if _NATIONAL not in off or not off & {(9, 1), (9, 3)}:
        yield f"Thiếu hai ngày nghỉ Quốc khánh: 02/09 và một ngày liền kề ({LAW})."


def _of_swaps(calendar: BusinessCalendar, notice: Notice) -> Iterator[str]:
    """Both ends of an exchange have to be there, and name each other."""
    known = {entry.on: entry for entry in calendar.entries}
    for entry in notice.entries:
        other = known.get(entry.exchanged_with) if entry.exchanged_with else None
        if entry.exchanged_with is None or entry.kind is DayKind.WORKING:
            continue
        if entry.kind is DayKind.SWAPPED_IN and (other is None or other.kind.is_worked):
            yield f"Ngày làm bù {_said(entry.on)} đổi với {_said(entry.exchanged_with)}, nhưng đó không phải ngày nghỉ."
        if entry.kind is DayKind.SUBSTITUTE and other is None and calendar.is_working_day(entry.exchanged_with):
            yield f"Ngày nghỉ {_said(entry.on)} đổi với {_said(entry.exchanged_with)}, nhưng đó là ngày vẫn làm việc."
        if other is not None and other.exchanged_with not in (None, entry.on) and other.kind is not DayKind.HOLIDAY:
            yield f"Ngày {_said(entry.on)} và ngày {_said(other.on)} không ghi đổi cho nhau."
