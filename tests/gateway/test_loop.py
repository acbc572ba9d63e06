"""Background loops: woken when there is work, never dead, stopped after the present round."""

from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from gateway.workers.loop import Loop
from tests.support.waiting import until


async def test_a_failure_is_survived() -> None:
    """A loop that dies silently is a queue that grows."""
    rounds = 0
    done = asyncio.Event()

    async def work() -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise ValueError("once")
        done.set()
        return 0

    loop = Loop("test", work, interval=0.001)
    task = asyncio.create_task(loop.run())
    await asyncio.wait_for(done.wait(), 10)
    loop.stop()
    await task

    assert rounds >= 2


async def test_waking_cuts_the_pause_short() -> None:
    """What has just arrived is not left waiting for the interval."""
    wake, rounds = asyncio.Event(), asyncio.Queue[int]()

    async def work() -> int:
        await rounds.put(1)
        return 0

    loop = Loop("test", work, interval=3600, wake=wake)
    task = asyncio.create_task(loop.run())
    await rounds.get()
    wake.set()
    await asyncio.wait_for(rounds.get(), 10)
    loop.stop()
    await task


async def test_stopping_finishes_the_present_round() -> None:
    """What was begun is ended before the process goes."""
    begun, finish = asyncio.Event(), asyncio.Event()
    finished = False

    async def work() -> int:
        nonlocal finished
        begun.set()
        await finish.wait()
        finished = True
        return 1

    loop = Loop("test", work, interval=1)
    task = asyncio.create_task(loop.run())
    await begun.wait()
    loop.stop()
    finish.set()
    await task

    assert finished


async def test_no_outage_is_too_long() -> None:
    """A night without a database is a thousand failures; the loop that ships the journal must see the morning."""
    done = asyncio.Event()

    async def work() -> int:
        if not done.is_set():
            done.set()
            raise ConnectionRefusedError
        loop.stop()
        return 0

    loop = Loop("test", work, interval=1e-300)
    loop._failures = 1100
    await asyncio.wait_for(loop.run(), 60)

    assert done.is_set()


async def test_a_long_pause_is_no_silence_and_a_round_that_hangs_in_it_is() -> None:
    """Some work is done once an hour: an alarm of five minutes must not ring meanwhile."""
    wake, hangs, rounds = asyncio.Event(), asyncio.Event(), asyncio.Queue[int]()

    async def work() -> int:
        await rounds.put(1)
        if rounds.qsize() > 1:
            await hangs.wait()
        return 0

    loop = Loop("test", work, interval=3600, wake=wake)
    task = asyncio.create_task(loop.run())
    await until(lambda: loop._rests_until > loop._good, "it rests")
    loop._good -= 400
    assert loop.silent == 0

    wake.set()
    await until(lambda: loop.silent > 0, "it hangs")
    hangs.set()
    loop.stop()
    await task


async def test_after_an_outage_nobody_waits_long() -> None:
    """Clocks fire at most five seconds late, also on the day on which the database was away for hours."""

    async def work() -> int:
        return 0

    loop = Loop("test", work, interval=1.0)
    loop._failures = 1000

    assert await loop._patience() <= 5


async def test_a_loop_wakes_for_what_it_knows_to_come() -> None:
    """Nobody needs to ring for a due time; what is overdue and cannot be done is not looked at without end."""
    rounds = asyncio.Queue[int]()
    known = iter([0.01, -5.0, None])
    asked = 0

    async def work() -> int:
        await rounds.put(1)
        return 0

    async def ahead() -> float | None:
        nonlocal asked
        asked += 1
        return next(known)

    loop = Loop("test", work, interval=3600, ahead=ahead)
    task = asyncio.create_task(loop.run())
    for _ in range(3):
        await asyncio.wait_for(rounds.get(), 60)
    loop.stop()
    await task

    assert (asked, rounds.qsize()) == (3, 0)


async def test_a_failed_look_ahead_is_survived() -> None:
    """The database went away between the work and the look: the loop goes on and looks again."""
    done = asyncio.Event()
    rounds = 0

    async def work() -> int:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            done.set()
        return 0

    async def ahead() -> float | None:
        raise ConnectionRefusedError

    loop = Loop("test", work, interval=0.001, ahead=ahead)
    task = asyncio.create_task(loop.run())
    await asyncio.wait_for(done.wait(), 60)
    loop.stop()
    await task

    assert rounds >= 2


async def test_a_lasting_failure_is_told_once_with_its_place_and_its_end() -> None:
    """An outage of an hour must not fill the log with the same traceback."""
    rounds = 0
    well = asyncio.Event()

    async def work() -> int:
        nonlocal rounds
        rounds += 1
        if rounds <= 3:
            raise ConnectionRefusedError("away")
        if rounds == 4:
            raise ValueError("another way")
        well.set()
        return 0

    loop = Loop("test", work, interval=0.001)
    with capture_logs() as lines:
        task = asyncio.create_task(loop.run())
        await asyncio.wait_for(well.wait(), 10)
        loop.stop()
        await task

    told = [(line["event"], line["failures"], line.get("error"), "exc_info" in line) for line in lines]
    assert told == [
        ("loop_failed", 1, "ConnectionRefusedError", True),
        ("loop_still_fails", 2, "ConnectionRefusedError", False),
        ("loop_still_fails", 3, "ConnectionRefusedError", False),
        ("loop_failed", 4, "ValueError", True),
        ("loop_recovered", 4, None, False),
    ]


async def test_rounds_that_find_little_are_taken_together() -> None:
    """In a storm every report rings: a round that was not full is followed by a breath; a stop waits for none."""
    wake, rounds = asyncio.Event(), asyncio.Queue[int]()
    found = iter([2, 2, 1])

    async def work() -> int:
        await rounds.put(1)
        wake.set()
        return next(found)

    loop = Loop("test", work, interval=3600, wake=wake, breath=3600, full=2)
    task = asyncio.create_task(loop.run())
    for _ in range(3):
        await asyncio.wait_for(rounds.get(), 60)
    loop.stop()
    await asyncio.wait_for(task, 60)

    assert rounds.empty()
