"""A channel that is quieter than in any of the last weeks is noticed; one that is always quiet never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from gateway.watch.silence import HOUR, WEEK, missing

NOON = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
LONG_AGO = NOON - 10 * WEEK


def weeks_of(each_hour: int, *, until: datetime, weeks: int = 5) -> dict[datetime, int]:
    """So many messages in each hour of the day (8 to 18 in Vietnam), up to an instant."""
    first = (until - weeks * WEEK).replace(minute=0)
    hours = (first + number * HOUR for number in range(weeks * 7 * 24))
    return {hour: each_hour for hour in hours if hour < until and 1 <= hour.hour < 11}


def test_what_usually_came_by_now_is_missing() -> None:
    """Nothing since eight in the morning: four whole hours of two messages each."""
    hours = weeks_of(2, until=NOON.replace(hour=1, minute=0))
    assert missing(hours, since=LONG_AGO, now=NOON) == 8


def test_one_message_is_enough() -> None:
    hours = weeks_of(2, until=NOON.replace(hour=1, minute=0)) | {NOON.replace(minute=0): 1}
    assert missing(hours, since=LONG_AGO, now=NOON) == 0


def test_a_night_is_no_silence() -> None:
    """Nobody writes then in any week."""
    assert missing(weeks_of(9, until=NOON.replace(hour=11)), since=LONG_AGO, now=NOON.replace(hour=23)) == 0


def test_one_quiet_week_is_enough_to_be_quiet_again() -> None:
    """A holiday a fortnight ago: nothing then, nothing now."""
    hours = weeks_of(5, until=NOON.replace(hour=1, minute=0))
    quiet = {hour: count for hour, count in hours.items() if not 12 < (NOON - hour).days < 15}
    assert missing(quiet, since=LONG_AGO, now=NOON) == 0


def test_a_young_deployment_has_nothing_to_compare_with() -> None:
    hours = weeks_of(9, until=NOON.replace(hour=1, minute=0))
    assert missing(hours, since=NOON - 2 * WEEK - timedelta(days=1), now=NOON) == 0
    assert missing(hours, since=NOON - 3 * WEEK - timedelta(days=1), now=NOON) == 36


def test_a_quiet_channel_never_rings() -> None:
    """Three messages a week, whenever they come: over a year of hours never five are missing."""
    chance, hours = Random(1), dict[datetime, int]()
    for week in range(52):
        for _ in range(3):
            hour = LONG_AGO.replace(minute=0) + week * WEEK + chance.randrange(168) * HOUR
            hours[hour] = hours.get(hour, 0) + 1
    looks = (LONG_AGO + 5 * WEEK + number * HOUR for number in range(45 * 168))
    assert max(missing(hours, since=LONG_AGO, now=now) for now in looks) < 5
