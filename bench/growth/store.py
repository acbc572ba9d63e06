"""Writing millions of rows: indexes and constraints away, plain rows in bulk, indexes and constraints back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import pysqlite3.dbapi2 as sqlite3

from core.storage import search_postgres, search_sqlite
from core.storage.tables import key_metadata, metadata

Rows = Mapping[str, Sequence[Sequence[Any]]]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    table.name: tuple(column.name for column in table.columns)
    for known in (metadata, key_metadata)
    for table in known.sorted_tables
}
# Numbers that the database would give: table, with the place of the column.
SERIALS = {"outbox": "seq", "inbox_item": "id"}
_CACHE_KIB = 3_000_000


class Bulk(Protocol):
    """Where the rows go; open until `finish`."""

    async def add(self, rows: Rows) -> None:
        """Store rows by table, in the order of its columns."""

    async def finish(self) -> None:
        """Make what is derived, and every index again. Triggers are the caller's to resume."""


class Numbers:
    """Goes on counting where the tables stand."""

    def __init__(self, last: Mapping[str, int]) -> None:
        self._last = dict(last)

    def give(self, rows: Rows) -> Rows:
        """Number the rows that have a number, in place."""
        for table in SERIALS.keys() & rows.keys():
            for row in rows[table]:
                self._last[table] += 1
                row[0] = self._last[table]  # type: ignore[index]
        return rows


class SqliteBulk:
    """Into the two files of an embedded deployment that nobody has open."""

    def __init__(self, data: Path) -> None:
        self._main, self._keys = _open(data / "langnghe.sqlite3"), _open(data / "keys" / "keys.sqlite3")
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        self._indexes = dict(self._main.execute(named).fetchall())
        for name in self._indexes:
            self._main.execute(f'DROP INDEX "{name}"')
        last = {
            table: self._main.execute(f'SELECT coalesce(max("{column}"), 0) FROM "{table}"').fetchone()[0]
            for table, column in SERIALS.items()
        }
        self._numbers = Numbers(last)

    async def add(self, rows: Rows) -> None:
        """See `Bulk`."""
        await asyncio.to_thread(self._add, self._numbers.give(rows))

    def _add(self, rows: Rows) -> None:
        for table, some in rows.items():
            names = ", ".join(f'"{name}"' for name in COLUMNS[table])
            marks = ", ".join("?" * len(COLUMNS[table]))
            into = self._keys if table in key_metadata.tables else self._main
            into.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', some)

    async def finish(self) -> None:
        """See `Bulk`."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        for statement in (*search_sqlite.contents(), *self._indexes.values()):
            self._main.execute(statement)
        for connection in (self._main, self._keys):
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.close()


def _open(path: Path) -> Any:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("BEGIN EXCLUSIVE")
    return connection


class PostgresBulk:
    """Into a database that nobody else writes."""

    def __init__(self, connection: asyncpg.Connection, constraints: list[Any], indexes: list[Any]) -> None:
        self._connection, self._constraints, self._indexes = connection, constraints, indexes
        self._numbers = Numbers(dict.fromkeys(SERIALS, 0))

    @classmethod
    async def open(cls, dsn: str) -> PostgresBulk:
        """Connect and take everything away that is cheaper to make at the end. The tables must be empty."""
        connection = await asyncpg.connect(dsn.replace("+asyncpg", ""), ssl=False)
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'", "statement_timeout = 0"):
            await connection.execute(f"SET {setting}")
        constraints = await connection.fetch(
            """SELECT conrelid::regclass::text AS own, conname AS name, pg_get_constraintdef(oid) AS made, contype
               FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')
               AND conrelid <> 'alembic_version'::regclass ORDER BY contype = 'f'"""
        )
        for one in reversed(constraints):
            await connection.execute(f'ALTER TABLE {one["own"]} DROP CONSTRAINT "{one["name"]}"')
        indexes = await connection.fetch(
            "SELECT indexname AS name, indexdef AS made FROM pg_indexes WHERE schemaname = 'public'"
            " AND tablename <> 'alembic_version'"
        )
        for one in indexes:
            await connection.execute(f'DROP INDEX "{one["name"]}"')
        return cls(connection, constraints, indexes)

    async def add(self, rows: Rows) -> None:
        """See `Bulk`."""
        await self.copy(self._numbers.give(rows))

    async def empty(self, table: str) -> None:
        """Take away what a first start has put there."""
        await self._connection.execute(f'TRUNCATE "{table}"')

    async def copy(self, rows: Rows) -> None:
        """Rows that have their numbers."""
        for table, some in rows.items():
            await self._connection.copy_records_to_table(table, records=some, columns=COLUMNS[table], timeout=None)

    async def finish(self) -> None:
        """See `Bulk`."""
        for statement in search_postgres.contents():
            await self._connection.execute(statement)
        for one in self._constraints:
            await self._connection.execute(f'ALTER TABLE {one["own"]} ADD CONSTRAINT "{one["name"]}" {one["made"]}')
        for one in self._indexes:
            await self._connection.execute(one["made"])
        for table, column in SERIALS.items():
            await self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'),"
                f" (SELECT coalesce(max({column}), 1) FROM {table}))"
            )
        await self._connection.execute("VACUUM (ANALYZE)")
        await self._connection.execute("CHECKPOINT")
        await self._connection.close()


def counted(rows: Rows) -> int:
    """How many rows."""
    return sum(map(len, rows.values()))


def merged(parts: Iterable[Rows]) -> dict[str, list[Sequence[Any]]]:
    """Several batches as one."""
    whole: dict[str, list[Sequence[Any]]] = {}
    for part in parts:
        for table, rows in part.items():
            whole.setdefault(table, []).extend(rows)
    return whole
