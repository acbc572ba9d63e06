"""Turns of one process: never more than the rate in any second, and none wasted."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.service.turns import GRACE, HORIZON, MARGIN, Gate, OwnTurns


class Clock:
    """Seconds that the test lets pass."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@given(
    rate=some.sampled_from([0.5, 1.0, 7.0, 25.0, 400.0]),
    looks=some.lists(some.tuples(some.floats(0, 0.7), some.integers(1, 64)), min_size=1, max_size=20),
)
async def test_turns_are_apart_however_they_are_asked_for(rate: float, looks: list[tuple[float, int]]) -> None:
    clock, given_out = Clock(), list[float]()
    turns = OwnTurns(clock)
    for pause, most in looks:
        clock.at += pause
        given_out += [clock.at + away for away in await turns.take("k", per_second=rate, most=most)]

    assert all(later - earlier >= 1 / rate - 1e-9 for earlier, later in pairwise(given_out))
    assert all(turn <= clock.at + HORIZON + 1e-9 for turn in given_out)


async def test_keys_have_turns_of_their_own() -> None:
    turns = OwnTurns(Clock())
    assert await turns.take("a", per_second=1, most=9) == [0.0]
    assert await turns.take("a", per_second=1, most=9) == []
    assert await turns.take("b", per_second=1, most=9) == [0.0]


async def test_who_looks_often_enough_misses_no_turn() -> None:
    """At 10 a second, looked at every quarter of a second for ten seconds."""
    clock = Clock()
    turns = OwnTurns(clock)
    count = 0
    for _ in range(40):
        count += len(await turns.take("k", per_second=10, most=64))
        clock.at += 0.25
    assert count == pytest.approx(100, abs=10 * HORIZON)


async def test_a_turn_that_was_missed_is_not_used() -> None:
    """What was held up does not leave all at once: each takes another turn, and they are apart again."""
    clock = asyncio.get_running_loop().time
    gate, stopped = Gate(OwnTurns(clock), "k", per_second=100 / MARGIN), asyncio.Event()
    missed = [clock() - GRACE - 1.0] * 5
    left = list[float]()

    async def pass_by(turn: float) -> None:
        await gate.at(turn, stopped=stopped)
        left.append(clock())

    begun = clock()
    await asyncio.gather(*(pass_by(turn) for turn in missed))

    assert len(left) == 5
    assert left[-1] - begun >= 4 / 100


async def test_who_gives_up_waits_for_no_turn() -> None:
    gate, stopped = Gate(OwnTurns(), "k", per_second=1), asyncio.Event()
    waiting = asyncio.create_task(gate.at(asyncio.get_running_loop().time() + 3600, stopped=stopped))
    await asyncio.sleep(0)

    stopped.set()
    await waiting
