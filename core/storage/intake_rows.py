"""
The statements of acceptance: many rows in one go, a repeated key left alone.

Hot path: each database's own driver, no SQLAlchemy between. Items go first; a raw body is stored only when at least one
of its items is new, so that a repeated delivery leaves nothing behind. Rows are sorted by key, or overlapping batches
of several processes deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import pysqlite3.dbapi2 as sqlite3
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


Row = tuple[Any, ...]

_ITEM_COLUMNS = ", ".join(ItemRow._fields)
_RAW_COLUMNS = ", ".join(RawRow._fields)
_BY_KEY = itemgetter(*(ItemRow._fields.index(name) for name in ("channel", "account", "dedupe_key")))

# The texts of all statements are put together from the names above and question marks, never from data (S608).
# In one statement: one round trip, and its own transaction without BEGIN and COMMIT.
_POSTGRES = f"""
WITH fresh AS (
    INSERT INTO inbox_item ({_ITEM_COLUMNS})
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                         $7::bigint[], $8::bigint[], $9::text[], $10::text[])
    ON CONFLICT DO NOTHING RETURNING raw_id
)
INSERT INTO inbox_raw ({_RAW_COLUMNS})
SELECT * FROM unnest($11::text[], $12::text[], $13::text[], $14::bigint[], $15::bytea[], $16::bytea[])
           AS raw ({_RAW_COLUMNS})
WHERE id IN (SELECT raw_id FROM fresh)
ON CONFLICT DO NOTHING
"""  # noqa: S608
# As many rows as there are go into one statement, up to so many: the driver lets other threads run while a statement
# runs, and after each of them may have to wait for the event loop. One text a number of rows, all kept prepared.
MOST_A_STATEMENT = 64
STATEMENTS = 2 * MOST_A_STATEMENT


async def store_postgres(connection: Any, batch: Sequence[Acceptance]) -> None:
    """Store a batch over an asyncpg connection, durable on return; what is there already stays as it is."""
    items, raws = _rows(batch)
    await connection.execute(_POSTGRES, *_columns(items), *_columns(raws))


def store_sqlite(connection: Any, batch: Sequence[Acceptance]) -> None:
    """Store a batch over a SQLite connection, inside its transaction; what is there already stays as it is."""
    items, raws = _rows(batch)
    for some in _chunks(items):
        connection.execute(_sqlite_items(len(some)), tuple(chain.from_iterable(some)))
    for some in _chunks(raws):
        connection.execute(_sqlite_raws(len(some)), tuple(chain.from_iterable(some)))


@cache
def _sqlite_items(count: int) -> str:
    return f"INSERT INTO inbox_item ({_ITEM_COLUMNS}) VALUES {_marks(ItemRow, count)} ON CONFLICT DO NOTHING"  # noqa: S608


@cache
def _sqlite_raws(count: int) -> str:
    return (
        f"INSERT INTO inbox_raw ({_RAW_COLUMNS}) SELECT * FROM (VALUES {_marks(RawRow, count)}) "  # noqa: S608
        "WHERE EXISTS (SELECT 1 FROM inbox_item WHERE raw_id = column1) ON CONFLICT DO NOTHING"
    )


def _marks(row: type[ItemRow] | type[RawRow], count: int) -> str:
    one = ", ".join("?" * len(row._fields))
    return ", ".join([f"({one})"] * count)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), MOST_A_STATEMENT):
        yield rows[start : start + MOST_A_STATEMENT]


def _rows(batch: Sequence[Acceptance]) -> tuple[list[ItemRow], list[RawRow]]:
    return sorted((item for one in batch for item in one.items), key=_BY_KEY), sorted(one.raw for one in batch)


def _columns(rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    return zip(*rows, strict=True)


def is_about_data(error: Exception) -> bool:
    """Whether the database stands and only refuses what it was given (SQLSTATE classes 22 and 23)."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return isinstance(error, DataError | IntegrityError) or state[:2] in ("22", "23")
    if state := getattr(error, "sqlstate", None):  # asyncpg's own
        return str(state)[:2] in ("22", "23")
    return isinstance(error, ValueError | sqlite3.DataError | sqlite3.IntegrityError)
