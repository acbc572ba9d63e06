"""The arithmetic of slices: order, ratio, mean."""

from __future__ import annotations

import pytest

from bench.client import Slice
from bench.slices import alternate, middle_half, ratio, trimmed_geometric_mean, typical


def slice_of(rate: float, *, p99_ms: float = 2.0) -> Slice:
    return Slice(
        requests=int(rate), rate=rate, p50_ms=1.0, p99_ms=p99_ms, statuses={"200": 1}, accepted=1, client_us=10.0
    )


def test_slices_alternate_and_the_order_is_flipped() -> None:
    """Neither of the two always follows the other; pairs stay what they are."""
    said: list[str] = []

    def measure(name: str, rate: float) -> Slice:
        said.append(name)
        return slice_of(rate)

    pairs = alternate(lambda: measure("base", 100), lambda: measure("other", 50), pairs=4)

    assert said == ["base", "other", "other", "base", "base", "other", "other", "base"]
    assert [pair.ratio for pair in pairs] == [0.5] * 4
    assert ratio(pairs) == pytest.approx(0.5)


def test_a_mean_of_ratios_is_geometric() -> None:
    """Twice as fast and half as fast are as fast."""
    assert trimmed_geometric_mean([2.0, 0.5]) == pytest.approx(1.0)


def test_one_wild_slice_does_not_move_the_mean() -> None:
    """The lowest and the highest are left out, of sixteen two each."""
    assert trimmed_geometric_mean([0.6] * 14 + [30.0, 0.001]) == pytest.approx(0.6)
    assert trimmed_geometric_mean([0.6, 0.6, 30.0, 0.001]) == pytest.approx(0.6)
    assert trimmed_geometric_mean([0.6] * 12 + [9.0, 9.0, 0.1, 0.1]) == pytest.approx(0.6)
    assert trimmed_geometric_mean([0.6, 0.6, 0.6, 9.0], trimmed=0) > 0.6


def test_there_is_no_mean_of_nothing() -> None:
    """It would have to be invented."""
    with pytest.raises(ValueError, match="no ratio"):
        trimmed_geometric_mean([])


def test_the_middle_half_lies_between_the_quarters() -> None:
    """Outliers do not widen it."""
    assert middle_half([0.1, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 9.0]) == (0.6, 0.9)
    assert middle_half([0.4]) == (0.4, 0.4)


def test_typical_is_the_median() -> None:
    """Of rate and latency each for itself."""
    found = typical([slice_of(1.0, p99_ms=9.0), slice_of(2.0, p99_ms=3.0), slice_of(90.0, p99_ms=4.0)])

    assert (found.rate, found.p99_ms) == (2.0, 4.0)
