"""Whether a channel is quieter than it ever is at this hour: its hook may be gone, and nobody would notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from gateway.watch.figures import Samples

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
WEEKS = 4
_FEWEST_WEEKS = 3
_LONGEST = 72
"""Hours that are looked back at; a channel that was silent for so long has rung, or never will."""


def of_arrivals(channels: Iterable[str], arrivals: Mapping[str, Mapping[datetime, int]], *, now: datetime) -> Samples:
    """What is missing of each channel that is on; counting began with the first hour of any."""
    since = min((hour for hours in arrivals.values() for hour in hours), default=now)
    return {
        "channel_missing": {(name,): float(missing(arrivals.get(name, {}), since=since, now=now)) for name in channels}
    }


def missing(hours: Mapping[datetime, int], *, since: datetime, now: datetime) -> int:
    """
    How many messages came at least, in each of the last weeks, in the time of today's silence.

    Args:
        hours: beginning of an hour (UTC) → messages that came in it; hours without any are left out.
        since: when counting began; a week that it does not cover says nothing.
    Returns: 0 while anything comes, and where fewer than three weeks can be compared.
    """
    silent = _silent_hours(hours, now)
    if not silent:
        return 0
    weeks = [week for week in range(1, WEEKS + 1) if silent[-1] - week * WEEK >= since]
    if len(weeks) < _FEWEST_WEEKS:
        return 0
    return min(sum(hours.get(hour - week * WEEK, 0) for hour in silent) for week in weeks)


def _silent_hours(hours: Mapping[datetime, int], now: datetime) -> list[datetime]:
    """Whole hours since anything came, the latest first; none while this hour is not silent."""
    present = now.replace(minute=0, second=0, microsecond=0)
    found: list[datetime] = []
    for back in range(_LONGEST):
        hour = present - back * HOUR
        if hours.get(hour):
            break
        found.append(hour)
    return found[1:]
