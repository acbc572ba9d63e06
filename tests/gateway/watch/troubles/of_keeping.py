"""Troubles of what is kept: backup, daily root, the audit, what a diverted report leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import update

from core.cases.decide import Actor
from core.privacy.keys import KeyCache, SubjectKeys
from core.service.safe import Safe
from core.service.subjects.taking import Entering
from core.storage import case_search, reports, tables, upkeep
from core.storage.case_search import Search
from core.storage.keys import SqlKeyStore
from core.storage.sqlite import SqliteDatabase
from core.subjects.request import ProvedBy, Via
from core.subjects.rights import Right
from gateway.admin.actions import ACTIONS
from gateway.admin.services import letting_go_of, subject_desk_of
from gateway.watch.watch import Watch
from gateway.workers.daily import Daily
from tests.gateway.watch.troubles.trouble import LAMP, Trouble
from tests.support.deployments import World
from tests.support.letters import write_mail


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
async def triage_poor(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Half of the guesses were wrong last night; the next night they are right."""

    async def looked(right: int) -> None:
        facts = {"seen": 100, "right": right}
        await world.deployment.database.write(partial(upkeep.note, work=upkeep.TRIAGE, at=world.clock(), facts=facts))

    await looked(50)
    yield Trouble(Watch(world.deployment), mend=partial(looked, 90))


@asynccontextmanager
async def diverted_left(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """The desk diverts a report, and the key database takes nothing."""
    await write_mail(world, LAMP)
    await world.settle()
    (case,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
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


@asynccontextmanager
async def data_requests_late(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Somebody asks to be erased, and nobody answers for a week."""
    await write_mail(world, LAMP)
    await world.settle()
    (case,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    row = await world.deployment.database.read(partial(reports.by_code, code=case.code))
    asked = Entering(row.contact_id, Right.ERASURE, Via.PORTAL, ProvedBy.CODE, code=row.code)
    request = await world.deployment.clerk.requests.take(asked)
    desk = subject_desk_of(world.deployment)
    mend = partial(desk.refuse, request.id, 1, "not_proved", actor="an")
    yield Trouble(Watch(world.deployment), timedelta(days=7), mend)


OF_KEEPING = (
    data_requests_late,
    diverted_left,
    backup_old,
    root_missing,
    audit_failed,
    audit_old,
    triage_poor,
)
