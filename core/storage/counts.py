"""Counts that are kept because asking the archive would be dear: what a day's quota has left, what comes in an hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Connection, delete, func, literal, select, type_coerce, update

from core.storage import settings
from core.storage.database import insert_or_ignore
from core.storage.tables import arrivals_hour, inbox_item, quota_day, setting
from core.storage.types import from_microseconds

KEPT = timedelta(weeks=6)
STEP = 20_000
"""How many arrivals one transaction counts."""
_COUNTED = "counted-arrivals"
_HOUR = 3_600_000_000


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


def uncounted(connection: Connection) -> bool:
    """Whether anything has come that is not counted yet; a look costs less than counting."""
    newest = connection.scalar(select(func.max(inbox_item.c.id))) or 0
    known = settings.get(connection, _COUNTED)
    return known is None or int(known) < newest


def count_arrivals(connection: Connection) -> bool:
    """
    Add some of what has come since the last time, from now on; whether more of it waits to be counted.

    What lies there before the first time is not counted. A row that was stored late under an early number may be
    missed: this is for comparing one week with another. Whoever finds another process counting leaves it to that one.
    """
    mark = setting.c.key == _COUNTED
    newest = connection.scalar(select(func.max(inbox_item.c.id))) or 0
    if settings.get(connection, _COUNTED) is None:
        connection.execute(insert_or_ignore(connection, setting).values(key=_COUNTED, value=newest))
    known = connection.scalar(select(setting.c.value).where(mark).with_for_update(skip_locked=True))
    if known is None:
        return False
    last = min(newest, int(known) + STEP)
    for (channel, hour), items in _between(connection, int(known), last).items():
        _add(connection, channel, hour, items)
    settings.put(connection, _COUNTED, last)
    return last < newest


def _between(connection: Connection, known: int, last: int) -> dict[tuple[str, datetime], int]:
    hour = type_coerce(inbox_item.c.received_at, BigInteger) // literal(_HOUR, BigInteger)
    query = select(inbox_item.c.channel, hour, func.count()).group_by(inbox_item.c.channel, hour)
    rows = connection.execute(query.where(inbox_item.c.id > known, inbox_item.c.id <= last))
    return {(channel, from_microseconds(number * _HOUR)): items for channel, number, items in rows}


def _add(connection: Connection, channel: str, hour: datetime, items: int) -> None:
    here = (arrivals_hour.c.channel == channel) & (arrivals_hour.c.hour == hour)
    row = {"channel": channel, "hour": hour, "items": 0}
    connection.execute(insert_or_ignore(connection, arrivals_hour).values(row))
    connection.execute(update(arrivals_hour).where(here).values(items=arrivals_hour.c["items"] + items))


def arrivals(connection: Connection) -> dict[str, dict[datetime, int]]:
    """By channel and hour, over all weeks that are kept."""
    found: dict[str, dict[datetime, int]] = {}
    for row in connection.execute(select(arrivals_hour)):
        found.setdefault(row.channel, {})[row.hour] = row.items
    return found
