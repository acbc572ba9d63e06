"""
The wrapped keys, backed up apart from what they open.

A copy of the keys older than an erasure still holds the erased key. Keep few, in another place, and destroy them in
step with the erasures: docs/operations/backup.md says how long.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, select

from core.contract.errors import ConfigError
from core.storage.backup.archive import Archive, Row, aside, batches, next_batch, plain_table
from core.storage.backup.manifest import KEYS, Manifest, begin, finish, read_manifest, sha256_of
from core.storage.database import Database, insert_or_ignore
from core.storage.keys import SqlKeyStore
from core.storage.tables import subject_key

_TABLE = plain_table(subject_key)


async def back_up_keys(key_database: Database, folder: Path, *, now: datetime) -> Manifest:
    """Write every wrapped key and every tombstone into a new folder. ConfigError: something is there."""
    part = await asyncio.to_thread(begin, folder)
    try:
        count = await key_database.read(partial(_copy_out, path=part / KEYS))
        digest = await asyncio.to_thread(sha256_of, part / KEYS)
        manifest = Manifest("keys", now.isoformat(), "", {subject_key.name: count}, sha256=digest)
        await asyncio.to_thread(finish, part, folder, manifest)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
        raise
    return manifest


def _copy_out(connection: Connection, *, path: Path) -> int:
    archive, count = aside(partial(Archive, path, filling=True)), 0
    aside(partial(SqlKeyStore.create, archive.connection))
    for rows in batches(connection, _TABLE):
        aside(partial(archive.add, _TABLE, rows))
        count += len(rows)
    aside(partial(archive.close, keep=True))
    return count


async def restore_keys(key_database: Database, folder: Path) -> Manifest:
    """
    Fill an empty key store. A tombstone that is there stays: what was erased does not come back.

    Raises: ConfigError: living keys are there already, not a backup of keys, or altered.
    """
    manifest = await asyncio.to_thread(read_manifest, folder, kind="keys")
    if await key_database.read(_living):
        raise ConfigError("data", "there are keys already; restore them into a fresh deployment")
    archive = await asyncio.to_thread(Archive, folder / KEYS)
    try:
        waiting = batches(archive.connection, _TABLE)
        while rows := await asyncio.to_thread(next_batch, waiting):
            await key_database.write(partial(_put, rows=rows))
    finally:
        await asyncio.to_thread(archive.close)
    return manifest


def _living(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(subject_key.c.wrapped.is_not(None))) or 0


def _put(connection: Connection, rows: Sequence[Row]) -> None:
    names = _TABLE.columns.keys()
    connection.execute(insert_or_ignore(connection, _TABLE), [dict(zip(names, row, strict=True)) for row in rows])


def erased_subjects(connection: Connection, *, after: str = "", most: int = 500) -> list[str]:
    """Whose keys are destroyed, in order of id."""
    gone = select(subject_key.c.subject_id).where(
        subject_key.c.subject_id > after, subject_key.c.destroyed_at.is_not(None)
    )
    return list(connection.scalars(gone.order_by(subject_key.c.subject_id).limit(most)))
