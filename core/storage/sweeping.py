"""Deleting what has served: ended sessions, counted attempts, remembered answers; and what belongs to nobody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, or_, select, tuple_, union, union_all

from core.storage.tables import attempt, case, contact, idempotency, inbox_item, push_device, session

_BATCH = 1000
_UNSETTLED = ("new", "quarantined")


def sweep_sessions(
    connection: Connection, *, revoked_before: datetime, opened_before: datetime, most: int = _BATCH
) -> int:
    """Delete sessions that were ended before an instant, or opened before another; returns how many."""
    over = or_(session.c.revoked_at < revoked_before, session.c.created_at < opened_before)
    return _delete(connection, session, over, most)


def sweep_attempts(connection: Connection, *, before: datetime, pins_before: datetime, most: int = _BATCH) -> int:
    """Delete attempts older than an instant; wrong PINs of reports (`pin:`) count for longer. Returns how many."""
    of_pins = attempt.c.scope.startswith("pin:", autoescape=True)
    old = or_(attempt.c.at < pins_before, (attempt.c.at < before) & ~of_pins)
    return _delete(connection, attempt, old, most)


def sweep_answers(connection: Connection, *, before: datetime, most: int = _BATCH) -> int:
    """Forget answers that were remembered for repeated requests; returns how many."""
    return _delete(connection, idempotency, idempotency.c.at < before, most)


def sweep_followers(connection: Connection, *, closed_before: datetime, most: int = _BATCH) -> int:
    """Forget the browsers that follow cases closed before an instant; returns how many."""
    over = exists(select(case.c.id).where(case.c.id == push_device.c.owner, case.c.closed_at < closed_before))
    return _delete(connection, push_device, over, most)


def _delete(connection: Connection, table: Table, condition: ColumnElement[bool], most: int) -> int:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(condition).limit(most)
    return connection.execute(delete(table).where(key.in_(some))).rowcount


def without_owner(connection: Connection, subjects: Collection[str]) -> set[str]:
    """Those subjects of keys and files that are neither a contact, erased ones included, nor a case."""
    known = union(
        select(contact.c.id).where(contact.c.id.in_(subjects)), select(case.c.id).where(case.c.id.in_(subjects))
    )
    return set(subjects) - set(connection.scalars(known))


def unsettled_since(connection: Connection, channels: Collection[str]) -> list[datetime]:
    """When each item of these channels was received that nobody has worked through yet."""
    received = select(inbox_item.c.received_at).where(inbox_item.c.channel.in_(channels))
    each = (received.where(inbox_item.c.state == state) for state in _UNSETTLED)  # one partial index for each of them
    return list(connection.scalars(union_all(*each)))
