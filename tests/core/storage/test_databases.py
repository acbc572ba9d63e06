"""Both engines behind one face: transactions, one process on SQLite, a schema that its history really makes."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from core.canonical import canonical_json
from core.contract.errors import ConfigError
from core.storage import search_schema
from core.storage.database import Database, padded
from core.storage.intake_rows import Acceptance, ItemRow, RawRow
from core.storage.keys import SqlKeyStore
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from core.storage.tables import inbox_item, metadata, setting
from core.storage.types import from_microseconds, to_microseconds
from tests.support.databases import is_kept_on, on_both_engines
from tests.support.waiting import until


def put(key: str, value: Any) -> Any:
    return lambda connection: connection.execute(insert(setting).values(key=key, value=value))


def keys(connection: Connection) -> set[str]:
    return set(connection.scalars(select(setting.c.key)))


@on_both_engines
async def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    """A forgotten migration is a red test."""

    def difference(connection: Connection) -> list[Any]:
        ours = {
            "include_name": lambda name, kind, _parents: kind != "table" or not search_schema.is_derived(name),
            "include_object": lambda thing, *_about: is_kept_on(thing, connection.dialect.name),
        }
        return list(compare_metadata(MigrationContext.configure(connection, opts=ours), metadata))

    assert await database.read(difference) == []


@on_both_engines
async def test_a_failed_write_undoes_only_itself(database: Database) -> None:
    """Work that shares a commit does not share a failure."""

    def fail(connection: Connection) -> None:
        put("lost", 1)(connection)
        raise ValueError("no")

    outcomes = await asyncio.gather(
        database.write(put("a", 1)), database.write(fail), database.write(put("b", 2)), return_exceptions=True
    )

    assert isinstance(outcomes[1], ValueError)
    assert await database.read(keys) == {"a", "b"}


@on_both_engines
async def test_reading_cannot_write(database: Database) -> None:
    """A mistake in a page cannot change a case."""
    with pytest.raises(Exception, match=r"readonly|read-only|query_only"):
        await database.read(put("a", 1))


async def test_a_second_process_is_kept_out_of_sqlite(tmp_path: Path) -> None:
    """With a sentence that says what to use instead."""
    first = SqliteDatabase(tmp_path / "x.sqlite3")

    with pytest.raises(ConfigError, match="PostgreSQL"):
        SqliteDatabase(tmp_path / "x.sqlite3")

    await first.close()
    await SqliteDatabase(tmp_path / "x.sqlite3").close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_server_that_does_not_answer_is_not_waited_for_endlessly(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lost connection may not hold up the loop that ships the journal until TCP gives it up."""
    monkeypatch.setattr("core.storage.postgres._STATEMENT_SECONDS", 0.2)
    database = PostgresDatabase(database_url)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(database.write(lambda connection: connection.execute(text("SELECT pg_sleep(60)"))), 30)

    assert await database.read(lambda connection: connection.scalar(text("SELECT 1"))) == 1
    await database.close()


@on_both_engines
async def test_an_error_does_not_tell_what_was_stored(database: Database) -> None:
    """What was to be stored may be a name; the message of a failed statement ends up in the log."""
    await database.write(put("a", "canary"))

    with pytest.raises(IntegrityError) as failure:
        await database.write(put("a", "canary"))

    assert "canary" not in str(failure.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_processes_that_start_together_make_the_key_table_once(database_url: str) -> None:
    """Web and worker of one deployment, on an empty database."""
    databases = [PostgresDatabase(database_url) for _ in range(4)]

    await asyncio.gather(*(database.write(SqlKeyStore.create) for database in databases))

    for database in databases:
        await database.close()


def test_instants_survive_to_the_microsecond() -> None:
    """Integers, so that no driver makes them naive."""
    moment = datetime(2026, 11, 20, 9, 45, 0, 123457, tzinfo=UTC)

    assert from_microseconds(to_microseconds(moment)) == moment
    with pytest.raises(ValueError, match="time zone"):
        to_microseconds(datetime(2026, 11, 20))  # noqa: DTZ001 - naive on purpose


def test_one_value_has_one_byte_string() -> None:
    """Hashes are over stored bytes."""
    assert canonical_json({"b": "đ", "a": 1}) == '{"a":1,"b":"đ"}'.encode()


async def test_traces_are_erased_as_soon_as_nobody_reads_the_past(tmp_path: Path) -> None:
    """A backup that still reads holds the log's end up; nobody waits for it, and nothing is forgotten."""
    database = SqliteDatabase(tmp_path / "file.sqlite3")
    wal = tmp_path / "file.sqlite3-wal"
    begun, done = threading.Event(), threading.Event()

    def make(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE t (x TEXT)"))
        connection.execute(text("INSERT INTO t VALUES ('canary')"))

    def read_long(connection: Connection) -> None:
        connection.execute(text("SELECT count(*) FROM t")).scalar()
        begun.set()
        done.wait(60)

    await database.write(make)
    reading = asyncio.create_task(database.read(read_long))
    await asyncio.to_thread(begun.wait, 60)
    await database.write(lambda connection: connection.execute(text("DELETE FROM t")))

    await database.erase_traces()
    assert b"canary" in wal.read_bytes()
    await database.write(lambda connection: connection.execute(text("SELECT 1")))
    done.set()
    await reading

    await until(lambda: wal.stat().st_size == 0, "an empty log")
    assert b"canary" not in (tmp_path / "file.sqlite3").read_bytes()
    await database.close()


async def test_deliveries_do_not_wait_for_all_that_was_there_before(database: Database) -> None:
    """What is written for another reason has its turn, then gives way; nothing of it is lost."""
    busy, taken, go_on = threading.Event(), threading.Event(), threading.Event()

    def look(connection: Connection) -> int:
        """How many deliveries are stored; takes longer than a turn."""
        taken.set()
        go_on.wait()
        time.sleep(0.004)
        return len(connection.execute(select(inbox_item.c.id)).all())

    before = asyncio.create_task(database.write(lambda _: busy.wait()))
    others = [asyncio.create_task(database.write(look)) for _ in range(5)]
    await asyncio.sleep(0)
    busy.set()
    await asyncio.to_thread(taken.wait)
    accepting = asyncio.create_task(database.accept([delivery("0" * 32)]))
    await asyncio.sleep(0)
    go_on.set()

    seen = await asyncio.gather(*others)
    await asyncio.gather(before, accepting)
    assert (seen[0], seen[-1], len(seen)) == (0, 1, 5)


@pytest.mark.parametrize("others", [0, 2])
async def test_a_delivery_shares_the_commit_that_is_about_to_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """Of whatever was being written when it came, by itself or with others; one that is refused is refused alone."""
    monkeypatch.setattr("core.storage.sqlite._TURN", 60.0)
    database, held, busy = SqliteDatabase(tmp_path / "file.sqlite3"), Held(), Held()
    await database.write(metadata.create_all)
    writing = [asyncio.create_task(database.write(held))]
    await asyncio.to_thread(held.begun.wait)
    writing += [asyncio.create_task(database.write(one)) for one in (busy, *(put(f"{n}", 1) for n in range(others)))]
    await asyncio.sleep(0)
    before = database.counters.commits.count
    held.go_on.set()
    await asyncio.to_thread(busy.begun.wait)
    good, bad = delivery("good"), delivery("bad")._replace(items=(None,))
    writing += [asyncio.create_task(database.accept([one])) for one in (good, bad)]
    await asyncio.sleep(0)
    busy.go_on.set()

    told = await asyncio.gather(*writing, return_exceptions=True)
    assert [type(one) for one in told if isinstance(one, Exception)] == [TypeError]
    assert database.counters.commits.count == before + 2
    assert await database.read(lambda one: list(one.scalars(select(inbox_item.c.raw_id)))) == ["good"]
    await database.close()


class Held:
    """Work on the database that lasts until it is told to end."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, _connection: Connection) -> None:
        self.begun.set()
        self.go_on.wait()


def delivery(key: str) -> Acceptance:
    """One message."""
    item = ItemRow(key, "test", "a", key, "c", "", 0, 0, "new", "")
    return Acceptance(RawRow(key, "test", "a", 0, b"", b""), (item,))


@pytest.mark.parametrize(("count", "length"), [(0, 0), (1, 1), (2, 2), (3, 4), (5, 8), (64, 64), (65, 128)])
def test_ids_are_asked_for_in_few_lengths(count: int, length: int) -> None:
    ids = [str(number) for number in range(count)]
    asked = padded(ids)
    assert (asked[:count], len(asked), set(asked)) == (ids, length, set(ids))
