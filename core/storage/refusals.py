"""How many deliveries of a channel could not be proved in the last day, added up over all processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from core.storage import settings
from core.storage.database import insert_or_ignore
from core.storage.tables import setting

DAY = timedelta(days=1)
_FACT = "hook-refused:"


@dataclass(frozen=True)
class Refused:
    """How many within a day, and when the last."""

    count: int
    last_at: datetime


def add(connection: Connection, channel: str, hours: Mapping[datetime, int], *, last_at: datetime) -> None:
    """Some more of a channel, by the hour; what is older than a day is forgotten. Two processes lose none."""
    key = _FACT + channel
    connection.execute(insert_or_ignore(connection, setting).values(key=key, value={"hours": {}}))
    known = connection.scalar(select(setting.c.value).where(setting.c.key == key).with_for_update()) or {}
    since = last_at - DAY
    counted = Counter(_hours(known, since=since)) + Counter(hours)
    last = max(last_at, _last(known) or last_at)
    fact = {"last_at": last.isoformat(), "hours": {hour.isoformat(): count for hour, count in counted.items()}}
    settings.put(connection, key, fact)


def lately(connection: Connection, *, now: datetime) -> dict[str, Refused]:
    """Of each channel that refused anything within a day."""
    found: dict[str, Refused] = {}
    for channel, fact in settings.under(connection, _FACT).items():
        count, last_at = sum(_hours(fact, since=now - DAY).values()), _last(fact)
        if count and last_at:
            found[channel] = Refused(count, last_at)
    return found


def _hours(fact: Mapping[str, Mapping[str, int]], *, since: datetime) -> dict[datetime, int]:
    hours = {datetime.fromisoformat(hour): count for hour, count in fact["hours"].items()}
    return {hour: count for hour, count in hours.items() if hour > since}


def _last(fact: Mapping[str, str]) -> datetime | None:
    return datetime.fromisoformat(fact["last_at"]) if "last_at" in fact else None
