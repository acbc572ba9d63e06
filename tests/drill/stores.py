"""Where the store of a drill comes from, how it burns down, and how it comes back."""

from __future__ import annotations

import os
import shutil
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import asyncpg

from bench.growth.load import load, settings_of
from gateway.deployment import Deployment, open_deployment
from tests.drill.operator import Operator, Ran

BACKUP, MASTER_KEY = "backup", "master.key"


async def make_store(operator: Operator, *, cases: int, templates: int) -> None:
    """As two years of work would have left it; the master key lies elsewhere."""
    url, processes = operator.database_url, os.cpu_count() or 1
    await load(operator.data, cases=cases, database_url=url, templates=templates, processes=processes)
    (operator.data / MASTER_KEY).rename(operator.master_key)


async def take_over(operator: Operator, kept: Path) -> None:
    """A kept store, which is spent: what `keep` has left comes back on this engine; a data folder of SQLite moves."""
    shutil.move(kept / MASTER_KEY, operator.master_key)
    if (kept / BACKUP).exists():
        await restore(operator, kept / BACKUP)
        shutil.rmtree(kept)
    else:
        shutil.move(kept, operator.data)


def keep(operator: Operator, backup: Path, kept: Path) -> None:
    """Leave the backup for the next drill."""
    kept.mkdir()
    shutil.move(backup, kept / BACKUP)
    shutil.move(operator.master_key, kept / MASTER_KEY)


def opened(operator: Operator) -> AbstractAsyncContextManager[Deployment]:
    """The deployment in this process."""
    settings = settings_of(operator.data, operator.database_url)
    return open_deployment(settings.model_copy(update={"master_key": f"file:{operator.master_key}"}))


async def burn_down(operator: Operator) -> None:
    """Data folder and database are gone."""
    shutil.rmtree(operator.data)
    if operator.database_url:
        server, _, name = operator.database_url.rpartition("/")
        connection = await asyncpg.connect(f"{server}/postgres", ssl=False)
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await connection.close()


async def restore(operator: Operator, backup: Path) -> Ran:
    """The keys first."""
    keys = await operator.types("restore", "--keys", str(backup / "keys"))
    assert keys.code == 0, keys.err
    archive = await operator.types("restore", str(backup / "archive"))
    assert archive.code == 0, archive.err
    return archive
