"""In which minutes the service was there: a row an hour, written by whoever works (LS-13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from core.storage.database import insert_or_ignore
from core.storage.tables import arrivals_hour, service_hour

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Uptime:
    """`watched`: minutes since the service is counted; `there`: in how many of them it was there."""

    watched: int
    there: int

    @property
    def rate(self) -> float | None:
        """Which part of the time, 0 to 1; None: nothing was watched."""
        return min(1.0, self.there / self.watched) if self.watched else None


def note(connection: Connection, *, now: datetime) -> bool:
    """The service is there in this minute; whether nobody had said so yet."""
    minute = now.replace(second=0, microsecond=0)
    hour = minute.replace(minute=0)
    here = service_hour.c.hour == hour
    began = insert_or_ignore(connection, service_hour).values(hour=hour, minutes=1, last=minute)
    if connection.execute(began).rowcount == 1:
        return True
    more = update(service_hour).where(here, service_hour.c.last < minute)
    return connection.execute(more.values(minutes=service_hour.c.minutes + 1, last=minute)).rowcount == 1


def between(connection: Connection, *, first: datetime, until: datetime) -> Uptime:
    """Of these hours, counted from when the service was seen first."""
    known: datetime | None = connection.scalar(select(func.min(service_hour.c.hour)))
    begin = max(first, known) if known is not None else until
    within = (service_hour.c.hour >= begin, service_hour.c.hour < until)
    there = connection.scalar(select(func.coalesce(func.sum(service_hour.c.minutes), 0)).where(*within))
    return Uptime(max(0, (until - begin) // _MINUTE), int(there or 0))


def arrivals(connection: Connection, *, first: datetime, until: datetime) -> Mapping[str, int]:
    """Channel → what came by it, as far as the hours are still kept."""
    total = func.sum(arrivals_hour.c["items"])
    query = select(arrivals_hour.c.channel, total).where(arrivals_hour.c.hour >= first, arrivals_hour.c.hour < until)
    return {channel: int(many) for channel, many in connection.execute(query.group_by(arrivals_hour.c.channel))}
