"""
A backup and restore drill on a store of real cases, and harm done to what came back.

The gateway works while its backup is made: commands are given, messages arrive. What is restored is audited from the
stored bytes, then one byte is altered, one event and one case are deleted, and the audit must name the three.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import delete, func, select, update

from bench.growth.load import load, settings_of
from core.cases.decide import Actor
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import new_id
from core.service.desk import Issued
from core.storage import tables
from core.storage.database import Connection
from gateway.admin import serving_admin
from gateway.deployment import Deployment, open_deployment
from gateway.workers.pulse import Pulse
from tests.drill.operator import Operator, Ran

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


@dataclass
class Written:
    """What went on while the backup was made."""

    commands: int = 0
    deliveries: int = 0


@dataclass(frozen=True)
class BackedUp:
    """Two copies, what they cost, and what went on meanwhile."""

    archive: Ran
    keys: Ran
    events: tuple[int, int]
    during: Written
    worst_lag: float


async def make_store(folder: Path, *, cases: int, database_url: str, templates: int) -> Operator:
    """A store as two years of work would have left it."""
    await load(folder, cases=cases, database_url=database_url, templates=templates, processes=os.cpu_count() or 1)
    return Operator(folder, folder / "master.key", database_url)


async def back_up_at_work(operator: Operator, target: Path) -> BackedUp:
    """As the manual says, the archive first; the gateway does not stop."""
    async with opened(operator) as deployment, serving_admin(deployment), working(deployment) as (written, pulse):
        before, begun = await events(deployment), Written(written.commands, written.deliveries)
        archive = await operator.types("backup", str(target / "archive"))
        during = Written(written.commands - begun.commands, written.deliveries - begun.deliveries)
        after, lag = await events(deployment), pulse.worst()
        keys = await operator.types("backup", "--keys", str(target / "keys"))
    return BackedUp(archive, keys, (before, after), during, lag)


def opened(operator: Operator) -> AbstractAsyncContextManager[Deployment]:
    """The deployment in this process."""
    settings = settings_of(operator.data, operator.database_url)
    return open_deployment(settings.model_copy(update={"master_key": f"file:{operator.master_key}"}))


@asynccontextmanager
async def working(deployment: Deployment) -> AsyncIterator[tuple[Written, Pulse]]:
    """Officers accept cases and citizens write, as fast as it goes, from before the block begins until it ends."""
    written, pulse, stop = Written(), Pulse(), asyncio.Event()
    waiting = await deployment.database.read(partial(ids, stage="received"))
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


async def _beat(pulse: Pulse, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await pulse.run_once()


async def events(deployment: Deployment) -> int:
    """How many there are now."""
    count = select(func.count()).select_from(tables.case_event)
    return await deployment.database.read(lambda connection: connection.scalar(count) or 0)


def ids(connection: Connection, *, stage: str = "", most: int = 5000) -> list[str]:
    """Cases, of one stage where it is named, in order of id."""
    query = select(tables.case.c.id).order_by(tables.case.c.id).limit(most)
    return list(connection.scalars(query.where(tables.case.c.stage == stage) if stage else query))


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


async def harm(operator: Operator) -> dict[str, str]:
    """One byte, one event, one case; returns what each was done to."""
    async with opened(operator) as deployment:
        found = await deployment.database.read(_with_two_events)
        byte, event, case = found[len(found) // 4], found[len(found) // 2], found[-1]
        await deployment.database.write(partial(_alter_byte, case_id=byte))
        await deployment.database.write(partial(_delete_event, case_id=event))
        await deployment.database.write(partial(_delete_case, case_id=case))
    return {"byte": byte, "event": event, "case": case}


def _with_two_events(connection: Connection) -> list[str]:
    """Of a case that was only opened no second event could be harmed."""
    event = tables.case_event
    query = select(event.c.case_id).where(event.c.version == 2).order_by(event.c.case_id)
    return list(connection.scalars(query.limit(5000)))


def _alter_byte(connection: Connection, case_id: str) -> None:
    event = tables.case_event
    second = (event.c.case_id == case_id) & (event.c.version == 2)
    body = bytearray(connection.scalars(select(event.c.body).where(second)).one())
    body[len(body) // 2] ^= 1
    connection.execute(update(event).where(second).values(body=bytes(body)))


def _delete_event(connection: Connection, case_id: str) -> None:
    event = tables.case_event
    connection.execute(delete(event).where(event.c.case_id == case_id, event.c.version == 2))


def _delete_case(connection: Connection, case_id: str) -> None:
    for table in (tables.case_event, tables.case_task, tables.case_clock):
        connection.execute(delete(table).where(table.c.case_id == case_id))
    connection.execute(delete(tables.case).where(tables.case.c.id == case_id))
