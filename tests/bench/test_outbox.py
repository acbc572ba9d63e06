"""The provider of the outbox's measurements counts what it sees."""

from __future__ import annotations

import pytest

from bench.outbox.provider import busiest_second


@pytest.mark.parametrize(
    ("moments", "most"),
    [
        ([], 0),
        ([5.0], 1),
        ([0.0, 0.5, 0.999, 1.0], 3),
        ([0.0, 1.0, 2.0], 1),
        ([0.0, 0.9, 1.1, 1.2, 1.85, 3.0], 4),
    ],
)
def test_the_busiest_second_is_found_wherever_it_begins(moments: list[float], most: int) -> None:
    assert busiest_second(moments) == most
