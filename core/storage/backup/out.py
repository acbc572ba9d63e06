"""Writing a backup: all tables on one snapshot, in batches, beside running work."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Table

from core.privacy.vault import Vault
from core.storage.backup.archive import Archive, Row, archived_tables, aside, batches, schema_version
from core.storage.backup.manifest import ARCHIVE, MEDIA_LIST, Manifest, begin, copy_media, finish, sha256_of
from core.storage.backup.sealing import RowSealer
from core.storage.database import Database
from core.storage.subjects import text_subjects


async def back_up(database: Database, folder: Path, *, vault: Vault, media: Path, now: datetime) -> Manifest:
    """
    Write a backup into a new folder, which has its name only once it is complete.

    Raises: ConfigError: there is something already, or it cannot be written.
    """
    part = await asyncio.to_thread(begin, folder)
    try:
        manifest = await database.read(partial(_copy_tables, path=part / ARCHIVE, vault=vault, now=now))
        files = await asyncio.to_thread(copy_media, media, part)
        whole = await asyncio.to_thread(_described, manifest, part, files)
        await asyncio.to_thread(finish, part, folder, whole)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
        raise
    return whole


def _copy_tables(connection: Connection, *, path: Path, vault: Vault, now: datetime) -> Manifest:
    """Every table as of this connection's snapshot."""
    sealer = RowSealer(vault, text_subjects(connection))
    archive = aside(partial(Archive.fresh, path))
    counts, waiting = {}, 0
    try:
        for table in archived_tables():
            counts[table.name] = 0
            for rows in batches(connection, table):
                aside(partial(_store, archive, sealer, table, rows))
                counts[table.name] += len(rows)
                waiting += _waiting(table, rows)
    except BaseException:
        aside(archive.close)
        raise
    aside(partial(archive.close, keep=True))
    schema = schema_version(connection)
    return Manifest("archive", now.isoformat(), schema, counts, sha256="", waiting=waiting)


def _store(archive: Archive, sealer: RowSealer, table: Table, rows: list[Row]) -> None:
    archive.add(table, sealer.seal_all(table, rows))


def _waiting(table: Table, rows: list[Row]) -> int:
    """How many messages are among them that nobody has taken up."""
    if table.name != "inbox_item":
        return 0
    place = list(table.columns.keys()).index("state")
    return sum(row[place] == "new" for row in rows)


def _described(manifest: Manifest, part: Path, files: int) -> Manifest:
    hashes = {"sha256": sha256_of(part / ARCHIVE), "media_sha256": sha256_of(part / MEDIA_LIST)}
    return Manifest(**{**manifest.__dict__, **hashes, "media_files": files})
