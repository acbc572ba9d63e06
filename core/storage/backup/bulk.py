"""
Very many rows into an empty database: by the driver alone, and without the indexes that no key needs meanwhile.

An index that grows row by row in no order costs more than the row; made at the end it is one sort.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, Table, text
from sqlalchemy.util import await_only

from core.storage.backup.archive import Row
from core.storage.tables import metadata

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = :table"
_POSTGRES = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = :table
AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u'))
"""


def put_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows as they were stored, values in the order of the table's columns."""
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    places = ", ".join("?" for _ in table.columns)
    raw: Any = connection.connection.dbapi_connection
    raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)  # noqa: S608 - our own names


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """COPY, which knows no cast: SQLite has kept yes and no as numbers."""
    flags = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    raw: Any = connection.connection.driver_connection
    records = [_with_flags(row, flags) for row in rows] if flags else rows
    columns = [column.name for column in table.columns]
    await_only(raw.copy_records_to_table(table.name, records=records, columns=columns))


def _with_flags(row: Row, flags: Sequence[int]) -> Row:
    values = list(row)
    for place in flags:
        values[place] = bool(values[place])
    return tuple(values)


def pause_indexes(connection: Connection) -> list[str]:
    """Drop every index that no key needs; returns the statements that make them again."""
    query = text(_POSTGRES if connection.dialect.name == "postgresql" else _SQLITE)
    again = []
    for table in metadata.sorted_tables:
        for name, statement in connection.execute(query, {"table": table.name}).all():
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
            again.append(str(statement))
    return again


def make_indexes(connection: Connection, statements: Sequence[str]) -> None:
    """Make them again, and tell the planner what there is now."""
    for statement in statements:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f'ANALYZE "{table.name}"')
