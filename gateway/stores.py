"""What lies on disk, opened for a process: database and keys; and the present instant, by which they are written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from core.folders import make_folder
from core.privacy.master import KeyRing, create_master_key_file
from core.service.keyhouse import KeyHouse, load_key_ring
from core.storage.database import Database
from core.storage.keys import SqlKeyStore
from core.storage.migrations import upgrade
from core.storage.opening import explained
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from gateway.settings import Settings

Now = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """What lies on disk: the database, brought up to date, and the keys to what is sealed in it."""

    database: Database
    keys: KeyHouse


@asynccontextmanager
async def open_stores(settings: Settings, *, now: Now = utc_now, durable: bool = True) -> AsyncIterator[Stores]:
    """
    Open both databases and the master keys, without making a secret; closes them in reverse order.

    `durable`: what is committed survives a power cut. Only what is thrown away anyhow (a simulation) does without.
    """
    async with AsyncExitStack() as stack:
        with explained(settings.sqlite_path if settings.embedded else settings.data, server=not settings.embedded):
            make_folder(settings.data)
            database = await _opened(stack, _database(settings, durable=durable))
            await database.write_at_length(upgrade)
        with explained(settings.data / "keys", server=not settings.embedded):
            keys = database if not settings.embedded else await _opened(stack, _key_database(settings, durable=durable))
            await keys.write(SqlKeyStore.create)
            house = KeyHouse(keys, SqlKeyStore(keys, now=now), _key_ring(settings))
        yield Stores(database, house)


async def _opened(stack: AsyncExitStack, database: Database) -> Database:
    stack.push_async_callback(database.close)
    return database


def _database(settings: Settings, *, durable: bool) -> Database:
    if settings.embedded:
        return SqliteDatabase(settings.sqlite_path, synchronous=_synchronous(durable))
    return PostgresDatabase(settings.database_url, password=settings.database_password.get_secret_value())


def _key_database(settings: Settings, *, durable: bool) -> Database:
    """Keys lie in a file of their own, so that a copy of the data is not a copy of the keys."""
    make_folder(settings.data / "keys")
    return SqliteDatabase(settings.data / "keys" / "keys.sqlite3", synchronous=_synchronous(durable))


def _synchronous(durable: bool) -> str:
    return "FULL" if durable else "OFF"


def _key_ring(settings: Settings) -> KeyRing:
    reference = settings.master_key_reference
    if settings.mode == "demo" and not settings.master_key:
        create_master_key_file(settings.data / "master.key")
    return load_key_ring(reference, setting="master_key")
