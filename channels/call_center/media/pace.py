"""
The clock of all sound: absolute, so that it never drifts; in four phases, so that 100 legs do not speak at once.

A phase comes each 5 ms, a leg's turn each 20 ms. What was missed is made up for, after a standstill of 200 ms no more.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence

PHASES = 4
STEP_S = 0.005
STANDSTILL_S = 0.2
BOUNDS_MS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 200, 1000)
WINDOW = 1000
"""Beats in half a window of the percentile: five seconds."""


class Pace:
    """Which beat is due when. Pure: time comes in."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._beats = 0
        self.missed = 0
        self.lateness = Lateness()

    @property
    def next_at(self) -> float:
        """When the next beat is due."""
        return self._start + self._beats * STEP_S

    def beat(self, now: float) -> int:
        """Take the beat that is due; its phase."""
        late = now - self.next_at
        if late > STANDSTILL_S:
            gone = int(late / STEP_S)
            self.missed += gone
            self._beats += gone
        self.lateness.add(late * 1000)
        phase = self._beats % PHASES
        self._beats += 1
        return phase


class Lateness:
    """
    How late the beats of the last five to ten seconds came. `buckets` are counts since the start.

    A percentile is the upper bound of its bucket: good enough to refuse calls by, and free.
    """

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS_MS) + 1)
        self.longest_ms = 0.0
        self._before = [0] * len(self.buckets)
        self._window = [0] * len(self.buckets)
        self._count = 0

    def add(self, late_ms: float) -> None:
        """One beat."""
        bucket = bisect_left(BOUNDS_MS, late_ms)
        self.buckets[bucket] += 1
        self._window[bucket] += 1
        self.longest_ms = max(self.longest_ms, late_ms)
        self._count += 1
        if self._count == WINDOW:
            self._before, self._window = self._window, [0] * len(self.buckets)
            self._count = 0

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the last beats did not exceed; 0 before the first."""
        counts = [before + now for before, now in zip(self._before, self._window, strict=True)]
        return _percentile(counts, share)


def _percentile(counts: Sequence[int], share: float) -> float:
    wanted = share * sum(counts)
    total = 0
    for bucket, count in enumerate(counts):
        total += count
        if total and total >= wanted:
            return float(BOUNDS_MS[bucket]) if bucket < len(BOUNDS_MS) else float("inf")
    return 0.0


class Clock:
    """Calls `turn(phase)` at every beat, on the event loop."""

    def __init__(self, turn: Callable[[int], None]) -> None:
        self._turn = turn
        self._handle: asyncio.TimerHandle | None = None
        self.pace: Pace | None = None

    def start(self) -> None:
        """From now on."""
        self._loop = asyncio.get_running_loop()
        self.pace = Pace(self._loop.time())
        self._wait(self.pace)

    def stop(self) -> None:
        """No more beats."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _wait(self, pace: Pace) -> None:
        self._handle = self._loop.call_at(pace.next_at, self._beat, pace)

    def _beat(self, pace: Pace) -> None:
        phase = pace.beat(self._loop.time())
        self._wait(pace)
        self._turn(phase)
