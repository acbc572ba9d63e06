"""Units that wait together share a transaction; the one that fails fails alone, and leaves nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Any

from core.contract.errors import VersionConflict
from core.service.committing import Committer
from core.service.work import Work
from core.storage import contacts
from core.storage.database import Connection, Database
from core.storage.tables import contact
from tests.support.databases import on_both_engines

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


class Counted:
    """A database that counts its transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.writes = 0

    async def write(self, work: Any, *, urgent: bool = False) -> Any:
        self.writes += 1
        return await self._database.write(work, urgent=urgent)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


def person(name: str) -> Work:
    work = Work()
    work.put(contacts.CONTACTS, contacts.contact_row(name, now=NOW))
    work.put(contacts.STANDING, name)
    return work


def stale(name: str) -> Work:
    """Its person is written before anybody notices that somebody was faster."""
    work = person(name)

    def refuse(_connection: Connection) -> None:
        raise VersionConflict("somebody was faster")

    work.add(refuse)
    return work


def known(connection: Connection) -> list[str]:
    return sorted(connection.scalars(contact.select().with_only_columns(contact.c.id)))


@on_both_engines
async def test_units_that_wait_together_are_one_transaction(database: Database) -> None:
    counted = Counted(database)
    committer = Committer(counted)
    await asyncio.gather(*(committer.commit(person(f"p{number}")) for number in range(40)))

    assert len(await database.read(known)) == 40
    assert counted.writes <= 4


@on_both_engines
async def test_one_that_fails_fails_alone(database: Database) -> None:
    """Nothing of it stays, its follow-up is not done, and the others are stored."""
    followed: list[str] = []

    async def follow(name: str) -> None:
        followed.append(name)

    works = {name: stale(name) if name == "p3" else person(name) for name in ("p1", "p2", "p3", "p4")}
    for name, work in works.items():
        work.afterwards.append(partial(follow, name))
    committer = Committer(database)
    ends = await asyncio.gather(*map(committer.commit, works.values()), return_exceptions=True)

    assert [type(end).__name__ for end in ends] == ["NoneType", "NoneType", "VersionConflict", "NoneType"]
    assert await database.read(known) == ["p1", "p2", "p4"]
    assert followed == ["p1", "p2", "p4"]
