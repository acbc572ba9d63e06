"""
The words of the two renderers; nothing here computes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.clock.explanation import Slice
from core.clock.terms import (
    BeforeDay,
    BeforeTime,
    CalendarDays,
    ClockTime,
    PromisedDate,
    WorkingDays,
    WorkingTime,
    parse_term,
)

_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M:%S}" if moment.second or moment.microsecond else f"{moment:%H:%M}"


class Words(ABC):
    """How one language says the parts of an explanation."""

    around_the_clock: str
    weekdays: tuple[str, ...]

    def weekday(self, day: date) -> str:
        """The day's name."""
        return self.weekdays[day.weekday()]

    def day(self, moment: date) -> str:
        """A day inside the sentence, without the year."""
        return f"{self.weekday(moment)} {moment:%d/%m}"

    def full_day(self, moment: date) -> str:
        """A day with its year."""
        return f"{self.weekday(moment)} {moment:%d/%m/%Y}"

    def span(self, label: str, days: Sequence[datetime]) -> str:
        """Neighbouring days off of one name."""
        ends = self.day(days[0]) if len(days) == 1 else f"{self.day(days[0])} – {self.day(days[-1])}"
        return f"{ends} ({label})" if label else ends

    def join(self, head: str, parts: Sequence[str]) -> str:
        """The head and what explains it."""
        return head + (": " + "; ".join(parts) if parts else "")

    @abstractmethod
    def allowance(self, notation: str) -> str:
        """A limit in words."""

    @abstractmethod
    def rest(self, counted: str) -> str:
        """What was left of a limit when its clock ran on."""

    @abstractmethod
    def moment(self, moment: datetime) -> str:
        """A full instant."""

    @abstractmethod
    def end_of_day(self, day: date) -> str:
        """24:00 of a day."""

    @abstractmethod
    def before(self, limit: str) -> str:
        """A strict limit."""

    @abstractmethod
    def before_day(self, day: date, last_good: date) -> str:
        """A limit "before the Nth"."""

    @abstractmethod
    def head(self, allowance: str, start: str, limit: str) -> str:
        """How the sentence begins."""

    @abstractmethod
    def share(self, length: timedelta, day: str, *, swapped_in: bool) -> str:
        """Counted time of one day."""

    @abstractmethod
    def time_counted(self, shares: Sequence[str]) -> str:
        """All counted time."""

    @abstractmethod
    def days_counted(self, days: Sequence[str]) -> str:
        """All counted days."""

    @abstractmethod
    def skipped(self, spans: Sequence[str]) -> str:
        """All days off."""

    @abstractmethod
    def moved(self, day: str) -> str:
        """A limit that moved to a working day."""

    @abstractmethod
    def name(self, piece: Slice) -> str:
        """The calendar entry a slice met."""


class English(Words):
    """The notation of the packs, day before month."""

    around_the_clock = "clock time, day and night"
    weekdays = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

    def allowance(self, notation: str) -> str:
        return notation

    def rest(self, counted: str) -> str:
        return f"{counted} left, counted"

    def moment(self, moment: datetime) -> str:
        return f"{self.full_day(moment)} {_clock(moment)}"

    def end_of_day(self, day: date) -> str:
        return f"{self.full_day(day)} 24:00"

    def before(self, limit: str) -> str:
        return f"before {limit}"

    def before_day(self, day: date, last_good: date) -> str:
        return f"before {self.full_day(day)} (last good day {self.day(last_good)})"

    def head(self, allowance: str, start: str, limit: str) -> str:
        return f"{allowance} from {start} → {limit}"

    def share(self, length: timedelta, day: str, *, swapped_in: bool) -> str:
        minutes = length / _MINUTE
        text = f"{minutes:g} min {day}" if minutes.is_integer() else f"{length.total_seconds():g} s {day}"
        return text + (" (swapped-in working day)" if swapped_in else "")

    def time_counted(self, shares: Sequence[str]) -> str:
        return ", ".join(shares)

    def days_counted(self, days: Sequence[str]) -> str:
        return "counted " + ", ".join(days)

    def skipped(self, spans: Sequence[str]) -> str:
        return "off " + ", ".join(spans)

    def moved(self, day: str) -> str:
        return f"moved to {day}, the last day being a day off"

    def name(self, piece: Slice) -> str:
        return piece.name_en or piece.name_vi


class Vietnamese(Words):
    """What staff and citizens read."""

    around_the_clock = "tính liên tục cả ngày lẫn đêm"
    weekdays = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

    def allowance(self, notation: str) -> str:
        match parse_term(notation, may_be_zero=True):
            case ClockTime(length):
                return self._length(length)
            case WorkingTime(length):
                return self._length(length) + " làm việc"
            case WorkingDays(count):
                return f"{count} ngày làm việc" if count else "phần còn lại của ngày làm việc"
            case CalendarDays(count):
                return f"{count} ngày" if count else "phần còn lại của ngày"
            case BeforeTime() as limit:
                return "Trước " + str(limit).removeprefix("before ")
            case BeforeDay(day):
                return f"Trước ngày {day}"
            case PromisedDate():
                return "Ngày đã hẹn"

    def rest(self, counted: str) -> str:
        return f"{counted} còn lại"

    def _length(self, length: timedelta) -> str:
        """Whole seconds: the rest of one helps nobody, and makes a limit no later than it is."""
        hours, rest = divmod(length, timedelta(hours=1))
        minutes, small = divmod(rest, _MINUTE)
        names = [(hours, "giờ"), (minutes, "phút"), (small // _SECOND, "giây")]
        return " ".join(f"{number} {name}" for number, name in names if number) or "chưa đến 1 giây"

    def moment(self, moment: datetime) -> str:
        return f"{_clock(moment)} {self.full_day(moment)}"

    def end_of_day(self, day: date) -> str:
        return f"24:00 {self.full_day(day)}"

    def before(self, limit: str) -> str:
        return f"trước {limit}"

    def before_day(self, day: date, last_good: date) -> str:
        return f"trước {self.full_day(day)} (chậm nhất hết {self.day(last_good)})"

    def head(self, allowance: str, start: str, limit: str) -> str:
        return f"{allowance} kể từ {start}, hạn {limit}"

    def share(self, length: timedelta, day: str, *, swapped_in: bool) -> str:
        return f"{self._length(length)} {day}" + (" (ngày làm bù)" if swapped_in else "")

    def time_counted(self, shares: Sequence[str]) -> str:
        return "tính " + ", ".join(shares)

    def days_counted(self, days: Sequence[str]) -> str:
        return "tính các ngày " + ", ".join(days)

    def skipped(self, spans: Sequence[str]) -> str:
        return "nghỉ " + ", ".join(spans)

    def moved(self, day: str) -> str:
        return f"ngày cuối là ngày nghỉ nên chuyển sang {day}"

    def name(self, piece: Slice) -> str:
        return piece.name_vi


ENGLISH = English()
VIETNAMESE = Vietnamese()
