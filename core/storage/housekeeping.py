"""Daily housekeeping in the intake zone: old raw bodies go, their keys are wrapped anew when the master key changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select, update

from core.storage.tables import inbox_item, inbox_raw

_BATCH = 500
_UNSETTLED = ("new", "quarantined")


def purge_bodies(connection: Connection, *, before: datetime, most: int = _BATCH) -> int:
    """
    Forget raw bodies received before an instant, with their keys; returns how many. Call again until 0.

    One that still waits, or that nobody could read yet, stays: it is somebody's only copy.
    """
    waits = (
        select(inbox_item.c.id)
        .where(inbox_item.c.raw_id == inbox_raw.c.id, inbox_item.c.state.in_(_UNSETTLED))
        .exists()
    )
    old = (
        select(inbox_raw.c.id)
        .where(inbox_raw.c.received_at < before, inbox_raw.c.body_sealed.is_not(None), ~waits)
        .order_by(inbox_raw.c.received_at)
        .limit(most)
    )
    ids = list(connection.scalars(old))
    return connection.execute(
        update(inbox_raw).where(inbox_raw.c.id.in_(ids)).values(body_sealed=None, wrapped_key=None)
    ).rowcount


def wrapped_bodies(connection: Connection, *, after: str = "", most: int = _BATCH) -> list[tuple[str, bytes]]:
    """(raw id, wrapped key) of bodies that are kept, in order of id."""
    query = (
        select(inbox_raw.c.id, inbox_raw.c.wrapped_key)
        .where(inbox_raw.c.id > after, inbox_raw.c.wrapped_key.is_not(None))
        .order_by(inbox_raw.c.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(query)]


def rewrap_bodies(connection: Connection, renewed: Iterable[tuple[str, bytes, bytes]]) -> int:
    """Swap (raw id, old, new) where the old key still stands; one that was forgotten meanwhile stays forgotten."""
    swapped = 0
    for raw_id, old, new in renewed:
        standing = update(inbox_raw).where(inbox_raw.c.id == raw_id, inbox_raw.c.wrapped_key == old)
        swapped += connection.execute(standing.values(wrapped_key=new)).rowcount
    return swapped


def quarantined(connection: Connection, *, most: int = 500) -> list[tuple[int, str, datetime, str, bool]]:
    """(item id, channel, received at, reason, is its body there) of items nobody could read, the oldest first."""
    query = (
        select(
            inbox_item.c.id,
            inbox_item.c.channel,
            inbox_item.c.received_at,
            inbox_item.c.reason,
            inbox_raw.c.body_sealed.is_not(None),
        )
        .outerjoin(inbox_raw, inbox_raw.c.id == inbox_item.c.raw_id)
        .where(inbox_item.c.state == "quarantined")
        .order_by(inbox_item.c.id)
        .limit(most)
    )
    return [(row[0], row[1], row[2], row[3], bool(row[4])) for row in connection.execute(query)]
