"""
A due time in one sentence, Vietnamese for people and English for engineers.

    2 giờ làm việc kể từ 16:45 thứ Sáu 20/11/2026, hạn 08:45 thứ Hai 23/11/2026: tính 45 phút thứ Sáu 20/11, …
    2wh from Fri 20/11/2026 16:45 → Mon 23/11/2026 08:45: 45 min Fri 20/11, 75 min Mon 23/11; QĐ 2830 Điều 6 khoản 3
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.clock.due_time import Due
from core.clock.explanation import Role, Slice
from core.clock.phrases import ENGLISH, VIETNAMESE, Words
from core.clock.terms import BeforeDay, BeforeTime, CalendarDays, ClockTime, PromisedDate, WorkingDays
from core.clock.zone import ONE_DAY


def sentence_vi(due: Due) -> str:
    """The due time and its reason for staff and citizens, in Vietnamese."""
    return _sentence(due, VIETNAMESE)


def sentence_en(due: Due) -> str:
    """The due time and its reason in English, in the notation of the packs."""
    return _sentence(due, ENGLISH)


def limit_vi(due: Due) -> str:
    """The limit alone: "24:00 thứ Hai 23/11/2026", "trước 07:00 thứ Bảy 21/11/2026"."""
    return _limit(due, VIETNAMESE)


def limit_en(due: Due) -> str:
    """The limit alone: "Mon 23/11/2026 24:00", "before Sat 21/11/2026 07:00"."""
    return _limit(due, ENGLISH)


def _sentence(due: Due, words: Words) -> str:
    why = due.explanation
    counted = words.allowance(why.counted)
    head = words.head(words.rest(counted) if why.resumed else counted, words.moment(why.start), _limit(due, words))
    parts = [head, *filter(None, [_counted(due, words), _skipped(why.slices, words), _moved(why.slices, words)])]
    text = words.join(parts[0], parts[1:])
    return f"{text}; {why.cite}" if why.cite else text


def _limit(due: Due, words: Words) -> str:
    if isinstance(due.term, BeforeDay):
        return words.before_day(due.at, due.good_until)
    text = words.end_of_day(due.at - ONE_DAY) if due.ends_day else words.moment(due.at)
    return words.before(text) if due.strict else text


def _counted(due: Due, words: Words) -> str:
    slices = due.explanation.slices
    if isinstance(due.term, ClockTime | BeforeTime):
        return words.around_the_clock
    if isinstance(due.term, BeforeDay | PromisedDate):
        return ""
    if isinstance(due.term, WorkingDays | CalendarDays):
        return words.days_counted([words.day(s.start) for s in slices if s.role is Role.DAY_COUNTED])
    return words.time_counted(list(_per_day(slices, words)))


def _per_day(slices: Iterable[Slice], words: Words) -> Iterable[str]:
    """Counted time added up by day: 45 min Fri 20/11."""
    totals: dict[datetime, timedelta] = {}
    for piece in slices:
        if piece.counted:
            day = piece.start.replace(hour=0, minute=0, second=0, microsecond=0)
            totals[day] = totals.get(day, timedelta()) + piece.counted
    swapped = {s.start.date() for s in slices if s.day is not None and s.day.is_worked and s.name_en}
    for day, total in totals.items():
        yield words.share(total, words.day(day), swapped_in=day.date() in swapped)


def _skipped(slices: Iterable[Slice], words: Words) -> str:
    """Days off by name; neighbours of one name are written once, weekends without a name."""
    groups: list[tuple[str, list[Slice]]] = []
    for piece in (s for s in slices if s.role is Role.DAY_OFF):
        if groups and groups[-1][0] == words.name(piece) and groups[-1][1][-1].end == piece.start:
            groups[-1][1].append(piece)
        else:
            groups.append((words.name(piece), [piece]))
    spans = [words.span(label, [s.start for s in pieces]) for label, pieces in groups]
    return words.skipped(spans) if spans else ""


def _moved(slices: Iterable[Slice], words: Words) -> str:
    """To which working day a limit moved because its last day was a day off."""
    return "".join(words.moved(words.day(piece.start)) for piece in slices if piece.role is Role.EXTENSION)
