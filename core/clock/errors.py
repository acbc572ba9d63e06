"""
What can go wrong when a time is computed.

ClockError
├── CalendarExhausted   asked for a day the calendar holds no data for
├── CalendarInvalid     calendar data that contradicts itself
├── NotationInvalid     an allowance, window, start or warning nobody can read
├── InstantInvalid      a datetime without a zone, or times in the wrong order
├── FactMissing         a start expression needs a time that has not happened yet
└── ClockMoveRefused    pausing a paused clock, and the like
"""

from __future__ import annotations

from datetime import date


class ClockError(Exception):
    """A time that cannot be computed; `code` is stable, `text_vi` may be shown to staff."""

    code = "clock_error"
    text_vi = "Không tính được thời hạn."


class CalendarExhausted(ClockError):
    """The working calendar has no data for this day; extend the calendar, never guess."""

    code = "calendar_exhausted"
    text_vi = "Lịch làm việc chưa có dữ liệu cho ngày này; cần bổ sung lịch."

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(f"no calendar data for {day}: covered {first} to {last}")
        self.day, self.first, self.last = day, first, last


class CalendarInvalid(ClockError):
    """Calendar data that cannot be used: the message says which entry and why."""

    code = "calendar_invalid"
    text_vi = "Dữ liệu lịch làm việc không hợp lệ."


class NotationInvalid(ClockError):
    """A deadline as written in a regulation pack that the engine cannot read."""

    code = "notation_invalid"
    text_vi = "Thời hạn ghi trong quy chế không đúng cách viết."


class InstantInvalid(ClockError):
    """A datetime without a zone, or an instant before the one it must follow."""

    code = "instant_invalid"
    text_vi = "Thời điểm không hợp lệ."


class FactMissing(ClockError):
    """The start of a clock depends on times that are not known yet; `names` lists them."""

    code = "fact_missing"
    text_vi = "Chưa đủ mốc thời gian để bắt đầu tính thời hạn."

    def __init__(self, *names: str) -> None:
        super().__init__("none of these times is known: " + ", ".join(names))
        self.names = names


class ClockMoveRefused(ClockError):
    """The clock is not in a state that allows this move."""

    code = "clock_move_refused"
    text_vi = "Đồng hồ thời hạn không ở trạng thái cho phép thao tác này."
