"""
One way to run every background loop: again and again until told to stop, and a failure is logged, not fatal.

A broad `except` belongs here and nowhere else: a loop that dies silently is a queue that grows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger()

_SHORTEST_LOOK = 0.25
_LONGEST_PAUSE = 4.0  # after the one second below: clocks fire, and the journal is shipped, within five of recovery
_MOST_DOUBLINGS = 12  # and no more, however long the outage: 2 ** 1024 seconds are no float


Ahead = Callable[[], Awaitable[float | None]]
"""In how many seconds something known falls due; None: nothing is known."""


class Loop:
    """
    Calls `work` whenever it is woken, and at least every `interval` seconds; more at once while it finds work.

    `ahead` tells of work that has its time: for that nobody needs to wake the loop. `breath`: seconds from the
    beginning of a round to that of the next, in which what comes gathers; a round that did `full` or more goes on at
    once. Without a crowd nothing waits for it. `last`: what is done before it ends.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[int]],
        *,
        interval: float,
        wake: asyncio.Event | None = None,
        ahead: Ahead | None = None,
        breath: float = 0.0,
        full: int = 1,
        last: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self._work = work
        self._interval = interval
        self._wake = wake or asyncio.Event()
        self._ahead = ahead
        self._breath = breath
        self._full = full
        self._last = last
        self._stop = asyncio.Event()
        self._failures = 0
        self._told = ""
        self._good = self._rests_until = time.monotonic()
        self.running = False

    async def run(self) -> None:
        """Until `stop`: what is being done is finished first."""
        self._good, self.running = time.monotonic(), True
        try:
            while not self._stop.is_set():
                self._wake.clear()
                begun = time.monotonic()
                self._rests_until = min(self._rests_until, begun)  # it may have been woken
                done = await self._once()
                if done == 0 and not self._stop.is_set():
                    await self._pause()
                if done < self._full:
                    await self._breathe(begun + self._breath - time.monotonic())
            if self._last is not None:
                await self._last()
        finally:
            self.running = False

    @property
    def failures(self) -> int:
        """How many rounds failed in a row."""
        return self._failures

    @property
    def silent(self) -> float:
        """Seconds since a good round and the pause after it: grows while it hangs, and while every round fails."""
        return max(0.0, time.monotonic() - max(self._good, self._rests_until))

    async def _once(self) -> int:
        try:
            done = await self._work()
        except Exception as error:
            self._note_failure(error)
            return 0
        if self._failures:
            log.info("loop_recovered", loop=self.name, failures=self._failures)
        self._failures, self._good, self._told = 0, time.monotonic(), ""
        return done

    def _note_failure(self, error: Exception) -> None:
        """Where it failed is told once, and again when it fails in another way; then only that it still does."""
        self._failures += 1
        reason = type(error).__name__
        if reason != self._told:
            log.exception("loop_failed", loop=self.name, failures=self._failures, error=reason)
        else:
            log.warning("loop_still_fails", loop=self.name, failures=self._failures, error=reason)
        self._told = reason

    async def _breathe(self, seconds: float) -> None:
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), seconds)

    async def _pause(self) -> None:
        patience = await self._patience()
        if self._failures:
            await asyncio.sleep(min(patience, 1.0))
        else:
            self._rests_until = time.monotonic() + patience
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), patience)

    async def _patience(self) -> float:
        if self._failures:
            return min(self._interval * 2.0 ** min(self._failures, _MOST_DOUBLINGS), _LONGEST_PAUSE)
        try:
            soon = await self._ahead() if self._ahead is not None else None
        except Exception as error:  # it fails like the work itself, and is waited out like it
            self._note_failure(error)
            return self._interval
        if soon is None:
            return self._interval
        return min(self._interval, max(soon, _SHORTEST_LOOK))  # what is due and not done is not looked at endlessly

    def stop(self) -> None:
        """Finish the present round, then end."""
        self._stop.set()
        self._wake.set()
