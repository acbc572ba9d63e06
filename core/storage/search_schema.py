"""
The tables that search and agencies' lists stand on, and how the database keeps them.

They are made from `case` and `publication`. Triggers keep them in the transaction that changes a row, so that nobody
can forget to, and what is erased there is erased here. They hold nothing of their own: a backup leaves them out, and
`fill` makes them anew. Marks narrow a search down: the agencies of a case, the kind of a publication.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import Connection

from core.storage import search_postgres, search_sqlite
from core.storage.search_indexes import INDEXES


def create(connection: Connection) -> None:
    """Make tables and triggers; they are empty until `fill`."""
    _run(connection, _sql(connection).tables())
    resume(connection)


def pause(connection: Connection) -> None:
    """Let rows come and go unnoticed, for a load of very many; `catch_up` afterwards."""
    _run(connection, _sql(connection).without_triggers())


def resume(connection: Connection) -> None:
    """Keep up with every change from now on."""
    _run(connection, _sql(connection).triggers())


def catch_up(connection: Connection) -> None:
    """After a pause: everything anew, and every change from now on."""
    fill(connection)
    resume(connection)


def drop(connection: Connection) -> None:
    """Take everything away: the archive of a backup needs none of it."""
    pause(connection)
    _run(connection, _sql(connection).without_tables())


def fill(connection: Connection) -> None:
    """Make the content anew from what stands in `case` and `publication`."""
    _run(connection, _sql(connection).contents())


def is_derived(name: str) -> bool:
    """Whether a table is one of these, or one that FTS5 keeps beside them."""
    made = [f"{index.name}_{end}" for index in INDEXES for end in ("place", "words", "search")]
    return name == "case_agency" or name.startswith(tuple(made))


class _Sql(Protocol):
    """One dialect's statements, in order."""

    def tables(self) -> Iterable[str]: ...
    def without_tables(self) -> Iterable[str]: ...
    def triggers(self) -> Iterable[str]: ...
    def without_triggers(self) -> Iterable[str]: ...
    def contents(self) -> Iterable[str]: ...


def _sql(connection: Connection) -> _Sql:
    return search_postgres if connection.dialect.name == "postgresql" else search_sqlite


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
