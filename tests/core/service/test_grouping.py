"""Many questions, one answer: who asks alone waits for nobody, and a failure is told to the one it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from core.service.grouping import Group


class Desk:
    """Answers with the double; 13 fails, and while `gate` is closed everybody waits."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked: list[list[int]] = []

    async def answer(self, questions: Sequence[int]) -> Sequence[int | Exception]:
        self.asked.append(list(questions))
        await self.gate.wait()
        if 666 in questions:
            raise OSError("nobody is told anything")
        return [ValueError("unlucky") if one == 13 else one * 2 for one in questions]


async def started(group: Group[int, int], *questions: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(group.ask(one)) for one in questions]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_what_is_asked_meanwhile_shares_the_next_answer() -> None:
    desk = Desk()
    group: Group[int, int] = Group(desk.answer, most=3)
    first = await started(group, 1)
    others = await started(group, 2, 3, 4, 5)
    desk.gate.set()

    assert await asyncio.gather(*first, *others) == [2, 4, 6, 8, 10]
    assert desk.asked == [[1], [2, 3, 4], [5]]


async def test_a_failure_belongs_to_one_or_to_all() -> None:
    desk = Desk()
    group: Group[int, int] = Group(desk.answer)
    first = await started(group, 1)
    others = await started(group, 13, 2)
    desk.gate.set()
    answers = await asyncio.gather(*first, *others, return_exceptions=True)

    assert [str(one) for one in answers] == ["2", "unlucky", "4"]
    with pytest.raises(OSError, match="nobody"):
        await group.ask(666)
    assert await group.ask(7) == 14


async def test_who_gives_up_waiting_changes_nothing_for_the_others() -> None:
    desk = Desk()
    group: Group[int, int] = Group(desk.answer)
    (impatient,) = await started(group, 1)
    (patient,) = await started(group, 2)
    impatient.cancel()
    desk.gate.set()

    assert await patient == 4


async def test_those_who_are_expected_are_waited_for() -> None:
    """Until they are all there, or are enough for a statement of their own; who is late is not waited for."""
    desk = Desk()
    desk.gate.set()
    group: Group[int, int] = Group(desk.answer, most=4)
    group.expect(3)
    early = await started(group, 1, 2)
    assert desk.asked == []
    last = await started(group, 3)
    await asyncio.gather(*early, *last)

    group.expect(9)
    await asyncio.gather(*await started(group, 4, 5, 6, 7))
    assert await group.ask(8) == 16
    assert await group.ask(9) == 18

    assert desk.asked == [[1, 2, 3], [4, 5, 6, 7], [8], [9]]
