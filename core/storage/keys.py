"""
The subject keys' own database: a file of its own on SQLite, a schema that backups leave out on PostgreSQL.

Sealing and opening happen in worker threads; this store carries each small request to the event loop's database and
waits for it there. Calling it on the loop's own thread would wait for itself, and is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, select, text, update

from core.privacy.keys import Tombstone
from core.storage.database import Database, insert_or_ignore, padded
from core.storage.tables import key_metadata, subject_key
from core.storage.together import insert_rows

T = TypeVar("T")

_LOCK = 7_310_205
_KEYS = select(subject_key.c.subject_id, subject_key.c.wrapped, subject_key.c.destroyed_at)


class SqlKeyStore:
    """`core.privacy.keys.KeyStore` over a Database; every write is durable when it returns."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._now = now

    @staticmethod
    def create(connection: Connection) -> None:
        """Make the table where there is none; processes that start together make it one after the other."""
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        key_metadata.create_all(connection)

    def get(self, subject_id: str) -> bytes | Tombstone | None:
        """The wrapped key, its tombstone, or None."""
        return self.get_many([subject_id]).get(subject_id)

    def get_many(self, subject_ids: Collection[str]) -> Mapping[str, bytes | Tombstone]:
        """The same for some hundreds at once; those without a key are left out."""
        return self._read(lambda connection: _standing(connection, subject_ids))

    def put_if_absent(self, subject_id: str, wrapped: bytes) -> bytes | Tombstone:
        """Store it unless something stands there; returns what stands there now."""
        return self.put_many_if_absent({subject_id: wrapped})[subject_id]

    def put_many_if_absent(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes | Tombstone]:
        """The same for several, in order of id (deadlocks)."""
        now = self._now()
        rows = [{"subject_id": one, "wrapped": wrapped[one], "created_at": now} for one in sorted(wrapped)]

        def put(connection: Connection) -> Mapping[str, bytes | Tombstone]:
            insert_rows(connection, subject_key, rows, repeated=True)
            return _standing(connection, wrapped)

        return self._write(put)

    def replace(self, subject_id: str, *, old: bytes, new: bytes) -> bool:
        """Swap `old` for `new` only where `old` still stands."""
        change = update(subject_key).where(subject_key.c.subject_id == subject_id, subject_key.c.wrapped == old)
        return self._write(lambda connection: connection.execute(change.values(wrapped=new)).rowcount == 1)

    def destroy(self, subject_id: str, at: datetime) -> None:
        """Overwrite the key by a tombstone, also where the database's log still has it."""

        def destroy(connection: Connection) -> None:
            row = {"subject_id": subject_id, "wrapped": None, "created_at": at, "destroyed_at": at}
            connection.execute(insert_or_ignore(connection, subject_key).values(row))
            standing = update(subject_key).where(
                subject_key.c.subject_id == subject_id, subject_key.c.destroyed_at.is_(None)
            )
            connection.execute(standing.values(wrapped=None, destroyed_at=at))

        self._write(destroy)
        asyncio.run_coroutine_threadsafe(self._database.erase_traces(), self._loop).result()

    def wrapped_keys(self) -> Iterable[tuple[str, bytes]]:
        """Every (subject id, wrapped key) that is not destroyed."""
        query = select(subject_key.c.subject_id, subject_key.c.wrapped).where(subject_key.c.wrapped.is_not(None))
        return self._read(lambda connection: [(row[0], row[1]) for row in connection.execute(query)])

    def _read(self, work: Callable[[Connection], T]) -> T:
        self._refuse_loop_thread()
        return asyncio.run_coroutine_threadsafe(self._database.read(work), self._loop).result()

    def _write(self, work: Callable[[Connection], T]) -> T:
        self._refuse_loop_thread()
        return asyncio.run_coroutine_threadsafe(self._database.write(work, urgent=True), self._loop).result()

    def _refuse_loop_thread(self) -> None:
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            return
        if running is self._loop:
            raise RuntimeError("open and seal in a thread (asyncio.to_thread), not on the event loop")


def _standing(connection: Connection, subject_ids: Collection[str]) -> Mapping[str, bytes | Tombstone]:
    rows = connection.execute(_KEYS.where(subject_key.c.subject_id.in_(padded(subject_ids))))
    return {row[0]: row[1] if row[2] is None else Tombstone(row[2]) for row in rows}
