"""
How each alarm comes about in real life, done to a real deployment.

A trouble is entered with a world, yields the Watch that must hear of it once everything has gone wrong for long enough,
and mends it where `mend` is called.
"""

from __future__ import annotations

import asyncio
import shutil
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, update

from core.cases.decide import Actor
from core.contract.errors import IntakeUnavailable
from core.contract.ports import Health, ItemKey, RawDelivery
from core.contract.schema import new_id
from core.privacy.keys import KeyCache, SubjectKeys
from core.regulations.library import PackLibrary
from core.regulations.loader import load_pack
from core.service.safe import Safe
from core.storage import cases, fetches, outbox, staff_notices, tables
from core.storage.cases import Search
from core.storage.inbox import Inbox
from core.storage.journal import Journal, read_frames
from core.storage.keys import SqlKeyStore
from core.storage.outbox import NewEntry, Outcome, Settled
from core.storage.sqlite import SqliteDatabase
from gateway.admin.actions import ACTIONS
from gateway.admin.services import letting_go_of
from gateway.events import open_events
from gateway.watch.watch import Watch
from gateway.workers.daily import Daily
from gateway.workers.loop import Loop
from gateway.workers.pulse import Pulse
from tests.gateway.watch.certificate import make_certificate
from tests.support.clamd import ask, running_clamd
from tests.support.codes import with_phones
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel
from tests.support.letters import write_mail
from tests.support.servers import free_port
from tests.support.waiting import until

Mend = Callable[[], Awaitable[Any]]
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."


@dataclass
class Trouble:
    """What to look with, how long it takes to ring, and how it ends (None: only with the process)."""

    watch: Watch
    after: timedelta = timedelta(seconds=1)
    mend: Mend | None = None


async def look(world: World, watch: Watch, after: timedelta = timedelta()) -> set[str]:
    """Time passes, and the watch looks; returns what rings."""
    world.clock.at += after
    await watch.run_once()
    return {one.alarm.name for one in watch.ringing}


async def _nothing() -> None:
    pass


def delivery(world: World) -> tuple[RawDelivery, list[ItemKey]]:
    """One message nobody has seen yet."""
    name = new_id()
    raw = RawDelivery("email", "phananh@langnghe.example.vn", b"a mail", received_at=world.clock())
    return raw, [ItemKey(name, name)]


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
    yield Trouble(watch, mend=_nothing)


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
    take_up = partial(inbox_queue_finish, world)
    yield Trouble(Watch(world.deployment), timedelta(seconds=121), take_up)


async def inbox_queue_finish(world: World) -> None:
    """Whatever waits is done with."""
    done = update(tables.inbox_item).values(state="done")
    await world.deployment.database.write(lambda connection: connection.execute(done))


@asynccontextmanager
async def quarantine(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Verified, and nobody can read it."""
    await world.deployment.inbox.accept(*delivery(world), quarantine="not a list of events")
    yield Trouble(Watch(world.deployment), mend=partial(inbox_queue_finish, world))


async def write_answer(world: World) -> str:
    """One message to send, as its cause would leave it; returns its id."""
    entry = NewEntry(
        id=new_id(),
        dedupe_key=new_id(),
        conversation_id=new_id(),
        case_id=None,
        channel="email",
        subject_id=new_id(),
        payload_sealed=b"sealed",
        next_at=world.clock(),
        created_at=world.clock(),
    )
    row = insert(tables.outbox).values(asdict(entry))
    await world.deployment.database.write(lambda connection: connection.execute(row))
    return entry.id


async def claim(world: World) -> None:
    """Somebody begins to send."""
    await world.deployment.database.write(partial(outbox.claim, owner="test", now=world.clock()))


async def settle(world: World, entry: str, outcome: Outcome) -> None:
    """What came of it."""
    told = partial(outbox.settle, settled=[Settled(entry, outcome, owner="test", at=world.clock())])
    await world.deployment.database.write(told)


@asynccontextmanager
async def outbox_old(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Written, and nobody sends."""
    entry = await write_answer(world)

    async def mend() -> None:
        await claim(world)
        await settle(world, entry, Outcome("sent"))

    yield Trouble(Watch(world.deployment), timedelta(seconds=601), mend)


@asynccontextmanager
async def outbox_unknown(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Its sender died."""
    entry = await write_answer(world)
    await claim(world)
    await world.deployment.database.write(outbox.mark_all_unknown)
    gone = delete(tables.outbox).where(tables.outbox.c.id == entry)
    yield Trouble(
        Watch(world.deployment),
        mend=lambda: world.deployment.database.write(lambda connection: connection.execute(gone)),
    )


@asynccontextmanager
async def outbox_failed(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Given up after the first look; an hour later it is old news."""
    watch = Watch(world.deployment)
    await watch.run_once()
    entry = await write_answer(world)
    await claim(world)
    await settle(world, entry, Outcome("failed", reason="recipient_unreachable"))
    yield Trouble(watch, mend=_nothing)


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
async def staff_unreached(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """An officer was to have a short message, and there is no channel for one."""
    row = staff_notices.NoticeRow(
        id=new_id(),
        dedupe_key="c1/5/officer_new/d1/nobody/sms",
        user_id=None,
        role="officer",
        agency_id="so_xay_dung",
        case_id="c1",
        case_code="202611230017",
        notification="officer_new",
        form="sms",
        subject="Việc mới",
        text="Việc mới",
        state="no_channel",
        outbox_id=None,
        created_at=world.clock(),
    )
    await world.deployment.database.write(lambda one: one.execute(insert(tables.staff_notice), row.__dict__))
    gone = delete(tables.staff_notice)
    yield Trouble(
        Watch(world.deployment),
        mend=lambda: world.deployment.database.write(lambda connection: connection.execute(gone)),
    )


@asynccontextmanager
async def otp_uncarried(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A regulation that wants numbers proved, in a deployment whose only carrier was switched off."""
    wanting = replace(world.deployment.regulation, packs=PackLibrary.of(load_pack("quang_binh")))
    channels = world.deployment.channels
    assert isinstance(channels, dict)
    del channels["email"]

    async def mend() -> None:
        with_phones(world)

    yield Trouble(Watch(replace(world.deployment, regulation=wanting)), mend=mend)


@asynccontextmanager
async def clocks_late(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A clock is due, and nobody fires it."""
    row = {"case_id": new_id(), "clock_id": "accept", "fire_at": world.clock()}
    await world.deployment.database.write(lambda connection: connection.execute(insert(tables.case_clock), row))
    watch = Watch(world.deployment)
    await look(world, watch, timedelta(seconds=6))
    fired = delete(tables.case_clock)
    yield Trouble(
        watch,
        timedelta(seconds=60),
        lambda: world.deployment.database.write(lambda connection: connection.execute(fired)),
    )


@asynccontextmanager
async def loop_lag(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Somebody holds the event loop; a minute without that ends it."""
    pulse = Pulse()
    watch = Watch(world.deployment, pulse=pulse)
    beat = asyncio.create_task(pulse.run_once())
    await asyncio.sleep(0)
    held = time.monotonic()
    while time.monotonic() - held < 0.4:
        pass
    await beat
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=61))


@asynccontextmanager
async def loop_dead(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Every round fails."""
    well = False

    async def work() -> int:
        if not well:
            raise ValueError("as always")
        return 0

    loop = Loop("inbound", work, interval=0.01)
    watch = Watch(with_limit(world, loop_seconds=0.05), loops=lambda: [loop])
    running = asyncio.create_task(loop.run())
    await until(lambda: loop.silent > 0.05, "a long silence")

    async def mend() -> None:
        nonlocal well
        well = True
        await until(lambda: loop.failures == 0, "a good round")

    yield Trouble(watch, mend=mend)
    loop.stop()
    await running


def with_limit(world: World, **limits: float) -> Any:
    """The deployment with another limit."""
    settings = world.deployment.settings
    alarms = settings.alarms.model_copy(update=limits)
    return replace(world.deployment, settings=settings.model_copy(update={"alarms": alarms}))


@asynccontextmanager
async def redis_away(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Nobody listens where Redis should."""
    async with open_events(f"redis://127.0.0.1:{free_port()}/0", namespace="test") as events:
        watch = Watch(replace(world.deployment, events=events))
        await watch.run_once()
        yield Trouble(watch, timedelta(seconds=601))


@asynccontextmanager
async def disk_full(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Less room than wanted: this machine's disk against a limit that no disk keeps."""
    yield Trouble(Watch(with_limit(world, disk_free_percent=100)))


@asynccontextmanager
async def calendar_ends(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """November 2026: next year's days are only expected."""

    async def mend() -> None:
        world.clock.advance(days=-200)

    yield Trouble(Watch(world.deployment), mend=mend)


@asynccontextmanager
async def certificate_ends(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A reverse proxy shows one that has three days left."""
    made = make_certificate(tmp_path, ends=world.clock() + timedelta(days=3))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*made)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    settings = world.deployment.settings.model_copy(update={"public_url": f"https://localhost:{port}"})

    async def renew() -> None:
        context.load_cert_chain(*make_certificate(tmp_path, ends=world.clock() + timedelta(days=90)))
        world.clock.advance(minutes=5)

    yield Trouble(Watch(replace(world.deployment, settings=settings)), mend=renew)
    server.close()


@dataclass
class Expiring(HookedTestChannel):
    """A channel whose provider gives tokens for a time."""

    health: Health = field(default_factory=lambda: Health(ok=True))

    async def check_health(self) -> Health:
        """As it stands."""
        return self.health


@asynccontextmanager
async def token_ends(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Three days, and nobody has renewed it."""
    channel = Expiring(health=Health(ok=True, expires={"token": world.clock() + timedelta(days=3)}))

    async def renew() -> None:
        channel.health = Health(ok=True, expires={"token": world.clock() + timedelta(days=60)})
        world.clock.advance(minutes=5)

    yield Trouble(Watch(replace(world.deployment, channels={channel.name: channel})), mend=renew)


@asynccontextmanager
async def channel_down(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """The relay is gone."""
    await world.mail.stop()
    watch = Watch(world.deployment)
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=601))


@asynccontextmanager
async def backup_old(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Two nights without."""
    await Daily(world.deployment).run_once()

    async def mend() -> None:
        await ACTIONS["backup.archive"](world.deployment, {"path": str(tmp_path / "archive")})
        await ACTIONS["backup.keys"](world.deployment, {"path": str(tmp_path / "keys")})

    yield Trouble(Watch(world.deployment), timedelta(hours=37), mend)


@asynccontextmanager
async def root_missing(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A day is over, and no worker has made its root."""
    daily = Daily(world.deployment)
    await daily.run_once()
    yield Trouble(Watch(world.deployment), timedelta(days=1), daily.run_once)


@asynccontextmanager
async def audit_failed(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Somebody moved a case to another stage."""
    await write_mail(world, LAMP)
    stages = await world.deployment.database.read(
        lambda connection: list(connection.execute(tables.case.select().with_only_columns(tables.case.c.stage)))
    )
    await set_stage(world, "elsewhere")
    await ACTIONS["audit.verify"](world.deployment, {})

    async def mend() -> None:
        await set_stage(world, stages[0].stage)
        await ACTIONS["audit.verify"](world.deployment, {})

    yield Trouble(Watch(world.deployment), mend=mend)


async def set_stage(world: World, stage: str) -> None:
    """In the row alone."""
    change = update(tables.case).values(stage=stage)
    await world.deployment.database.write(lambda connection: connection.execute(change))


@asynccontextmanager
async def audit_old(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Nine days without."""
    await Daily(world.deployment).run_once()
    verify = partial(ACTIONS["audit.verify"], world.deployment, {})
    yield Trouble(Watch(world.deployment), timedelta(days=9), verify)


@asynccontextmanager
async def diverted_left(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """The desk diverts a report, and the key database takes nothing."""
    await write_mail(world, LAMP)
    await world.settle()
    (case,) = await world.deployment.database.read(partial(cases.search, wanted=Search()))
    centre = Actor("ioc", frozenset({"receptionist"}))
    await world.deployment.clerk.execute(case.id, "divert", {"kind": "complaint"}, actor=centre)
    await world.settle()
    closed = SqliteDatabase(tmp_path / "closed.sqlite3")
    await closed.close()
    safe, ring = world.deployment.safe, world.deployment.keys.ring
    keys = SubjectKeys(SqlKeyStore(closed, now=world.clock), ring, KeyCache())
    stuck = replace(world.deployment, safe=Safe(keys, safe.vault, safe.zone, safe.blind))
    assert await letting_go_of(stuck).run_once() == 0
    yield Trouble(Watch(world.deployment), timedelta(seconds=601), letting_go_of(world.deployment).run_once)


TROUBLES = {
    one.__name__: one
    for one in (
        intake_refused,
        database_away,
        journal_not_empty,
        journal_set_aside,
        journal_damaged,
        inbox_old,
        quarantine,
        outbox_old,
        outbox_unknown,
        outbox_failed,
        files_old,
        scanner_away,
        staff_unreached,
        diverted_left,
        otp_uncarried,
        clocks_late,
        loop_lag,
        loop_dead,
        redis_away,
        disk_full,
        calendar_ends,
        certificate_ends,
        token_ends,
        channel_down,
        backup_old,
        root_missing,
        audit_failed,
        audit_old,
    )
}
