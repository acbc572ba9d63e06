"""
The statements of acceptance: many rows in one go, a repeated key left alone.

Hot path: plain statements, no ORM. Items go first; a raw body is stored only when at least one of its items is new,
so that a repeated delivery leaves nothing behind. Rows are sorted by key, or overlapping batches deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError


class ItemRow(NamedTuple):
    """One row of `inbox_item`; keys are keyed hashes, instants microseconds UTC."""

    raw_id: str
    channel: str
    account: str
    dedupe_key: str
    conversation_key: str
    part: str
    provider_time: int
    received_at: int
    state: str
    reason: str


class RawRow(NamedTuple):
    """One row of `inbox_raw`: the sealed body and the wrapped key that opens it."""

    id: str
    channel: str
    account: str
    received_at: int
    body_sealed: bytes
    wrapped_key: bytes


class Acceptance(NamedTuple):
    """One delivery ready to be stored."""

    raw: RawRow
    items: tuple[ItemRow, ...]


_SQLITE_ITEM = """
INSERT INTO inbox_item (raw_id, channel, account, dedupe_key, conversation_key, part,
                        provider_time, received_at, state, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_SQLITE_RAW = """
INSERT INTO inbox_raw (id, channel, account, received_at, body_sealed, wrapped_key)
SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM inbox_item WHERE raw_id = ?1) ON CONFLICT DO NOTHING
"""
_PG_ITEM = """
INSERT INTO inbox_item (raw_id, channel, account, dedupe_key, conversation_key, part,
                        provider_time, received_at, state, reason)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::bigint[], $8::bigint[], $9::text[], $10::text[]) ON CONFLICT DO NOTHING
"""
_PG_RAW = """
INSERT INTO inbox_raw (id, channel, account, received_at, body_sealed, wrapped_key)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::bytea[])
           AS fresh (id, channel, account, received_at, body_sealed, wrapped_key)
WHERE EXISTS (SELECT 1 FROM inbox_item WHERE raw_id = fresh.id) ON CONFLICT DO NOTHING
"""


def store(connection: Connection, batch: Sequence[Acceptance]) -> None:
    """Store every delivery of a batch; what is there already stays as it is."""
    items = sorted((item for one in batch for item in one.items), key=lambda row: (row.channel, row.account, row[3]))
    raws = sorted(one.raw for one in batch)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_PG_ITEM, _columns(items))
        connection.exec_driver_sql(_PG_RAW, _columns(raws))
    else:
        connection.exec_driver_sql(_SQLITE_ITEM, [tuple(row) for row in items])
        connection.exec_driver_sql(_SQLITE_RAW, [tuple(row) for row in raws])


def is_about_data(error: Exception) -> bool:
    """Whether the database stands and only refuses what it was given (SQLSTATE classes 22 and 23)."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return isinstance(error, DataError | IntegrityError) or state[:2] in ("22", "23")
    return isinstance(error, ValueError)


def _columns(rows: Iterable[Sequence[object]]) -> tuple[list[object], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))
