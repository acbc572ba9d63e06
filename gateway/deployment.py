"""
Everything one running process shares, built in one place and handed on: the object graph of Lắng Nghe.

Handlers reach it through `request.app[DEPLOYMENT]`; tests open one over a fresh data folder.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from aiohttp import web

from core.contract.ports import UNLIMITED, Allowance, Allows, Channel, Stops
from core.courtesy import Courtesy
from core.notify.house import House
from core.notify.pauses import Pauses
from core.notify.quiet import quiet_hours
from core.privacy.media import FileMediaStore
from core.privacy.scanner import Clamd
from core.service.agencies import renew_book
from core.service.carrying import Carriers
from core.service.clerk import Clerk
from core.service.ground import Ground
from core.service.intake import Intake
from core.service.keyhouse import KeyHouse
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
from core.storage.inbox import Inbox
from core.storage.journal import Journal
from core.storage.opening import explained
from core.storage.small_reads import SmallReads
from gateway.events import Events, open_events
from gateway.events.bells import AGENCIES
from gateway.refusals import Refusals
from gateway.registry import Supplies, build_channels
from gateway.settings import Settings
from gateway.stores import Now, Stores, open_stores, utc_now
from gateway.turns import open_turns


@dataclass(frozen=True)
class Deployment:
    """One province's gateway in one process. `now` is the only clock; tests move it."""

    settings: Settings
    now: Now
    database: Database
    small_reads: SmallReads
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
    refusals: Refusals
    thinking: Thinking
    channels: Mapping[str, Channel]
    bounds: Bounds
    sorters: Sorters


DEPLOYMENT = web.AppKey("deployment", Deployment)


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
    media = _media(settings, safe)
    regulation, places, phrasebook = await _books(settings, database, events=events, now=now)
    channels = await asyncio.to_thread(build_channels, Supplies(settings, safe, media, database, now))
    courtesy = Courtesy()
    rules_now = partial(regulation.intake_rules, settings.office)
    thinking = Thinking(rules_now, places, regulation.book, now, courtesy)
    clerk = Clerk(
        Ground(
            database=database,
            carriers=_carriers(settings, channels),
            safe=safe,
            media=media,
            regulation=regulation,
            thinking=thinking,
            house=_house(settings, phrasebook),
            mailbox=settings.email.address if "email" in channels else "",
            accounts=_accounts(settings, channels),
            now=now,
        )
    )
    return Deployment(
        settings=settings,
        now=now,
        database=database,
        small_reads=SmallReads(database),
        keys=stores.keys,
        safe=safe,
        media=media,
        inbox=_inbox(settings, database, safe=safe, journal=journal, now=now),
        journal=journal,
        regulation=regulation,
        places=places,
        phrasebook=phrasebook,
        clerk=clerk,
        proving=clerk.proving,
        intake=_intake(settings, database, safe=safe, media=media, clerk=clerk, channels=channels, now=now),
        events=events,
        courtesy=courtesy,
        refusals=Refusals(database, now=now),
        thinking=thinking,
        channels=channels,
        bounds=bounds_of(settings, channels, turns=turns),
        sorters=Sorters(database, regulation=regulation, now=now),
    )


def _media(settings: Settings, safe: Safe) -> FileMediaStore:
    scanner = Clamd.at(settings.clamav) if settings.clamav else None
    return FileMediaStore(settings.data / "media", keys=safe.keys, blind=safe.blind, scanner=scanner)


def _inbox(settings: Settings, database: Database, *, safe: Safe, journal: Journal, now: Now) -> Inbox:
    return Inbox(
        database,
        zone=safe.zone,
        blind=safe.blind.for_other("inbox"),
        journal=journal,
        now=now,
        budget=settings.intake.database_budget,
        linger=settings.intake.linger,
    )


async def _books(
    settings: Settings, database: Database, *, events: Events, now: Now
) -> tuple[Regulation, PlaceBook, Phrasebook]:
    """What administrators change while the gateway runs; each change is told to the other processes."""
    regulation = await open_regulation(settings.regulation, database, now=now)
    places, phrasebook = PlaceBook(database), await open_phrasebook(database)
    if settings.mode == "demo":
        await places.begin_with_sample()
        await renew_book(regulation.book, database, settings.regulation)
    told = partial(events.publish, AGENCIES)
    regulation.book.changed = regulation.shelf.changed = regulation.calendars.changed = told
    places.changed = phrasebook.changed = told
    return regulation, places, phrasebook


def _carriers(settings: Settings, channels: Mapping[str, Channel]) -> Carriers:
    stands_in = settings.otp.mail_stands_in or settings.mode == "demo"
    return Carriers(channels, order=settings.otp.order, mail_stands_in=stands_in)


def _house(settings: Settings, phrasebook: Phrasebook) -> House:
    """Who we are to those we write to, and where they read on."""
    return House(
        settings.office,
        settings.hotline,
        f"{settings.public_url}/tra-cuu",
        case_url=f"{settings.public_url}/console/ho-so",
        supplement_url=f"{settings.public_url}/bo-sung",
        one_case_url=f"{settings.public_url}/viec",
        quiet=quiet_hours(settings.sending.quiet_hours),
        processors=bool(settings.personal_data.processors),
        words=phrasebook,
    )


def _intake(
    settings: Settings,
    database: Database,
    *,
    safe: Safe,
    media: FileMediaStore,
    clerk: Clerk,
    channels: dict[str, Channel],
    now: Now,
) -> Intake:
    return Intake(
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
