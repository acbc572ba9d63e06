"""
Slices of two things in turn: what else the machine does then falls on both, and their ratio stays.

The order is flipped from pair to pair, so that neither always follows the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.client import Slice

Measure = Callable[[], Slice]

TRIMMED = 1 / 8


@dataclass(frozen=True)
class Pair:
    """One slice of what is compared with, and one of what is measured, a moment apart."""

    base: Slice
    other: Slice

    @property
    def ratio(self) -> float:
        """How many answers of the other come on one of the base."""
        return self.other.rate / self.base.rate


def alternate(base: Measure, other: Measure, *, pairs: int) -> list[Pair]:
    """So many pairs, the order flipped each time; what may throw is left to throw."""
    found = []
    for number in range(pairs):
        if number % 2:
            second, first = other(), base()
        else:
            first, second = base(), other()
        found.append(Pair(first, second))
    return found


def trimmed_geometric_mean(values: Sequence[float], *, trimmed: float = TRIMMED) -> float:
    """
    The mean of ratios without the lowest and the highest: so large a share of them, of four and more at least one.

    ValueError of nothing.
    """
    if not values:
        raise ValueError("no ratio to take a mean of")
    ordered = sorted(values)
    cut = max(int(len(ordered) * trimmed), int(trimmed > 0 and len(ordered) >= 4))
    kept = ordered[cut : len(ordered) - cut]
    return math.exp(sum(map(math.log, kept)) / len(kept))


def ratio(pairs: Sequence[Pair]) -> float:
    """Trimmed geometric mean, slice by slice."""
    return trimmed_geometric_mean([pair.ratio for pair in pairs])


def middle_half(values: Sequence[float]) -> tuple[float, float]:
    """The values that a quarter lies below, and a quarter above."""
    ordered = sorted(values)
    quarter = len(ordered) // 4
    return ordered[quarter], ordered[-1 - quarter]


@dataclass(frozen=True)
class Typical:
    """Medians over many slices."""

    rate: float
    p50_ms: float
    p99_ms: float
    client_us: float


def typical(slices: Sequence[Slice]) -> Typical:
    """What most slices looked like."""
    return Typical(
        median(one.rate for one in slices),
        median(one.p50_ms for one in slices),
        median(one.p99_ms for one in slices),
        median(one.client_us for one in slices),
    )
