"""A backup that is made while the gateway works: commands are given, messages arrive."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from core.cases.decide import Actor
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import new_id
from core.service.desk import Issued
from core.storage import tables
from core.storage.database import Connection
from gateway.admin import serving_admin
from gateway.deployment import Deployment
from gateway.workers.pulse import Pulse
from tests.drill.operator import Operator, Ran
from tests.drill.stores import opened
from tests.drill.witness import Told, counted, some_cases

PAUSE = 0.02
"""Between two messages: SQLite cannot fold its log in while a backup reads, and a long one must find room for it."""
CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


@dataclass
class Written:
    """What went on while the backup was made."""

    commands: int = 0
    deliveries: int = 0


@dataclass(frozen=True)
class BackedUp:
    """Two copies, what they cost, what went on meanwhile, and what the store held (`rows`: before and after)."""

    archive: Ran
    keys: Ran
    during: Written
    worst_lag: float
    rows: tuple[dict[str, int], dict[str, int]]
    cases: list[Told]


async def back_up_at_work(operator: Operator, target: Path) -> BackedUp:
    """As the manual says, the archive first; the gateway does not stop."""
    target.mkdir()
    async with opened(operator) as deployment, serving_admin(deployment):
        before = await counted(deployment)
        async with working(deployment) as (written, pulse):
            begun = Written(written.commands, written.deliveries)
            archive = await operator.types("backup", str(target / "archive"))
            during = Written(written.commands - begun.commands, written.deliveries - begun.deliveries)
            lag = pulse.worst()
            keys = await operator.types("backup", "--keys", str(target / "keys"))
        rows = before, await counted(deployment)
        return BackedUp(archive, keys, during, lag, rows, await some_cases(deployment))


@asynccontextmanager
async def working(deployment: Deployment) -> AsyncIterator[tuple[Written, Pulse]]:
    """Officers accept cases and citizens write, from before the block begins until it ends."""
    written, pulse, stop = Written(), Pulse(), asyncio.Event()
    waiting = await deployment.database.read(_received)
    tasks = [asyncio.create_task(_work(deployment, written, waiting, stop)), asyncio.create_task(_beat(pulse, stop))]
    while not (written.commands and written.deliveries):
        await asyncio.sleep(0)
    try:
        yield written, pulse
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def _work(deployment: Deployment, written: Written, waiting: list[str], stop: asyncio.Event) -> None:
    while not stop.is_set():
        if waiting:
            answer = await deployment.clerk.execute(waiting.pop(), "accept", {}, actor=CENTRE)
            written.commands += isinstance(answer, Issued)
        key = new_id()
        await deployment.inbox.accept(RawDelivery("web", "portal", key.encode()), [ItemKey(key, key)])
        written.deliveries += 1
        await asyncio.sleep(PAUSE)


async def _beat(pulse: Pulse, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await pulse.run_once()


def _received(connection: Connection) -> list[str]:
    """Cases that wait to be accepted."""
    case = tables.case.c
    query = select(case.id).where(case.stage == "received").order_by(case.received_at, case.id)
    return list(connection.scalars(query.limit(5000)))


def plain_copy(backup: Path, target: Path) -> float:
    """Seconds to copy a backup's files to the disk and hash them: the least that any backup costs."""
    began = time.monotonic()
    for path in (path for path in backup.rglob("*") if path.is_file()):
        copy = shutil.copyfile(path, target / path.name)
        with copy.open("rb+") as stream:
            os.fsync(stream.fileno())
            hashlib.file_digest(stream, "sha256")
        copy.unlink()
    return time.monotonic() - began
