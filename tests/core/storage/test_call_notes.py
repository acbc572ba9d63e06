"""Which reports were written in which call: one by one, and those that were noted before there was a table of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import core.storage.migrations
from core.storage import call_notes
from core.storage.database import Database
from core.storage.migrations import upgrade
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from tests.support.databases import ENGINES, on_both_engines
from tests.support.servers.postgres import PostgresServer

ONE, OTHER = "1" * 32, "2" * 32


def before(connection: Connection) -> None:
    """A store as the version before left it, with a call in which a report was written, and one without."""
    config = Config()
    config.set_main_option("script_location", str(Path(core.storage.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0024")
    row = "INSERT INTO call_note (id, contact_id, began_at, agent, report) VALUES (:call, 'c', 1, 'u', :report)"
    connection.execute(text(row), [{"call": ONE, "report": "123456789012"}, {"call": OTHER, "report": ""}])


@pytest.mark.parametrize("engine", ENGINES)
async def test_what_was_noted_before_is_found_after_an_upgrade(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store: Database = SqliteDatabase(tmp_path / "old.sqlite3")
    if engine == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.create_database("before_call_reports")
        store = PostgresDatabase(server.url("before_call_reports"))
    await store.write(before)
    await store.write(upgrade)

    assert await store.read(lambda one: call_notes.of_report(one, ["123456789012"])) == [ONE]
    assert await store.read(lambda one: call_notes.reports_of(one, [ONE, OTHER])) == [(ONE, "123456789012")]
    await store.close()


@pytest.mark.parametrize("again", [False, True], ids=["each", "noted twice"])
@on_both_engines
async def test_a_call_has_every_report_that_was_written_in_it(database: Database, again: bool) -> None:
    for code in ("123456789012", "123456789020", *(["123456789012"] if again else [])):
        await database.write(lambda one, code=code: call_notes.add_report(one, ONE, code))

    told = await database.read(lambda one: call_notes.reports_of(one, [ONE, OTHER]))
    assert sorted(told) == [(ONE, "123456789012"), (ONE, "123456789020")]
    assert await database.read(lambda one: call_notes.of_report(one, ["123456789012", "123456789020"])) == [ONE]
