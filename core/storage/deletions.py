"""The book of what was deleted because it had served: what, up to when, how much, by whom (VN-14, VN-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from core.storage.tables import access_log, deletion

SYSTEM = "system"


@dataclass(frozen=True)
class Deletion:
    """One deed: `until` is before which instant everything went, none where another rule chose."""

    at: datetime
    what: str
    count: int
    until: datetime | None = None
    actor: str = SYSTEM


def note(connection: Connection, deeds: Iterable[Deletion]) -> None:
    """Into the book; a deed that found nothing is none."""
    rows = [one.__dict__ for one in deeds if one.count]
    if rows:
        connection.execute(insert(deletion), rows)


def newest(connection: Connection, *, most: int = 100) -> list[Deletion]:
    """The last deeds, the newest first."""
    columns = (deletion.c[name] for name in Deletion.__dataclass_fields__)
    query = select(*columns).order_by(deletion.c.at.desc(), deletion.c.id.desc()).limit(most)
    return [Deletion(*row) for row in connection.execute(query)]


def cut_accesses(connection: Connection, *, before: datetime, most: int = 5_000) -> int:
    """Delete what is known of who read what before an instant, some at a time; returns how much."""
    some = select(access_log.c.id).where(access_log.c.at < before).order_by(access_log.c.at).limit(most)
    return connection.execute(delete(access_log).where(access_log.c.id.in_(some))).rowcount


def oldest_access(connection: Connection) -> datetime | None:
    """Since when the log of readings reaches back; None while it is empty."""
    first = select(access_log.c.at).order_by(access_log.c.at).limit(1)
    return connection.scalar(first)
