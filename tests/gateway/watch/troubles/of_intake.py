"""Troubles of what comes in: messages refused, in the journal, waiting, unreadable, without their files."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert, update

from core.contract.errors import IntakeUnavailable
from core.contract.schema import new_id
from core.storage import counts, fetches, tables
from core.storage.inbox import Inbox
from core.storage.journal import Journal, read_frames
from core.storage.sqlite import SqliteDatabase
from gateway.watch.silence import HOUR
from gateway.watch.watch import Watch
from tests.gateway.watch.troubles.trouble import Trouble, delivery, nothing
from tests.support.clamd import ask, running_clamd
from tests.support.deployments import World


@asynccontextmanager
async def intake_refused(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A database that is closed, and a journal whose folder went with its disk."""
    database = SqliteDatabase(tmp_path / "closed.sqlite3")
    await database.close()
    journal = Journal(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    safe = world.deployment.safe
    inbox = Inbox(database, zone=safe.zone, blind=partial(safe.blind.other, "inbox"), journal=journal, now=world.clock)
    watch = Watch(replace(world.deployment, inbox=inbox))
    await watch.run_once()
    with suppress(IntakeUnavailable):
        await inbox.accept(*delivery(world))
    yield Trouble(watch, mend=nothing)


@asynccontextmanager
async def database_away(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Closed under the process."""
    database = SqliteDatabase(tmp_path / "closed.sqlite3")
    await database.close()
    watch = Watch(replace(world.deployment, database=database))
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=61))


@asynccontextmanager
async def journal_not_empty(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A message lies in it, and nobody ships."""
    watch, inbox = Watch(world.deployment), world.deployment.inbox
    inbox._away = True
    await inbox.accept(*delivery(world))
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=121), inbox.ship)


@asynccontextmanager
async def journal_set_aside(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A frame that no database takes."""
    await world.deployment.journal.set_aside(b"unfit")
    file = world.deployment.settings.data / "journal" / "set-aside.frames"
    yield Trouble(Watch(world.deployment), mend=lambda: asyncio.to_thread(file.unlink))


@asynccontextmanager
async def journal_damaged(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A bit of a segment flips on disk, and frames follow behind it."""
    folder = world.deployment.settings.data / "journal"
    for _ in range(2):
        await world.deployment.journal.append(b"a frame of some bytes")
    await world.deployment.journal.close()
    (segment,) = folder.glob("*.journal")
    held = bytearray(segment.read_bytes())
    held[12] ^= 1
    segment.write_bytes(bytes(held))
    list(read_frames(segment))
    segment.unlink()
    kept = folder / "damaged"
    yield Trouble(Watch(world.deployment), mend=lambda: asyncio.to_thread(shutil.rmtree, kept))


@asynccontextmanager
async def inbox_old(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Accepted, and no worker runs."""
    await world.deployment.inbox.accept(*delivery(world))
    take_up = partial(finish_the_queue, world)
    yield Trouble(Watch(world.deployment), timedelta(seconds=121), take_up)


async def finish_the_queue(world: World) -> None:
    """Whatever waits is done with."""
    done = update(tables.inbox_item).values(state="done")
    await world.deployment.database.write(lambda connection: connection.execute(done))


@asynccontextmanager
async def quarantine(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Verified, and nobody can read it."""
    await world.deployment.inbox.accept(*delivery(world), quarantine="not a list of events")
    yield Trouble(Watch(world.deployment), mend=partial(finish_the_queue, world))


@asynccontextmanager
async def files_old(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A photo was named, and its provider does not hand it out."""
    now = world.deployment.now()
    wanted = fetches.NewFetch("0" * 64, "testchat", new_id(), new_id(), b"sealed", next_at=now, created_at=now)
    await world.deployment.database.write(lambda connection: fetches.FETCHES.store(connection, [wanted.__dict__]))
    here = partial(fetches.settle, stored_key=wanted.stored_key, state="here")
    yield Trouble(Watch(world.deployment), timedelta(seconds=301), lambda: world.deployment.database.write(here))


@asynccontextmanager
async def scanner_away(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """ClamAV was stopped."""
    with running_clamd() as clamd:
        ask(world, clamd)

    async def mend() -> None:
        again.enter_context(running_clamd(port=clamd.port))

    watch = Watch(world.deployment)
    await watch.run_once()
    with ExitStack() as again:
        yield Trouble(watch, timedelta(seconds=61), mend)


@asynccontextmanager
async def channel_silent(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Mails came every working hour for weeks; then its provider was told another address."""
    hour = world.clock().replace(minute=0, second=0, microsecond=0)
    before = [hour - number * HOUR for number in range(5, 5 * 7 * 24)]
    rows = [{"channel": "email", "hour": at, "items": 2} for at in before]
    await world.deployment.database.write(lambda connection: connection.execute(insert(tables.arrivals_hour), rows))

    async def mend() -> None:
        await world.deployment.inbox.accept(*delivery(world))
        await world.deployment.database.write(counts.count_arrivals)
        world.clock.advance(minutes=5)

    await world.deployment.database.write(counts.count_arrivals)
    yield Trouble(Watch(world.deployment), mend=mend)


OF_INTAKE = (
    intake_refused,
    database_away,
    journal_not_empty,
    journal_set_aside,
    journal_damaged,
    inbox_old,
    quarantine,
    files_old,
    scanner_away,
    channel_silent,
)
