"""The key store: durable, once, and never back after destruction."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.privacy.errors import Erased
from core.privacy.keys import KeyCache, SubjectKeys, Tombstone, rewrap_all
from core.privacy.master import KeyRing, MasterKey
from core.storage.database import Database
from core.storage.keys import SqlKeyStore
from core.storage.sqlite import SqliteDatabase
from tests.support.databases import on_both_engines

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


async def store_over(database: Database) -> SqlKeyStore:
    await database.write(SqlKeyStore.create)
    return SqlKeyStore(database, now=lambda: NOW)


@on_both_engines
async def test_the_first_key_of_a_subject_stays(database: Database) -> None:
    """Two workers that make a key at once end up with the same one."""
    store = await store_over(database)

    first, second = await asyncio.gather(
        *(asyncio.to_thread(store.put_if_absent, "s", key) for key in (b"one", b"two"))
    )

    assert first == second == await asyncio.to_thread(store.get, "s")


@on_both_engines
async def test_a_destroyed_key_does_not_come_back(database: Database) -> None:
    """Nor does a subject that never had one get one afterwards."""
    store = await store_over(database)
    await asyncio.to_thread(store.put_if_absent, "s", b"one")
    for subject in ("s", "never"):
        await asyncio.to_thread(store.destroy, subject, NOW)

        assert await asyncio.to_thread(store.put_if_absent, subject, b"two") == Tombstone(NOW)
        assert await asyncio.to_thread(store.get, subject) == Tombstone(NOW)


async def test_a_destroyed_key_is_in_no_file(tmp_path: Path) -> None:
    """Nor in the log beside it; the wrapped key with a stolen master key would open everything."""
    database = SqliteDatabase(tmp_path / "keys.sqlite3")
    store = await store_over(database)
    await asyncio.to_thread(store.put_if_absent, "s", b"a wrapped key of sixty-two bytes")

    await asyncio.to_thread(store.destroy, "s", NOW)

    assert not [path for path in tmp_path.iterdir() if b"a wrapped key" in path.read_bytes()]
    await database.close()


@on_both_engines
async def test_keys_move_under_a_new_master_key(database: Database) -> None:
    """Everything still opens, and nothing is left under the old one."""
    store = await store_over(database)
    old, new = MasterKey(1, os.urandom(32)), MasterKey(2, os.urandom(32))
    before = SubjectKeys(store, KeyRing([old]), KeyCache())
    key = await asyncio.to_thread(before.key, "s")
    await asyncio.to_thread(before.key, "gone")
    await asyncio.to_thread(before.destroy, "gone", NOW)

    moved = await asyncio.to_thread(rewrap_all, store, KeyRing([old, new]))

    after = SubjectKeys(store, KeyRing([new]), KeyCache())
    assert moved == 1
    assert await asyncio.to_thread(after.key, "s") == key
    with pytest.raises(Erased):
        await asyncio.to_thread(after.key, "gone")


async def test_opening_on_the_event_loop_is_refused(database: Database) -> None:
    """It would wait for itself for ever."""
    store = await store_over(database)

    with pytest.raises(RuntimeError, match="thread"):
        store.get("s")
