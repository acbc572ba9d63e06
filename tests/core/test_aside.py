"""Slow work that is done aside: so much at a time, the rest in its turn."""

from __future__ import annotations

import asyncio
import threading

import pytest

from core.aside import Aside


async def test_only_so_much_is_done_at_a_time() -> None:
    """The third waits until one of two is done; the loop runs on meanwhile."""
    aside, begun, go_on = Aside(at_once=2), threading.Semaphore(0), threading.Event()

    def work(number: int) -> int:
        begun.release()
        go_on.wait()
        return number

    working = [asyncio.create_task(aside.run(work, number)) for number in range(3)]
    for _ in range(2):
        await asyncio.to_thread(begun.acquire)
    assert not begun.acquire(blocking=False)
    go_on.set()
    assert await asyncio.gather(*working) == [0, 1, 2]


async def test_what_goes_wrong_is_told() -> None:
    """As if it had been called here, keywords included."""
    with pytest.raises(ValueError, match="base"):
        await Aside().run(int, "7", base=99)
    assert await Aside().run(int, "7", base=8) == 7
