"""Filling an empty deployment from a backup, on either engine."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Table, func, literal, select

from core.contract.errors import ConfigError
from core.privacy.vault import Vault
from core.storage import search_schema
from core.storage.backup.archive import Archive, Row, archived_tables, batches, next_batch, schema_version
from core.storage.backup.bulk import make_indexes, pause_indexes, put_rows
from core.storage.backup.manifest import ARCHIVE, Manifest, check_media, read_manifest, restore_media
from core.storage.backup.sealing import RowSealer
from core.storage.database import Database, upsert
from core.storage.subjects import text_subjects
from core.storage.tables import inbox_item, metadata


async def restore(database: Database, folder: Path, *, vault: Vault, media: Path) -> Manifest:
    """
    Fill an empty, migrated database and an empty media folder; everything is proved before anything is written.

    Raises: ConfigError: not empty, not a backup, altered, or made by a newer version.
    """
    manifest = await asyncio.to_thread(read_manifest, folder, kind="archive")
    if not await database.read(is_empty) or await asyncio.to_thread(_holds_files, media):
        raise ConfigError("database_url", "the deployment is not empty; restore into a fresh one")
    await asyncio.to_thread(check_media, folder, manifest)
    present = await database.read(schema_version)
    await database.write(search_schema.pause)
    indexes = await database.write(pause_indexes)
    with _in_present_schema(folder / ARCHIVE, manifest.schema, present) as path:
        counts = await _copy_tables(database, path, vault)
    await database.write_at_length(partial(make_indexes, statements=indexes))
    await database.write_at_length(search_schema.catch_up)
    wrong = sorted(name for name, rows in manifest.tables.items() if counts.get(name) != rows)
    if wrong:
        raise ConfigError("path", f"the archive does not hold what its manifest says of {', '.join(wrong)}")
    await database.write(_go_on)
    await asyncio.to_thread(restore_media, folder, media)
    return manifest


def is_empty(connection: Connection) -> bool:
    """Whether nobody has written, come or worked here yet; what a start keeps in `setting` does not count."""
    tables = [table for table in metadata.sorted_tables if table.name != "setting"]
    return not any(connection.execute(select(literal(1)).select_from(table).limit(1)).first() for table in tables)


def _holds_files(media: Path) -> bool:
    return media.exists() and any(path.is_file() for path in media.rglob("*"))


@contextmanager
def _in_present_schema(archive: Path, schema: str, present: str) -> Iterator[Path]:
    """The archive as it is, or, from an older version, a copy brought up to date."""
    if schema == present:
        yield archive
        return
    copy = archive.with_name(f".{archive.name}.upgraded")
    shutil.copyfile(archive, copy)
    try:
        _bring_up_to_date(copy, schema)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _bring_up_to_date(path: Path, schema: str) -> None:
    opened = Archive(path)
    try:
        opened.bring_up_to_date()
    except Exception as error:
        opened.close()
        raise ConfigError("path", f"the archive has schema {schema}, which this version does not know") from error
    opened.close(keep=True)


async def _copy_tables(database: Database, path: Path, vault: Vault) -> dict[str, int]:
    counts: dict[str, int] = {}
    archive = await asyncio.to_thread(Archive, path)
    try:
        sealer = RowSealer(vault, await asyncio.to_thread(text_subjects, archive.connection))
        for table in archived_tables():
            counts[table.name] = 0
            waiting = batches(archive.connection, table)
            while rows := await asyncio.to_thread(next_batch, waiting):
                counts[table.name] += len(rows)
                opened = await asyncio.to_thread(sealer.open_all, table, rows)
                await database.write(partial(_put, table=table, rows=opened))
    finally:
        await asyncio.to_thread(archive.close)
    return counts


def _put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if table.name == "setting":
        names = table.columns.keys()
        stored = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(upsert(connection, table, update=["value"]), stored)
    elif rows:
        put_rows(connection, table, rows)


def _go_on(connection: Connection) -> None:
    """Messages whose bodies stayed behind cannot be taken up; numbers go on behind the highest given."""
    lost = inbox_item.update().where(inbox_item.c.state.in_(("new", "quarantined")))
    connection.execute(lost.values(state="erased", reason="its body is not in backups"))
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    for table in metadata.sorted_tables:
        for column in table.primary_key.columns:
            highest = connection.scalar(select(func.max(column))) if column.autoincrement is True else None
            if highest is not None:
                sequence = func.pg_get_serial_sequence(quote(table.name), column.name)
                connection.execute(select(func.setval(sequence, highest)))
