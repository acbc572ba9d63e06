"""
Writes that are done for many at once: the rows of all units of work in one transaction, table by table.

A unit of work asks for `(Together, one)`; whoever stores several units gathers what belongs together and hands it over
in one call, so that sixty-four reports cost one round trip a table and not one each. Parents come before children.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.sql import Insert

from core.storage.database import insert_or_ignore_on
from core.storage.tables import metadata

_ORDER = {table.name: number for number, table in enumerate(metadata.sorted_tables)}
_LAST = len(_ORDER)


@dataclass(frozen=True, eq=False)
class Together:
    """`store` writes many of one sort; those with a lower `order` go first."""

    order: int
    store: Callable[[Connection, Sequence[Any]], object]


Entry = tuple[Together, Any]
"""One of its sort, to be stored with the others."""


def rows_into(table: Table, *, repeated: bool = False) -> Together:
    """New rows (mappings by column) of a table; `repeated`: one whose unique key is there already is left alone."""

    def store(connection: Connection, rows: Sequence[Any]) -> None:
        connection.execute(_insert(table, connection.dialect.name, repeated), rows)

    return Together(_ORDER[table.name], store)


def before_rows(store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """What finds out whether a unit may be stored at all, before anything else runs into it."""
    return Together(-1, store)


def after_rows(store: Callable[[Connection, Sequence[Any]], object]) -> Together:
    """What is looked at or changed once the new rows stand."""
    return Together(_LAST, store)


@lru_cache(maxsize=128)
def _insert(table: Table, dialect: str, repeated: bool) -> Insert:
    return insert_or_ignore_on(dialect, table) if repeated else insert(table)


def store_together(connection: Connection, entries: Iterable[Entry]) -> None:
    """Store everything, each sort in one go, in the order in which it was asked for inside a sort."""
    sorts: dict[Together, list[Any]] = {}
    for sort, one in entries:
        sorts.setdefault(sort, []).append(one)
    for sort in sorted(sorts, key=attrgetter("order")):
        sort.store(connection, sorts[sort])
