"""The provider of the outbox's measurements counts what it sees, and a real worker sends to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.outbox.provider import busiest_second
from bench.outbox.stage import staged


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


def test_a_worker_sends_what_waits_once(tmp_path: Path) -> None:
    """The real gateway, in a process of its own, over settings written to a file."""
    with staged(tmp_path, further={"sending": {"per_second": {"sms": 1000}}}) as stage:
        stage.write(sms=40)
        stage.start()
        told = stage.until(40)
        stage.workers.pop().stop()
        found = stage.states()

    assert (told["count"], told["twice"]) == (40, 0)
    assert found == {"sent": 40}
