"""
Numbers, codes and times as a chain of slots, the way they are said in Vietnamese. Pure.

A code is read digit by digit in groups, with a breath between digits and a pause between groups, so that it can be
written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final

Slots = tuple[str, ...]

LARGEST: Final = 9999
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTS: Final = (
    (1, ""),
    (11, "in_the_morning"),
    (13, "at_noon"),
    (18, "in_the_afternoon"),
    (22, "in_the_evening"),
    (24, "at_night"),
)
"""Part of the day up to this hour; midnight is không giờ and has none."""


def digits(text: str, groups: Sequence[int] = ()) -> Slots:
    """
    Digit by digit; what is no digit is passed over. `groups` are lengths, what is left over is one more group.

    Examples: a code `(4, 4, 4)`, a PIN `(3, 3)`, a telephone number `(4, 3, 3)`.
    """
    plain = [f"digit_{character}" for character in text if character in "0123456789"]
    edges = [0]
    for length in groups:
        edges.append(min(len(plain), edges[-1] + length))
    parts = [plain[start:end] for start, end in pairwise([*edges, len(plain)]) if start < end]
    return _between("pause", [_between("breath", [(slot,) for slot in part]) for part in parts])


def number(value: int) -> Slots:
    """
    A number as it is said: 21 hai mươi mốt, 105 một trăm linh năm. Raises: ValueError: not from 0 to 9,999.
    """
    if not 0 <= value <= LARGEST:
        raise ValueError(f"{value} is not read out")
    thousands, rest = divmod(value, 1000)
    if not thousands:
        return _below_thousand(rest)
    return (f"digit_{thousands}", "thousand", *(_below_thousand(rest, full=True) if rest else ()))


def clock_time(at: time) -> Slots:
    """8:00 tám giờ sáng, 14:30 hai giờ rưỡi chiều, 0:05 không giờ năm phút."""
    hour = at.hour if at.hour <= 12 else at.hour - 12
    minutes = {0: (), 30: ("half",)}.get(at.minute, (*number(at.minute), "minute"))
    part = next(name for until, name in _PARTS if at.hour < until)
    return (*number(hour), "hour", *minutes, *([part] if part else []))


def moment(at: datetime, *, today: date) -> Slots:
    """
    Time and day: `lúc tám giờ sáng hôm nay`, `… ngày mai`, `… thứ hai`, from a week on with day and month.

    `at` in the zone of the listener.
    """
    ahead = (at.date() - today).days
    if ahead in (0, 1):
        return ("at", *clock_time(at.time()), "today" if ahead == 0 else "tomorrow")
    return ("at", *clock_time(at.time()), *day(at.date(), near=0 < ahead < 7))


def day(on: date, *, near: bool = False) -> Slots:
    """thứ hai ngày hai mươi hai tháng mười một; `near`, within a week, the weekday alone."""
    weekday = _WEEKDAYS[on.weekday()]
    if near:
        return (weekday,)
    month = ("four_after_tens",) if on.month == 4 else number(on.month)
    return (weekday, "day", *number(on.day), "month", *month)


def _below_thousand(value: int, *, full: bool = False) -> Slots:
    """`full`: hundreds are said though they are none (2,026 hai nghìn không trăm hai mươi sáu)."""
    hundreds, rest = divmod(value, 100)
    if not hundreds and not full:
        return _below_hundred(rest)
    start = (f"digit_{hundreds}", "hundred")
    if not rest:
        return start
    return (*start, "odd", f"digit_{rest}") if rest < 10 else (*start, *_below_hundred(rest))


def _below_hundred(value: int) -> Slots:
    tens, ones = divmod(value, 10)
    if not tens:
        return (f"digit_{ones}",)
    if tens == 1:
        return ("ten", *({0: (), 5: ("five_after_ten",)}.get(ones, (f"digit_{ones}",))))
    last = {0: (), 1: ("one_after_tens",), 4: ("four_after_tens",), 5: ("five_after_ten",)}
    return (f"digit_{tens}", "tens", *last.get(ones, (f"digit_{ones}",)))


def _between(slot: str, parts: Sequence[Slots]) -> Slots:
    chained = [name for part in parts for name in (slot, *part)]
    return tuple(chained[1:])
