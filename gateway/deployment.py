"""
Everything one running process shares, built in one place and handed on: the object graph of Lắng Nghe.

Handlers reach it through `request.app[DEPLOYMENT]`; tests open one over a fresh data folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from core.contract.ports import UNLIMITED, Allowance, Allows, Channel, Stops
from core.courtesy import Courtesy
from core.notify.house import House
from core.notify.pauses import Pauses
from core.notify.quiet import quiet_hours
from core.privacy.master import KeyRing, create_master_key_file
from core.privacy.media import FileMediaStore
from core.privacy.scanner import Clamd
from core.service.carrying import Carriers
from core.service.clerk import Clerk
from core.service.intake import Intake
from core.service.keyhouse import KeyHouse, load_key_ring
from core.service.officers import CARRIERS, OUTSIDE
from core.service.phrasebook import Phrasebook, open_phrasebook
from core.service.places import PlaceBook
from core.service.proving import Proving
from core.service.regulation import Regulation, open_regulation
from core.service.safe import Safe
from core.service.sending import Bounds
from core.service.thinking import Thinking
from core.service.triage.book import Sorters
from core.service.turns import Turns
from core.storage.database import Database
from core.storage.folders import make_folder
from core.storage.inbox import Inbox
from core.storage.journal import Journal
from core.storage.keys import SqlKeyStore
from core.storage.migrations import upgrade
from core.storage.opening import explained
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from gateway.events import Events, open_events
from gateway.events.bells import AGENCIES
from gateway.registry import Supplies, build_channels
from gateway.settings import Settings
from gateway.turns import open_turns

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Deployment:
    """One province's gateway in one process. `now` is the only clock; tests move it."""

    settings: Settings
    now: Now
    database: Database
    keys: KeyHouse
    safe: Safe
    media: FileMediaStore
    inbox: Inbox
    journal: Journal
    regulation: Regulation
    places: PlaceBook
    phrasebook: Phrasebook
    clerk: Clerk
    proving: Proving
    intake: Intake
    events: Events
    courtesy: Courtesy
    channels: Mapping[str, Channel]
    bounds: Bounds
    sorters: Sorters


DEPLOYMENT = web.AppKey("deployment", Deployment)


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """What lies on disk: the database, brought up to date, and the keys to what is sealed in it."""

    database: Database
    keys: KeyHouse


@asynccontextmanager
async def open_stores(settings: Settings, *, now: Now = utc_now, durable: bool = True) -> AsyncIterator[Stores]:
    """
    Open both databases and the master keys, without making a secret; closes them in reverse order.

    `durable`: what is committed survives a power cut. Only what is thrown away anyhow (a simulation) does without.
    """
    async with AsyncExitStack() as stack:
        with explained(settings.sqlite_path if settings.embedded else settings.data, server=not settings.embedded):
            make_folder(settings.data)
            database = await _opened(stack, _database(settings, durable=durable))
            await database.write_at_length(upgrade)
        with explained(settings.data / "keys", server=not settings.embedded):
            keys = database if not settings.embedded else await _opened(stack, _key_database(settings, durable=durable))
            await keys.write(SqlKeyStore.create)
            house = KeyHouse(keys, SqlKeyStore(keys, now=now), _key_ring(settings))
        yield Stores(database, house)


@asynccontextmanager
async def open_deployment(settings: Settings, *, now: Now = utc_now, durable: bool = True) -> AsyncIterator[Deployment]:
    """Open databases (migrated), keys, inbox and channels; closes them in reverse order. `durable`: as for stores."""
    with explained(settings.data, server=False):
        journal = Journal(settings.data / "journal")
    async with open_stores(settings, now=now, durable=durable) as stores:
        safe = await asyncio.to_thread(Safe.open, stores.keys.store, stores.keys.ring)
        namespace = safe.blind.other("events", "namespace")  # what only processes with our keys can know
        redis = settings.redis_url.get_secret_value()
        async with open_events(redis, namespace=namespace) as events, open_turns(redis, namespace=namespace) as turns:
            deployment = await _assemble(
                settings, now=now, stores=stores, safe=safe, journal=journal, events=events, turns=turns
            )
            try:
                yield deployment
            finally:
                await deployment.inbox.close()
                await asyncio.gather(*(one.stop() for one in deployment.channels.values() if isinstance(one, Stops)))


async def _assemble(
    settings: Settings, *, now: Now, stores: Stores, safe: Safe, journal: Journal, events: Events, turns: Turns
) -> Deployment:
    database = stores.database

    scanner = Clamd.at(settings.clamav) if settings.clamav else None
    media = FileMediaStore(settings.data / "media", keys=safe.keys, blind=safe.blind, scanner=scanner)
    inbox = Inbox(
        database,
        zone=safe.zone,
        blind=safe.blind.for_other("inbox"),
        journal=journal,
        now=now,
        budget=settings.intake.database_budget,
        linger=settings.intake.linger,
    )
    regulation = await open_regulation(settings.regulation, database, now=now)
    places, phrasebook = PlaceBook(database), await open_phrasebook(database)
    if settings.mode == "demo":
        await places.begin_with_sample()
    told = partial(events.publish, AGENCIES)
    regulation.book.changed = regulation.shelf.changed = regulation.calendars.changed = told
    places.changed = phrasebook.changed = told
    channels = await asyncio.to_thread(build_channels, Supplies(settings, safe, media, database, now))
    stands_in = settings.otp.mail_stands_in or settings.mode == "demo"
    courtesy = Courtesy()
    clerk = Clerk(
        database,
        carriers=Carriers(channels, order=settings.otp.order, mail_stands_in=stands_in),
        safe=safe,
        media=media,
        regulation=regulation,
        thinking=Thinking(partial(regulation.intake_rules, settings.office), places, regulation.book, now, courtesy),
        house=House(
            settings.office,
            settings.hotline,
            f"{settings.public_url}/tra-cuu",
            case_url=f"{settings.public_url}/console/ho-so",
            supplement_url=f"{settings.public_url}/bo-sung",
            one_case_url=f"{settings.public_url}/viec",
            quiet=quiet_hours(settings.sending.quiet_hours),
            processors=bool(settings.personal_data.processors),
            words=phrasebook,
        ),
        mailbox=settings.email.address if "email" in channels else "",
        accounts=_accounts(settings, channels),
        now=now,
    )
    intake = Intake(
        database,
        safe=safe,
        media=media,
        clerk=clerk,
        channels=channels,
        spam_score=settings.email.spam_score,
        most_a_minute=settings.intake.most_a_minute,
        now=now,
        call_back_within=settings.call_center.call_back_within,
    )
    return Deployment(
        settings=settings,
        now=now,
        database=database,
        keys=stores.keys,
        safe=safe,
        media=media,
        inbox=inbox,
        journal=journal,
        regulation=regulation,
        places=places,
        phrasebook=phrasebook,
        clerk=clerk,
        proving=clerk.proving,
        intake=intake,
        events=events,
        courtesy=courtesy,
        channels=channels,
        bounds=bounds_of(settings, channels, turns=turns),
        sorters=Sorters(database, regulation=regulation, now=now),
    )


def bounds_of(settings: Settings, channels: Mapping[str, Channel], *, turns: Turns) -> Bounds:
    """What holds sending back here: what channels declare, and what the deployment says instead."""
    ours = settings.sending

    def allowance(name: str, channel: Channel) -> Allowance:
        own = channel.allowance if isinstance(channel, Allows) else UNLIMITED
        per_second, per_day = ours.per_second.get(name, own.per_second), ours.per_day.get(name, own.per_day)
        return replace(own, per_second=per_second, per_day=per_day)

    return Bounds(
        {name: allowance(name, channel) for name, channel in channels.items()},
        turns=turns,
        pauses=Pauses(timedelta(minutes=ours.elsewhere_minutes)),
        quiet=quiet_hours(ours.quiet_hours),
    )


def _accounts(settings: Settings, channels: Mapping[str, Channel]) -> dict[str, str]:
    """Forms in which staff can be told here, with our side of each."""
    named = {"email": settings.email.address}
    return {form: named.get(form, "") for form in OUTSIDE if CARRIERS[form] in channels}


async def _opened(stack: AsyncExitStack, database: Database) -> Database:
    stack.push_async_callback(database.close)
    return database


def _database(settings: Settings, *, durable: bool) -> Database:
    if settings.embedded:
        return SqliteDatabase(settings.sqlite_path, synchronous=_synchronous(durable))
    return PostgresDatabase(settings.database_url, password=settings.database_password.get_secret_value())


def _key_database(settings: Settings, *, durable: bool) -> Database:
    """Keys lie in a file of their own, so that a copy of the data is not a copy of the keys."""
    make_folder(settings.data / "keys")
    return SqliteDatabase(settings.data / "keys" / "keys.sqlite3", synchronous=_synchronous(durable))


def _synchronous(durable: bool) -> str:
    return "FULL" if durable else "OFF"


def _key_ring(settings: Settings) -> KeyRing:
    reference = settings.master_key_reference
    if settings.mode == "demo" and not settings.master_key:
        create_master_key_file(settings.data / "master.key")
    return load_key_ring(reference, setting="master_key")
