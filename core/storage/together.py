"""
Writes that are done for many at once: the rows of all units of work in one transaction, table by table.

A unit of work asks for `(Together, one)`; whoever stores several units gathers what belongs together and hands it over
in one call, so that sixty-four reports cost one round trip a table and not one each. Parents come before children.

New rows go to the driver as they are, without SQLAlchemy between: column by column where the server takes that
(PostgreSQL plans and runs one statement for all), on SQLite many rows a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from core.storage.tables import metadata

_ORDER = {table.name: number for number, table in enumerate(metadata.sorted_tables)}
_LAST = len(_ORDER)
_MOST_ROWS = 64


@dataclass(frozen=True, eq=False)
class Together:
    """`store` writes many of one sort; those with a lower `order` go first."""

    order: int
    store: Callable[[Connection, Sequence[Any]], object]


Entry = tuple[Together, Any]
"""One of its sort, to be stored with the others."""


def rows_into(table: Table, *, repeated: bool = False) -> Together:
    """New rows (mappings by column) of a table; `repeated`: one whose unique key is there already is left alone."""

    def store(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        sorts: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for row in rows:
            sorts.setdefault(tuple(row), []).append(row)
        for names, some in sorts.items():
            _filling(table, names, connection.dialect.name, repeated).store(connection, some)

    return Together(_ORDER[table.name], store)


def before_rows(store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """What finds out whether a unit may be stored at all, before anything else runs into it."""
    return Together(-1, store)


def after_rows(store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """What is looked at or changed once the new rows stand."""
    return Together(_LAST, store)


Row = tuple[Any, ...]
Bind = Callable[[Any], Any]
"""From a value to what the driver takes."""


@dataclass(frozen=True)
class _Filling:
    """
    An INSERT of some columns. `binds`: for each of them; None where the driver takes the value as it is.

    `row`: what is put for each further row on SQLite, whose driver lets other threads run during each statement and may
    wait for the event loop after it. Empty where columns are given as arrays.
    """

    start: str
    row: str
    end: str
    names: tuple[str, ...]
    binds: tuple[Bind | None, ...]

    def store(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows that name these columns and no others, in their order."""
        columns = [
            [row[name] for row in rows] if bind is None else [bind(row[name]) for row in rows]
            for name, bind in zip(self.names, self.binds, strict=True)
        ]
        if not self.row:
            connection.exec_driver_sql(self.start + self.end, tuple(columns))
            return
        given = list(zip(*columns, strict=True))
        for some in _in_few_sizes(given):
            text = self.start + ", ".join([self.row] * len(some)) + self.end
            connection.exec_driver_sql(text, tuple(chain.from_iterable(some)))


def _in_few_sizes(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """As few statements as there can be of few texts, which all stay prepared: 64 rows, then 32, 16 …"""
    start, size = 0, _MOST_ROWS
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


@lru_cache(maxsize=256)
def _filling(table: Table, names: tuple[str, ...], dialect_name: str, repeated: bool) -> _Filling:
    """How rows of these columns go into a table. The statement is put together from names of our own, never data."""
    dialect = _DIALECTS[dialect_name]()
    columns = [table.c[name] for name in names]
    quoted = dialect.identifier_preparer.quote
    into = f"INSERT INTO {quoted(table.name)} ({', '.join(quoted(name) for name in names)})"
    end = " ON CONFLICT DO NOTHING" if repeated else ""
    row = ""
    if dialect_name == "postgresql":
        arrays = (f"${number}::{_sort(column, dialect)}[]" for number, column in enumerate(columns, 1))
        into += f" SELECT * FROM unnest({', '.join(arrays)})"  # noqa: S608
    else:
        into, row = f"{into} VALUES ", f"({', '.join('?' * len(columns))})"
    binds = tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)
    return _Filling(into, row, end, names, binds)


def _sort(column: Column[Any], dialect: Dialect) -> str:
    """The SQL type of a column, without its length: a cast to one would cut what is too long instead of refusing it."""
    return re.sub(r"\(.*\)", "", column.type.compile(dialect))


_DIALECTS = {"postgresql": asyncpg.dialect, "sqlite": sqlite.dialect}


def store_together(connection: Connection, entries: Iterable[Entry]) -> None:
    """Store everything, each sort in one go, in the order in which it was asked for inside a sort."""
    sorts: dict[Together, list[Any]] = {}
    for sort, one in entries:
        sorts.setdefault(sort, []).append(one)
    for sort in sorted(sorts, key=attrgetter("order")):
        sort.store(connection, sorts[sort])
