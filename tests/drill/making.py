"""A backup that is made while the gateway works: commands are given, messages arrive."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
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
from gateway.workers.loop import Loop
from gateway.workers.pulse import Pulse
from tests.drill.operator import Operator, Ran
from tests.drill.stores import opened
from tests.drill.witness import Told, counted, some_cases

PAUSE = 0.02
"""Between two messages: SQLite cannot fold its log in while a backup reads, and a long one must find room for it."""
MESSAGES_A_COMMAND = 5
CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


@dataclass
class Going:
    """What goes on while the backup is made; `stall`: the longest of the event loop, in seconds."""

    commands: int = 0
    deliveries: int = 0
    stall: float = 0.0


@dataclass(frozen=True)
class BackedUp:
    """Two copies, what they cost, what went on meanwhile, and what the store held (`rows`: before and after)."""

    archive: Ran
    keys: Ran
    during: Going
    rows: tuple[dict[str, int], dict[str, int]]
    cases: list[Told]


async def back_up_at_work(operator: Operator, target: Path) -> BackedUp:
    """As the manual says, the archive first; the gateway does not stop."""
    target.mkdir()
    async with opened(operator) as deployment, serving_admin(deployment):
        before = await counted(deployment)
        async with working(deployment) as going:
            archive = await operator.types("backup", str(target / "archive"))
            during = replace(going)
            keys = await operator.types("backup", "--keys", str(target / "keys"))
        rows = before, await counted(deployment)
        assert rows[1]["inbox_raw"] - rows[0]["inbox_raw"] == going.deliveries, "a message that was accepted is lost"
        return BackedUp(archive, keys, during, rows, await some_cases(deployment))


@asynccontextmanager
async def working(deployment: Deployment) -> AsyncIterator[Going]:
    """Officers accept cases and citizens write, from before the block begins until it ends."""
    going, stop, journal = Going(), asyncio.Event(), Loop("journal", deployment.inbox.ship, interval=1.0)
    waiting = await deployment.database.read(_received)
    parts = _work(deployment, going, waiting, stop), _beat(going, stop), journal.run()
    tasks = [asyncio.create_task(part) for part in parts]
    while not (going.commands and going.deliveries):
        await asyncio.sleep(0)
    try:
        yield going
    finally:
        stop.set()
        journal.stop()
        await asyncio.gather(*tasks)
        await deployment.inbox.ship()


async def _work(deployment: Deployment, going: Going, waiting: list[str], stop: asyncio.Event) -> None:
    while not stop.is_set():
        if waiting and going.deliveries % MESSAGES_A_COMMAND == 0:
            answer = await deployment.clerk.execute(waiting.pop(), "accept", {}, actor=CENTRE)
            going.commands += isinstance(answer, Issued)
        key = new_id()
        await deployment.inbox.accept(RawDelivery("web", "portal", key.encode()), [ItemKey(key, key)])
        going.deliveries += 1
        await asyncio.sleep(PAUSE)


async def _beat(going: Going, stop: asyncio.Event) -> None:
    pulse = Pulse()
    while not stop.is_set():
        await pulse.run_once()
        going.stall = max(going.stall, pulse.worst())


def _received(connection: Connection) -> list[str]:
    """Cases that wait to be accepted."""
    case = tables.case.c
    query = select(case.id).where(case.stage == "received").order_by(case.received_at, case.id)
    return list(connection.scalars(query.limit(20_000)))


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
