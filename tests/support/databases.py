"""A fresh, migrated database for each test: SQLite by copying a migrated file, PostgreSQL by a template database."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from core.contract.schema import new_id
from core.storage.database import Database
from core.storage.migrations import upgrade
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from core.storage.tables import metadata
from core.storage.together import Together, store_together

if TYPE_CHECKING:
    from tests.support.servers import PostgresServer

ENGINES = ["sqlite", "postgresql"]
TEMPLATE = "langnghe_template"


def is_kept_on(thing: object, engine: str) -> bool:
    """Whether a part of the schema belongs to this engine: an index may be one engine's alone."""
    condition = getattr(thing, "_ddl_if", None)
    return condition is None or condition.dialect == engine


def indexes_of(engine: str) -> set[str]:
    """Names of all that the tables have there."""
    return {str(index.name) for table in metadata.sorted_tables for index in table.indexes if is_kept_on(index, engine)}


async def _migrate(database: Database) -> None:
    await database.write(upgrade)
    await database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, closed SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "langnghe.sqlite3"
    asyncio.run(_migrate(SqliteDatabase(path)))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> PostgresServer:
    """The PostgreSQL server, holding a migrated template database."""
    postgres_server.create_database(TEMPLATE)
    asyncio.run(_migrate(PostgresDatabase(postgres_server.url(TEMPLATE))))
    return postgres_server


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh database on the engine that the test asks for (SQLite unless parametrised); dropped at its end."""
    if getattr(request, "param", "sqlite") == "postgresql":
        server: PostgresServer = request.getfixturevalue("migrated_postgres")
        name = f"test_{new_id()}"
        yield server.create_database(name, template=TEMPLATE)
        server.drop_database(name)
    else:
        path = tmp_path / "langnghe.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database, open."""
    opened = open_database(database_url)
    yield opened
    await opened.close()


def open_database(url: str) -> Database:
    """The database behind a URL, as the process opens it."""
    if url.startswith("sqlite"):
        return SqliteDatabase(Path(url.removeprefix("sqlite:///")))
    return PostgresDatabase(url)


on_both_engines = pytest.mark.parametrize("database_url", ENGINES, indirect=True)


async def put(database: Database, sort: Together, *ones: object) -> None:
    """Store these, as a unit of work would."""
    await database.write(partial(store_together, entries=[(sort, one) for one in ones]))
