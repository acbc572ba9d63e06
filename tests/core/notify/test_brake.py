"""The brake on automatic answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.notify.brake import Brake

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BRAKE = Brake(per_hour=2, per_day=3)


def ago(*hours: float) -> list[datetime]:
    """Answers given so many hours ago."""
    return [NOW - timedelta(hours=length) for length in hours]


@pytest.mark.parametrize(
    ("answered", "allowed"),
    [
        (ago(), True),
        (ago(0.5), True),
        (ago(0.5, 0.9), False),
        (ago(0.5, 1.1), True),
        (ago(2, 3, 4), False),
        (ago(2, 3, 24.1), True),
    ],
    ids=["none yet", "one", "two in the hour", "one left the hour", "three in the day", "one left the day"],
)
def test_a_loop_ends_at_the_limit(answered: list[datetime], allowed: bool) -> None:
    """Whichever limit is reached first."""
    assert BRAKE.allows(answered, now=NOW) is allowed
