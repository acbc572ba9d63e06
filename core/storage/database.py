"""
Two databases behind one face.

Every read and write is a plain function over a SQLAlchemy `Connection`; only this module knows which engine runs it.
`write` returns after the commit is on disk, and each function is a transaction of its own: all or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Insert

from core.storage.intake_rows import Acceptance

__all__ = ["Connection", "Database", "insert_or_ignore", "insert_or_ignore_on", "padded", "upsert"]

T = TypeVar("T")


class Database(Protocol):
    """What storage offers the rest of the process."""

    dialect: str
    commits_at_once: int
    """How many commits gain from being under way at once."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a reading function on a snapshot; it cannot write."""

    async def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Run a writing function in a transaction; `urgent` work goes before everything that waits."""

    async def write_at_length(self, work: Callable[[Connection], T]) -> T:
        """The same for what may take minutes in a large store: a migration, an index made anew."""

    async def accept(self, batch: Sequence[Acceptance]) -> None:
        """Store deliveries in one transaction, on the shortest way there is; before everything that waits."""

    async def erase_traces(self) -> None:
        """After an erasure: leave no copy of deleted rows behind in logs and free pages."""

    async def close(self) -> None:
        """Finish what runs, then let go of every connection."""


def insert_or_ignore(connection: Connection, table: Table) -> Insert:
    """An INSERT that leaves a row alone when its unique key is already there."""
    return insert_or_ignore_on(connection.dialect.name, table)


def insert_or_ignore_on(dialect: str, table: Table) -> Insert:
    """The same, for a named dialect."""
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(table).on_conflict_do_nothing()


def padded(ones: Collection[T]) -> list[T]:
    """
    What `IN (…)` is told: these, the last of them again and again until they are a power of two.

    Every length is another statement, which each connection would prepare for itself.
    """
    known = list(ones)
    wanted = 1 << max(len(known) - 1, 0).bit_length()
    return known + known[-1:] * (wanted - len(known))


def upsert(connection: Connection, table: Table, *, update: list[str]) -> Insert:
    """An INSERT that overwrites the named columns when the primary key is already there."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(table)
    keys = [column.name for column in table.primary_key.columns]
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in update}
    )
