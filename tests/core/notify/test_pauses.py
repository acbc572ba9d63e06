"""When a message is tried again, and when its way has been tried for long enough."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.notify.pauses import Pauses

HALF_AN_HOUR = timedelta(minutes=30)


def tries(pauses: Pauses, *, elsewhere: bool) -> list[timedelta]:
    """Each instant of a try that fails, from the first on."""
    at, found = timedelta(), [timedelta()]
    while (pause := pauses.after(len(found), elsewhere=elsewhere)) is not None:
        if elsewhere and pauses.are_long(len(found)):
            break
        at += pause
        found.append(at)
    return found


@pytest.mark.parametrize("minutes", [1, 5, 30, 120])
def test_another_way_is_tried_in_time(minutes: int) -> None:
    """The last try on the old way is exactly at the bound, whatever the pauses are."""
    bound = timedelta(minutes=minutes)
    found = tries(Pauses(bound), elsewhere=True)
    assert found[-1] == bound
    assert found == sorted(set(found))


def test_without_another_way_it_is_tried_for_most_of_a_day() -> None:
    found = tries(Pauses(HALF_AN_HOUR), elsewhere=False)
    assert (len(found), found[-1] > timedelta(hours=12)) == (8, True)
