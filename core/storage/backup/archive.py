"""The archive file of a backup: SQLite with the tables of the product, values as they are stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pysqlite3.dbapi2 as sqlite3
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    StaticPool,
    Table,
    create_engine,
    event,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only

from core.storage.tables import metadata
from core.storage.types import Instant, Json

T = TypeVar("T")
Row = dict[str, Any]

LEFT_OUT = frozenset({"inbox_lease", "session", "idempotency"})
_BATCH = 500
_PRAGMAS = ("journal_mode=DELETE", "synchronous=FULL", "cache_size=-8000")


class Archive:
    """One archive file, open. May be used from different threads, one at a time."""

    def __init__(self, path: Path) -> None:
        self._engine = create_engine(
            f"sqlite:///{path}", module=sqlite3, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        event.listen(self._engine, "connect", _configure)
        self.connection = self._engine.connect()

    def add(self, table: Table, rows: list[Row]) -> None:
        """Store rows; they are kept once `close` is told so."""
        self.connection.execute(insert(table), rows)

    def close(self, *, keep: bool = False) -> None:
        """Let go of the file; with `keep` what was added is on disk."""
        if keep:
            self.connection.commit()
        self.connection.close()
        self._engine.dispose()


def _configure(connection: Any, _record: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def archived_tables() -> list[Table]:
    """Every table of a backup, those that others point to first."""
    return [plain_table(table) for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def plain_table(table: Table) -> Table:
    """The same table with values as they are stored: no instant and no JSON is read on the way."""
    columns: list[Column[Any]] = [
        Column(column.name, _stored_type(column), primary_key=column.primary_key) for column in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _stored_type(column: Column[Any]) -> TypeEngine[Any]:
    if isinstance(column.type, Instant):
        return BigInteger()
    return LargeBinary() if isinstance(column.type, Json) else column.type


def batches(connection: Connection, table: Table) -> Iterator[list[Row]]:
    """All rows in order of their key, a few at a time; within one snapshot nothing can be missed."""
    keys = list(table.primary_key.columns)
    query, place = select(table).order_by(*keys).limit(_BATCH), tuple_(*keys)
    rows = connection.execute(query).all()
    while rows:
        yield [dict(row._mapping) for row in rows]
        last = tuple(rows[-1]._mapping[key.name] for key in keys)
        rows = connection.execute(query.where(place > last)).all()


def next_batch(waiting: Iterator[list[Row]]) -> list[Row]:
    """The next rows, none at the end; may be called in a thread."""
    return next(waiting, [])


def schema_version(connection: Connection) -> str:
    """The revision that a database was migrated to."""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def aside(work: Callable[[], T]) -> T:
    """Do something slow: here where we are in a thread (SQLite), in one where we are on the event loop (PostgreSQL)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    return await_only(asyncio.to_thread(work))
