"""
Writes that are done for many at once: the rows of all units of work in one transaction, table by table.

A unit of work asks for `(Together, one)`; whoever stores several units gathers what belongs together and hands it over
in one call, so that sixty-four reports cost one round trip a table and not one each. Parents come before children.

New rows go to the driver as they are, without SQLAlchemy between: column by column where the server takes that, the
rows of all tables in one statement (PostgreSQL: one round trip, one plan), on SQLite many rows a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from core.storage.tables import metadata

_ORDER = {table.name: number for number, table in enumerate(metadata.sorted_tables)}
_LAST = len(_ORDER)
_MOST_ROWS = 64
_ANY_NUMBER = 16
_LOCKED = ("case", "conversation", "otp_challenge", "timer")


@dataclass(frozen=True, eq=False)
class Together:
    """
    `store` writes many of one sort; those with a lower `order` go first. `rows`: where they go, of what is nothing but
    new rows of a table.
    """

    order: int
    store: Callable[[Connection, Sequence[Any]], object]
    rows: _Rows | None = None


Entry = tuple[Together, Any]
"""One of its sort, to be stored with the others."""


@dataclass(frozen=True)
class _Rows:
    """New rows of a table; `repeated`: one whose unique key is there already is left alone."""

    table: Table
    repeated: bool

    def store(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """These, in their order."""
        if connection.dialect.name == _SERVER:
            _store_rows(connection, [(self, rows)])
            return
        for filling, some in self.by_columns(rows, connection.dialect.name):
            filling.store(connection, some)

    def by_columns(self, rows: Sequence[Mapping[str, Any]], dialect: str) -> Iterator[tuple[_Filling, Sequence[Any]]]:
        """Those that name the same columns go in together."""
        sorts: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
        for row in rows:
            sorts.setdefault(tuple(row), []).append(row)
        for names, some in sorts.items():
            yield _filling(self.table, names, dialect, self.repeated), some


def rows_into(table: Table, *, repeated: bool = False) -> Together:
    """New rows (mappings by column) of a table; `repeated`: one whose unique key is there already is left alone."""
    known = _Rows(table, repeated)
    return Together(_ORDER[table.name], known.store, known)


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, repeated: bool = False
) -> None:
    """The same at once, for one who has them all."""
    _Rows(table, repeated).store(connection, rows)


def locking(table: str, store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """
    Changes of rows that others may be at, each found as it was read or VersionConflict: before anything else runs.

    `store` locks them in order of id, and the tables come one after the other: or two processes wait for one another.
    """
    return Together(_LOCKED.index(table) - len(_LOCKED) - 1, store)


def before_rows(store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """What finds out whether a unit may be stored at all, before anything else runs into it."""
    return Together(-1, store)


def after_rows(store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """What is looked at or changed once the new rows stand."""
    return Together(_LAST, store)


Row = tuple[Any, ...]
Bind = Callable[[Any], Any]
"""From a value to what the driver takes."""


@dataclass(frozen=True, eq=False)
class _Filling:
    """
    An INSERT of some columns. `binds`: for each of them; None where the driver takes the value as it is.

    `sorts`: the SQL types of the columns where the server takes them as arrays, else empty. Then there are many rows a
    statement, since SQLite's driver lets other threads run during each and may wait for the event loop after it.
    """

    table: str
    into: str
    end: str
    names: tuple[str, ...]
    binds: tuple[Bind | None, ...]
    sorts: tuple[str, ...]

    def store(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows that name these columns and no others, in their order, where values are given row by row."""
        row = f"({', '.join('?' * len(self.names))})"
        for some in in_few_sizes(list(zip(*self.columns(rows), strict=True))):
            text = f"{self.into} VALUES {', '.join([row] * len(some))}{self.end}"
            connection.exec_driver_sql(text, tuple(chain.from_iterable(some)))

    def columns(self, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        """The values of each column, as the driver takes them."""
        return [
            [row[name] for row in rows] if bind is None else [bind(row[name]) for row in rows]
            for name, bind in zip(self.names, self.binds, strict=True)
        ]

    def over_arrays(self, first: int) -> str:
        """The statement where values are given column by column; `first`: the number of its first parameter."""
        arrays = (f"${number}::{sort}[]" for number, sort in enumerate(self.sorts, first))
        return f"{self.into} SELECT * FROM unnest({', '.join(arrays)}){self.end}"  # noqa: S608 - our own names, no value


def in_few_sizes(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """As few statements as there can be of few texts, which all stay prepared: 64 rows, 32, 16, then what is left."""
    start, size = 0, _MOST_ROWS
    while start < len(rows):
        while size > max(len(rows) - start, _ANY_NUMBER):
            size //= 2
        yield rows[start : start + size]
        start += size


@lru_cache(maxsize=256)
def _filling(table: Table, names: tuple[str, ...], dialect_name: str, repeated: bool) -> _Filling:
    """How rows of these columns go into a table. The statement is put together from names of our own, never data."""
    dialect = _DIALECTS[dialect_name]()
    columns = [table.c[name] for name in names]
    quoted = dialect.identifier_preparer.quote
    return _Filling(
        table=table.name,
        into=f"INSERT INTO {dialect.identifier_preparer.format_table(table)} ({', '.join(map(quoted, names))})",
        end=" ON CONFLICT DO NOTHING" if repeated else "",
        names=names,
        binds=binders(table, names, dialect_name),
        sorts=tuple(_sort(column, dialect) for column in columns) if dialect_name == _SERVER else (),
    )


@lru_cache(maxsize=256)
def binders(table: Table, names: tuple[str, ...], dialect_name: str) -> tuple[Bind | None, ...]:
    """How values of these columns are told to the driver; None: as they are."""
    dialect = _DIALECTS[dialect_name]()
    return tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)


def _sort(column: Column[Any], dialect: Dialect) -> str:
    """The SQL type of a column, without its length: a cast to one would cut what is too long instead of refusing it."""
    return re.sub(r"\(.*\)", "", column.type.compile(dialect))


_SERVER = "postgresql"
_DIALECTS = {_SERVER: asyncpg.dialect, "sqlite": sqlite.dialect}


def store_together(connection: Connection, entries: Iterable[Entry]) -> None:
    """Store everything, each sort in one go, in the order in which it was asked for inside a sort."""
    sorts: dict[Together, list[Any]] = {}
    for sort, one in entries:
        sorts.setdefault(sort, []).append(one)
    ordered = sorted(sorts, key=attrgetter("order"))
    served = connection.dialect.name == _SERVER
    for only_rows, some in groupby(ordered, key=lambda sort: served and sort.rows is not None):
        if only_rows:
            _store_rows(connection, [(sort.rows, sorts[sort]) for sort in some if sort.rows is not None])
        else:
            for sort in some:
                sort.store(connection, sorts[sort])


def _store_rows(connection: Connection, sorts: Iterable[tuple[_Rows, Sequence[Any]]]) -> None:
    """In one statement, or in as many as one table has sorts of rows: inside a statement no order is promised."""
    waiting = [one for sort, rows in sorts for one in sort.by_columns(rows, _SERVER)]
    while waiting:
        chosen: dict[str, tuple[_Filling, Sequence[Any]]] = {}
        later = [one for one in waiting if chosen.setdefault(one[0].table, one) is not one]
        columns = chain.from_iterable(filling.columns(rows) for filling, rows in chosen.values())
        connection.exec_driver_sql(_in_one(tuple(filling for filling, _ in chosen.values())), tuple(columns))
        waiting = later


@lru_cache(maxsize=256)
def _in_one(fillings: tuple[_Filling, ...]) -> str:
    """
    Several INSERTs as one statement.

    In which order they are carried out does not matter: whether a row's parent is there is looked at when all stand.
    """
    starts = accumulate((len(filling.names) for filling in fillings), initial=1)
    *others, last = [filling.over_arrays(start) for filling, start in zip(fillings, starts, strict=False)]
    named = ", ".join(f"put_{number} AS ({text})" for number, text in enumerate(others))
    return f"WITH {named} {last}" if others else last
