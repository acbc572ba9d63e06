"""
The archive file of a backup: SQLite with the tables of the product, values as they are stored.

Indexes that no key needs are left away while rows come, and their statements kept in the file: whoever brings an older
archive up to date makes them first. Half an archive is thrown away, so nothing is synced before the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
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
    null,
    select,
    text,
    tuple_,
)
from sqlalchemy.types import TypeEngine
from sqlalchemy.util import await_only

from core.folders import sync_path
from core.storage import search_schema
from core.storage.migrations import upgrade
from core.storage.tables import metadata
from core.storage.types import Instant, Json

T = TypeVar("T")
Row = tuple[Any, ...]

LEFT_OUT = frozenset({"inbox_lease", "session", "idempotency"})
EMPTIED = {"inbox_raw": frozenset({"body_sealed", "wrapped_key"})}
_BATCH = 2000
_READING = ("cache_size=-8000",)
_FILLING = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-64000", "locking_mode=EXCLUSIVE")


class Archive:
    """One archive file, open. May be used from different threads, one at a time."""

    def __init__(self, path: Path, *, filling: bool = False) -> None:
        self._path = path
        self._engine = create_engine(
            f"sqlite:///{path}", module=sqlite3, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        pragmas = _FILLING if filling else _READING

        @event.listens_for(self._engine, "connect")
        def _configure(connection: Any, _record: Any) -> None:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")

        self.connection = self._engine.connect()

    @classmethod
    def fresh(cls, path: Path) -> Archive:
        """A new one in the present schema, ready to be filled."""
        archive = cls(path, filling=True)
        upgrade(archive.connection)
        search_schema.drop(archive.connection)  # made anew by whoever restores it
        archive._defer_indexes()
        archive.connection.commit()
        return archive

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Store rows, values in the order of the table's columns; they are kept once `close` is told so."""
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        places = ", ".join("?" for _ in table.columns)
        statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608 - our own names
        self._raw.executemany(statement, rows)

    def bring_up_to_date(self) -> None:
        """From an older schema to the present one."""
        if self.connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'deferred_index'")):
            for (statement,) in self.connection.execute(text("SELECT statement FROM deferred_index")).all():
                self.connection.exec_driver_sql(statement)
            self.connection.exec_driver_sql("DROP TABLE deferred_index")
        upgrade(self.connection)

    def close(self, *, keep: bool = False) -> None:
        """Let go of the file; with `keep` what was added is on disk."""
        if keep:
            self.connection.commit()
            self._raw.commit()  # of `add`, which SQLAlchemy knows nothing of
        self.connection.close()
        self._engine.dispose()
        if keep:
            sync_path(self._path)

    @property
    def _raw(self) -> Any:
        return self.connection.connection.dbapi_connection

    def _defer_indexes(self) -> None:
        made = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        indexes = self.connection.execute(text(made)).all()
        self.connection.exec_driver_sql("CREATE TABLE deferred_index (statement TEXT NOT NULL)")
        for name, statement in indexes:
            keep = text("INSERT INTO deferred_index VALUES (:statement)")
            self.connection.execute(keep, {"statement": statement})
            self.connection.exec_driver_sql(f'DROP INDEX "{name}"')


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
    """All rows in order of their key, some thousands at a time; within one snapshot nothing can be missed."""
    emptied = EMPTIED.get(table.name, frozenset())
    keys = list(table.primary_key.columns)
    columns = [null().label(column.name) if column.name in emptied else column for column in table.columns]
    places = [list(table.columns).index(key) for key in keys]
    query, order = select(*columns).order_by(*keys).limit(_BATCH), tuple_(*keys)
    rows = _fetch(connection, query)
    while rows:
        yield rows
        last = tuple(rows[-1][place] for place in places)
        rows = _fetch(connection, query.where(order > last))


def _fetch(connection: Connection, query: Any) -> list[Row]:
    """The driver's own tuples: everything in between would cost more than the database."""
    result = connection.execute(query)
    cursor: Any = result.cursor
    found: list[Row] = list(cursor.fetchall())
    result.close()
    return found


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
