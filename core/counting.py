"""
Counting where a request is waiting: plain numbers, read by somebody else when somebody asks.

A hot path cannot afford a metrics library per request. It notes a number here (a bisection and two additions); the
gateway turns the sums into Prometheus' shape at the moment of a scrape.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WAITS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 600.0, 3600.0)
ROWS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 500.0)


class Buckets:
    """
    A histogram: how many values lie at or below each bound, and their sum. One thread notes, any may read.

    A reader may see a value counted whose sum is not yet added; the next look has both.
    """

    __slots__ = ("_counts", "bounds", "sum")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self.bounds = tuple(bounds)
        self._counts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def note(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        """How many values were noted."""
        return sum(self._counts)

    def cumulative(self) -> Iterator[tuple[float, int]]:
        """(bound, how many values at or below it), the last bound infinite."""
        total = 0
        for bound, count in zip((*self.bounds, float("inf")), list(self._counts), strict=True):
            total += count
            yield bound, total


@dataclass(frozen=True)
class DatabaseCounters:
    """
    What a database has cost, in seconds.

    `commits`: a write transaction from its beginning until it is on disk (SQLite: a batch of them, in one).
    `waits`: until a connection was free.
    """

    commits: Buckets = field(default_factory=Buckets)
    waits: Buckets = field(default_factory=Buckets)
