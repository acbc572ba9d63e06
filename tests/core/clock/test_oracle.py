"""
The engine against the oracle: the same due time, to the second, on random calendars.

2,000 cases in an ordinary run, 100,000 under the chaos marker; LANGNGHE_ORACLE_CASES sets another number.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from core.clock import BusinessCalendar, CalendarExhausted, calendar_from_data, due, working_seconds_between
from core.clock.zone import midnight
from tests.core.clock import oracle, support
from tests.core.clock.oracle import DAY, World

WORLDS = 12
CASES = int(os.environ.get("LANGNGHE_ORACLE_CASES", "2000"))
MANY_CASES = int(os.environ.get("LANGNGHE_ORACLE_CASES", "100000"))
ORIGIN = midnight(oracle.FIRST)


@dataclass(frozen=True)
class Case:
    """One question: what the engine is asked, and what the oracle answered (second and strictness)."""

    start: int
    allowance: Any
    answer: int | None
    strict: bool = False


@cache
def _world(seed: int) -> tuple[World, BusinessCalendar]:
    world = oracle.world(seed)
    return world, calendar_from_data(world.data)


def _instant(second: int) -> datetime:
    return ORIGIN + timedelta(seconds=second)


def _start(chance: Random, world: World) -> int:
    """Any second of the first weeks, or one beside an edge of a shift or a day: where mistakes live."""
    second = chance.randrange(45 * DAY)
    if chance.random() < 0.5:
        return second
    edge = chance.choice((world.flags.find(1, second), world.flags.find(0, second), (second // DAY + 1) * DAY))
    return max(edge + chance.randint(-1, 1), 0)


def _case(chance: Random, world: World) -> Case:
    start = _start(chance, world)
    match chance.choice(("h", "wh", "wh", "wh", "wd", "wd", "d", "time", "day", "win")):
        case "h":
            seconds = chance.randint(1, 2 * DAY)
            return Case(start, f"{seconds}s", oracle.clock_time(start, seconds))
        case "wh":
            seconds = chance.choice((1, 59, 1800, 3600, 7200, chance.randint(1, 60 * 3600)))
            return Case(start, f"{seconds}ws", oracle.working_time(world, start, seconds))
        case "wd":
            days, end = chance.randint(1, 12), chance.choice(("shift", "midnight"))
            answer = oracle.working_days(world, start, days, midnight=end == "midnight")
            return Case(start, {"of": f"{days}wd", "wd_end": end}, answer)
        case "d":
            days = chance.randint(1, 20)
            return Case(start, f"{days}d", oracle.calendar_days(world, start, days))
        case "time":
            minute = chance.randrange(1440)
            return Case(
                start, f"before {minute // 60:02}:{minute % 60:02}", oracle.before_time(start, minute * 60), strict=True
            )
        case "day":
            number = chance.randint(1, 28)
            return Case(start, f"before {number}", oracle.before_day(world, start, number), strict=True)
        case _:
            return Case(start, support.quang_binh(), *oracle.quang_binh(start))


def _check(case: Case, calendar: BusinessCalendar) -> None:
    if case.answer is None:
        with pytest.raises(CalendarExhausted):
            due(_instant(case.start), case.allowance, calendar)
        return
    limit = due(_instant(case.start), case.allowance, calendar)
    assert (limit.at, limit.strict) == (_instant(case.answer), case.strict)
    assert limit.is_late(limit.at) is case.strict
    assert limit.is_late(limit.at + timedelta(seconds=1))
    assert not limit.is_late(limit.at - timedelta(seconds=1))


def _compare(cases: int, seed: int) -> None:
    for number in range(cases):
        chance = Random(f"{seed}/{number}")
        world, calendar = _world(chance.randrange(WORLDS))
        case = _case(chance, world)
        try:
            _check(case, calendar)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, case {number}: {case}") from error


@pytest.mark.rule("U-1", "U-2", "U-3", "U-4", "U-5", "U-6", "U-7", "U-8", "U-9")
@pytest.mark.parametrize("part", range(4))
def test_the_engine_agrees_with_the_second_exact_oracle(part):
    _compare(CASES // 4 + (part < CASES % 4), seed=part)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_the_engine_agrees_with_the_oracle_on_a_hundred_thousand_cases():
    _compare(MANY_CASES, seed=100)


@pytest.mark.rule("U-2")
def test_counted_seconds_are_those_the_oracle_counts():
    for number in range(300):
        chance = Random(f"between/{number}")
        world, calendar = _world(chance.randrange(WORLDS))
        start, end = sorted((_start(chance, world), _start(chance, world)))
        expected = oracle.working_seconds(world, start, end)
        assert working_seconds_between(_instant(start), _instant(end), calendar) == expected, number
        assert working_seconds_between(_instant(end), _instant(start), calendar) == -expected, number
