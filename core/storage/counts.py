"""Counts that are kept because asking the archive would be dear: what a day's quota has left, what comes in an hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from core.storage.database import insert_or_ignore
from core.storage.tables import arrivals_hour, quota_day

KEPT = timedelta(weeks=6)


def spend(connection: Connection, channel: str, day: date, *, wanted: int, limit: int) -> int:
    """
    Take so many messages of a day's quota, or as many as are left; returns how many.

    Locks the day's row, so that two processes together never take more than there is.
    """
    here = {"channel": channel, "day": day.isoformat()}
    connection.execute(insert_or_ignore(connection, quota_day).values(spent=0, **here))
    mine = (quota_day.c.channel == channel) & (quota_day.c.day == here["day"])
    spent = connection.scalar(select(quota_day.c.spent).where(mine).with_for_update()) or 0
    taken = max(0, min(wanted, limit - spent))
    connection.execute(update(quota_day).where(mine).values(spent=quota_day.c.spent + taken))
    return taken


def give_back(connection: Connection, channel: str, day: date) -> None:
    """One message of that day's quota was not used: it never left."""
    mine = (quota_day.c.channel == channel) & (quota_day.c.day == day.isoformat()) & (quota_day.c.spent > 0)
    connection.execute(update(quota_day).where(mine).values(spent=quota_day.c.spent - 1))


def spent_on(connection: Connection, day: date) -> dict[str, int]:
    """What was taken of each channel's quota; days long over are thrown away by `forget`."""
    query = select(quota_day.c.channel, quota_day.c.spent).where(quota_day.c.day == day.isoformat())
    return {row.channel: row.spent for row in connection.execute(query)}


def forget(connection: Connection, *, now: datetime) -> None:
    """Drop what nobody compares with any more."""
    connection.execute(delete(quota_day).where(quota_day.c.day < (now - KEPT).date().isoformat()))
    connection.execute(delete(arrivals_hour).where(arrivals_hour.c.hour < now - KEPT))
