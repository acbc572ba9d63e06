"""
A second way to every due time: no arithmetic, only walking through tables second by second and day by day.

A `World` is a few weeks of seconds, one byte each: 1 where somebody works. It is drawn from a seed; the same draw is
written down as calendar data, so that the engine reads what the oracle walks. Instants are whole seconds since the
world's first midnight. `None` means the walk fell off the end of the world, where the engine must say so too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import compress, count, islice
from random import Random
from typing import Any

DAY = 86_400
FIRST = date(2026, 1, 28)  # a few days before Tết, so that month ends and a leap-free February lie inside
LENGTH = 64
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class World:
    """Working seconds of `LENGTH` days, and the calendar data that says the same."""

    flags: bytes
    data: dict[str, Any]

    def is_worked(self, day: int) -> bool:
        return 1 in self.flags[day * DAY : (day + 1) * DAY]


def world(seed: int) -> World:
    """Weekdays, two seasons of shifts, holidays, worked Saturdays and odd days, all by chance."""
    chance = Random(seed)
    weekdays = set(range(5)) if chance.random() < 0.7 else set(chance.sample(range(7), chance.randint(3, 6)))
    change = chance.randint(10, 50)
    seasons = (_shifts(chance), _shifts(chance))
    days, entries = [], []
    for index in range(LENGTH):
        day = FIRST + timedelta(days=index)
        worked, shifts = day.weekday() in weekdays, seasons[index >= change]
        if chance.random() < 0.18:
            worked, shifts, entry = _odd_day(chance, day, worked, shifts)
            entries.append(entry)
        days.append(shifts if worked else [])
    return World(_table(days), _data(weekdays, change, seasons, entries))


def _shifts(chance: Random) -> list[tuple[int, int]]:
    """One to three shifts with edges on whole minutes, or on any second, up to 24:00."""
    step = chance.choice((1, 60, 1800))
    edges = sorted(chance.sample(range(0, DAY + 1, step), 2 * chance.randint(1, 3)))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _odd_day(chance: Random, day: date, worked: bool, shifts: list[tuple[int, int]]) -> tuple[bool, Any, dict]:
    entry: dict[str, Any] = {"date": day.isoformat(), "name_vi": "Ngày khác thường", "name_en": "Odd day"}
    if worked:
        entry["kind"] = chance.choice(("holiday", "substitute"))
        return False, shifts, entry
    entry["kind"] = "swapped_in"
    if chance.random() < 0.5:
        shifts = _shifts(chance)
        entry["hours"] = _hours(shifts)
    return True, shifts, entry


def _hours(shifts: list[tuple[int, int]]) -> list[str]:
    return [f"{_time(a)}-{_time(b)}" for a, b in shifts]


def _time(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _table(days: list[list[tuple[int, int]]]) -> bytes:
    table = bytearray(LENGTH * DAY)
    for index, shifts in enumerate(days):
        for start, end in shifts:
            for second in range(start, end):
                table[index * DAY + second] = 1
    return bytes(table)


def _data(weekdays: set[int], change: int, seasons: Any, entries: list[dict[str, Any]]) -> dict[str, Any]:
    last, turn = FIRST + timedelta(days=LENGTH - 1), FIRST + timedelta(days=change)
    return {
        "id": "random",
        "covers": {"from": FIRST.isoformat(), "to": last.isoformat()},
        "weekdays": [NAMES[day] for day in sorted(weekdays)],
        "shifts": [
            {"from": FIRST.isoformat(), "to": last.isoformat(), "hours": _hours(seasons[0])},
            {"from": turn.isoformat(), "to": last.isoformat(), "hours": _hours(seasons[1])},
        ],
        "days": entries,
    }


def clock_time(start: int, seconds: int) -> int:
    return next(islice(count(start), seconds, None))


def working_time(world: World, start: int, seconds: int) -> int | None:
    """Walk every second, keep the worked ones, stop at the end of the last one needed."""
    worked = compress(count(start), memoryview(world.flags)[start:])
    last = next(islice(worked, seconds - 1, None), None)
    return None if last is None else last + 1


def working_seconds(world: World, start: int, end: int) -> int:
    return sum(memoryview(world.flags)[start:end])


def working_days(world: World, start: int, days: int, midnight: bool) -> int | None:
    day = start // DAY
    while days:
        day += 1
        if day >= LENGTH:
            return None
        days -= world.is_worked(day)
    return (day + 1) * DAY if midnight else world.flags.rfind(1, 0, (day + 1) * DAY) + 1


def calendar_days(world: World, start: int, days: int) -> int | None:
    return _rest(world, start // DAY + days)


def _rest(world: World, day: int) -> int | None:
    """24:00 of this day, or of the next one on which somebody works."""
    while day < LENGTH and not world.is_worked(day):
        day += 1
    return None if day >= LENGTH else (day + 1) * DAY


def before_time(start: int, second: int) -> int:
    return next(instant for instant in count(start + 1) if instant % DAY == second)


def before_day(world: World, start: int, number: int) -> int | None:
    for day in count(start // DAY):
        if day * DAY > start and (FIRST + timedelta(days=day)).day == number:
            return _rest(world, day - 1)
    raise AssertionError


def quang_binh(start: int) -> tuple[int, bool]:
    """QB-IV.1.1b in plain words: 06:00:00 to 22:00:00 an hour, at night before 07:00."""
    second = start % DAY
    if 6 * 3600 <= second <= 22 * 3600:
        return clock_time(start, 3600), False
    return before_time(start, 7 * 3600), True
