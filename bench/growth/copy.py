"""
The same store on PostgreSQL: an embedded store copied row by row, keys and all.

    python -m bench.growth.copy --of FOLDER --data FOLDER --database-url postgresql://…

Much quicker than making it twice, and the two hold the very same cases.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite3
from sqlalchemy import Boolean, Table

from bench.growth.load import NOTE, settings_of
from bench.growth.store import PostgresBulk
from core.storage import search_schema
from core.storage.tables import key_metadata, metadata
from gateway.deployment import open_deployment

_AT_ONCE = 20_000


async def copy(of: Path, data: Path, *, database_url: str) -> None:
    """Fill an empty database. `of` must not be open anywhere, and of this version."""
    data.mkdir(parents=True)
    shutil.copy(of / "master.key", data / "master.key")
    async with open_deployment(settings_of(data, database_url)) as deployment:
        await deployment.database.write(search_schema.pause)
    bulk = await PostgresBulk.open(database_url)
    for table in (*metadata.sorted_tables, *key_metadata.sorted_tables):
        await bulk.empty(table.name)
        path = of / ("keys/keys.sqlite3" if table.name in key_metadata.tables else "langnghe.sqlite3")
        rows = _rows(path, table)
        while some := await asyncio.to_thread(next, rows, None):
            await bulk.copy({table.name: some})
    await bulk.finish()
    async with open_deployment(settings_of(data, database_url)) as deployment:
        await deployment.database.write(search_schema.resume)
    shutil.copy(of / NOTE, data / NOTE)


def _rows(path: Path, table: Table) -> Iterator[list[Any]]:
    """Rows as PostgreSQL wants them: SQLite keeps truth as a number."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    truths = [number for number, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    cursor = connection.execute(f'SELECT {names} FROM "{table.name}" ORDER BY rowid')
    while rows := cursor.fetchmany(_AT_ONCE):
        yield [_told(row, truths) for row in rows] if truths else rows
    connection.close()


def _told(row: tuple[Any, ...], truths: list[int]) -> list[Any]:
    made = list(row)
    for number in truths:
        made[number] = bool(made[number])
    return made


def main() -> None:
    """Copy one store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--of", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", required=True)
    given = parser.parse_args()
    asyncio.run(copy(given.of, given.data, database_url=given.database_url))


if __name__ == "__main__":
    main()
