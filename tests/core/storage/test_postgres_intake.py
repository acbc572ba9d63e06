"""Acceptance on PostgreSQL: connections of its own, which may die, and none of which is left in a half-done state."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, func, select, text

from core.storage.database import Database
from core.storage.intake_rows import Acceptance, ItemRow, RawRow
from core.storage.tables import inbox_item, inbox_raw
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def acceptance(number: int) -> Acceptance:
    """One delivery with one item; the same number is the same message in another delivery."""
    raw_id = f"{number:032x}"
    item = ItemRow(raw_id, "test", "a", f"key-{number}", "c", "", number, 0, "new", "")
    return Acceptance(RawRow(raw_id, "test", "a", 0, b"sealed", b"key"), (item,))


async def stored(database: Database) -> tuple[int, int]:
    """How many items and raw bodies there are."""

    def count(connection: Connection) -> tuple[int, int]:
        found = [connection.scalar(select(func.count()).select_from(table)) for table in (inbox_item, inbox_raw)]
        return int(found[0] or 0), int(found[1] or 0)

    return await database.read(count)


async def end_the_others(database: Database) -> None:
    """What a restart of the server does to connections that nobody uses at the moment."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    await database.write(lambda connection: connection.execute(text(f"{end} AND pid <> pg_backend_pid()")).all())


async def test_a_connection_that_died_meanwhile_is_replaced(database: Database) -> None:
    """Its next user notices nothing."""
    await database.accept([acceptance(1)])
    await end_the_others(database)

    await database.accept([acceptance(2)])

    assert await stored(database) == (2, 2)


async def test_two_batches_with_the_same_keys_do_not_block_each_other(database: Database) -> None:
    """Whatever their order: rows go in sorted, each message once, and each raw body only with an item of its own."""
    there = [acceptance(number) for number in range(50)]

    await asyncio.gather(database.accept(there), database.accept(there[::-1]), database.accept(there[10:40]))

    assert await stored(database) == (50, 50)


async def test_one_that_is_given_up_leaves_a_usable_database(database: Database) -> None:
    """The deadline cancels a statement that hangs; the next one has a connection in order."""
    await database.accept([acceptance(1)])
    held, release = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(connection: Connection) -> None:
        connection.execute(text("LOCK TABLE inbox_item IN EXCLUSIVE MODE"))
        loop.call_soon(held.set)
        while not release.is_set():
            connection.execute(text("SELECT pg_sleep(0.01)"))

    holding = asyncio.create_task(database.write(hold))
    await held.wait()
    hanging = asyncio.create_task(database.accept([acceptance(2)]))

    async def waits() -> bool:
        blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(await database.read(lambda connection: connection.scalar(blocked)))

    await until(waits, "waiting for the lock")
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)
    release.set()
    await holding

    await database.accept([acceptance(3)])
    assert await stored(database) in ((2, 2), (3, 3))
