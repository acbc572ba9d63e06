"""
Changes of many rows in one go, each found by its key.

SQLite's driver lets other threads run during each statement, and then has to wait until the event loop lets go of the
interpreter: so there are many rows a statement. A server gets them row by row, in the order given (locks), in one
round trip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

from core.storage.together import binders, in_few_sizes


@dataclass(frozen=True)
class Changes:
    """
    Rows of a table, each with a value for the column `by`, which finds it, and for those it shall have, `to`.

    `also`: what changes for each without a value of its own, as SQL.
    """

    table: Table
    by: str
    to: tuple[str, ...]
    also: str = ""

    def store(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change these; a row that is not there is left out."""
        values = self._values(rows, connection.dialect.name)
        if values and connection.dialect.name == "postgresql":
            connection.exec_driver_sql(self._one, values)
            return
        for some in in_few_sizes(values):
            connection.exec_driver_sql(self._many(len(some)), tuple(chain.from_iterable(some)))

    def _values(self, rows: Sequence[Mapping[str, Any]], dialect: str) -> list[tuple[Any, ...]]:
        names = (self.by, *self.to)
        ways = [(name, bind) for name, bind in zip(names, binders(self.table, names, dialect), strict=True)]
        return [tuple(row[name] if bind is None else bind(row[name]) for name, bind in ways) for row in rows]

    # Both texts are put together from names of our own, never from data.
    @cached_property
    def _one(self) -> str:
        changed = [f'"{name}" = ${number}' for number, name in enumerate(self.to, 2)]
        return f'UPDATE "{self.table.name}" SET {self._changing(changed)} WHERE "{self.by}" = $1'  # noqa: S608

    def _many(self, rows: int) -> str:
        given = ", ".join([f"({', '.join('?' * (len(self.to) + 1))})"] * rows)
        changed = self._changing([f'"{name}" = given.column{number}' for number, name in enumerate(self.to, 2)])
        which = f'"{self.table.name}"."{self.by}" = given.column1'
        return f'UPDATE "{self.table.name}" SET {changed} FROM (VALUES {given}) AS given WHERE {which}'  # noqa: S608

    def _changing(self, changed: list[str]) -> str:
        return ", ".join([*changed, *filter(None, [self.also])])
