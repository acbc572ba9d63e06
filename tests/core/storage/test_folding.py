"""The log of the embedded database is folded in while others write, and never grows for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite3
import pytest
from sqlalchemy import Connection, text

from core.storage.folding import is_nearly_done
from core.storage.sqlite import SqliteDatabase
from tests.support.waiting import until

PAGES = 200
PAGE = 4096


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    """A database whose log is folded in after so few pages."""
    database = SqliteDatabase(tmp_path / "small.db", log_pages=PAGES)
    await database.write(lambda connection: connection.execute(text("CREATE TABLE thing (id INTEGER, body BLOB)")))
    yield database
    await database.close()


def put(connection: Connection) -> Any:
    """Half of what is enough to be folded in."""
    return connection.execute(text("INSERT INTO thing VALUES (1, zeroblob(:size))"), {"size": PAGES * PAGE // 2})


def log_of(database: SqliteDatabase) -> tuple[int, int]:
    """Pages that stand in the log, and how many of them are in the file."""
    with closing(sqlite3.connect(database.path)) as other:
        _, pages, folded = other.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return pages, folded


async def test_the_log_begins_anew_however_much_is_written(small: SqliteDatabase) -> None:
    """Without a pause in which nobody writes; and nothing of it is lost."""
    rows = 0

    async def began_anew() -> bool:
        nonlocal rows
        await small.write(put)
        rows += 1
        return log_of(small)[0] < rows * PAGES // 4

    await until(began_anew, "a log that begins anew")
    log = small.path.with_name(f"{small.path.name}-wal").stat().st_size
    assert log < rows * PAGES * PAGE
    assert await small.read(lambda one: one.scalar(text("SELECT count(*) FROM thing"))) == rows


async def test_who_reads_the_past_holds_it_up_but_nobody_else(small: SqliteDatabase) -> None:
    """A backup: others write on meanwhile, and the log is folded in once it has ended."""
    with closing(sqlite3.connect(small.path, isolation_level=None)) as backup:
        await small.write(put)
        backup.execute("BEGIN")
        assert backup.execute("SELECT count(*) FROM thing").fetchone() == (1,)
        for _ in range(6):
            await small.write(put)
        assert backup.execute("SELECT count(*) FROM thing").fetchone() == (1,)
        pages, folded = log_of(small)
        assert pages - folded > PAGES

    async def is_folded() -> bool:
        await small.write(lambda one: one.execute(text("DELETE FROM thing WHERE id = 2")))
        await small.write(lambda one: one.execute(text("INSERT INTO thing VALUES (2, NULL)")))
        pages, folded = log_of(small)
        return pages - folded < PAGES

    await until(is_folded, "folding what the backup held up")
    assert await small.read(lambda one: one.scalar(text("SELECT count(*) FROM thing WHERE id = 1"))) == 7


async def test_the_writer_folds_no_long_log(small: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or all others who write wait for as long as it takes: a minute after the backup of a large archive."""
    assert await small.write(lambda one: one.scalar(text("PRAGMA wal_autocheckpoint"))) == 0
    monkeypatch.setattr(small._folding, "_look", lambda: 0.01)
    for _ in range(6):
        await small.write(put)
    assert log_of(small)[1] == 0

    left = list[int]()
    empty = small._folding._empty

    def looking() -> bool:
        pages, folded = log_of(small)
        left.append(pages - folded)
        return empty()

    monkeypatch.setattr(small._folding, "_empty", looking)
    await small.erase_traces()
    assert left == [0]
    assert log_of(small) == (0, 0)


@pytest.mark.parametrize(
    ("left", "pages", "copies"), [(100, 9_000, True), (600, 9_000, False), (600, 40_000, True), (9_000, 40_000, False)]
)
def test_who_writes_faster_than_the_log_is_folded_copies_more(left: int, pages: int, *, copies: bool) -> None:
    """Or it would never begin anew; but what somebody who reads the past holds up is too much for one commit."""
    assert is_nearly_done(left, pages) is copies


async def test_traces_are_erased_while_it_folds(small: SqliteDatabase) -> None:
    """The two take turns: the log is empty when erasing returns."""
    for _ in range(8):
        await asyncio.gather(*(small.write(put) for _ in range(4)))
        await small.erase_traces()
        assert small.path.with_name(f"{small.path.name}-wal").stat().st_size == 0
