"""Answers to requests that may come twice, under the key by which the second is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from core.storage.database import insert_or_ignore
from core.storage.tables import idempotency


@dataclass(frozen=True)
class Remembered:
    """The answer given to an earlier request with the same idempotency key."""

    body_hash: str
    status: int
    response: bytes


def remembered(connection: Connection, *, scope: str, key: str) -> Remembered | None:
    """What was answered under this key, or None."""
    row = connection.execute(
        select(idempotency.c.body_hash, idempotency.c.status, idempotency.c.response).where(
            idempotency.c.scope == scope, idempotency.c.key == key
        )
    ).one_or_none()
    return None if row is None else Remembered(row[0], row[1], row[2])


def remember(connection: Connection, *, scope: str, key: str, answer: Remembered, now: datetime) -> None:
    """Keep an answer in the transaction of what it answers; a unique key stops the second of two at once."""
    connection.execute(insert(idempotency).values(scope=scope, key=key, at=now, **answer.__dict__))


def remember_once(connection: Connection, *, scope: str, key: str, answer: Remembered, now: datetime) -> bool:
    """Keep an answer unless this key was answered before; False: it was, and nothing is changed."""
    fresh = insert_or_ignore(connection, idempotency).values(scope=scope, key=key, at=now, **answer.__dict__)
    return connection.execute(fresh).rowcount == 1
