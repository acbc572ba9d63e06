"""Who lets us write to them: the latest word counts, and goes with its person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from core.storage import contacts, standings
from core.storage.database import Database
from core.storage.standings import StandingRow
from tests.support.databases import on_both_engines, put

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BLOCKED = StandingRow("testchat", "page", "b" * 64, reachable=False, reason="blocked", at=NOW)


async def known(database: Database, *rows: StandingRow) -> list[StandingRow]:
    """What stands after these words, in this order of arrival."""
    for row in rows:
        await database.write(partial(standings.note, row=row))
    return await database.read(partial(standings.at_addresses, address_blinds=[BLOCKED.address_blind]))


@on_both_engines
async def test_the_latest_word_counts(database: Database) -> None:
    """Also where the earlier one comes later, or twice."""
    back = replace(BLOCKED, reachable=True, reason="let_in", at=NOW + timedelta(minutes=1))

    assert await known(database, BLOCKED) == [BLOCKED]
    assert await known(database, back, BLOCKED, BLOCKED) == [back]


async def test_each_account_has_a_word_of_its_own(database: Database) -> None:
    """Who blocks one page may like the other."""
    other = replace(BLOCKED, account="other", reachable=True)

    assert set(await known(database, BLOCKED, other)) == {BLOCKED, other}


@on_both_engines
async def test_it_goes_with_its_person(database: Database) -> None:
    """Of one who was erased not even this is kept; of others it is."""
    other = replace(BLOCKED, address_blind="c" * 64)
    await put(database, contacts.CONTACTS, contacts.contact_row("c1", now=NOW))
    theirs = contacts.identity_row("c1", kind="chat", address_blind=BLOCKED.address_blind, now=NOW)
    await put(database, contacts.IDENTITIES, theirs)
    await known(database, BLOCKED, other)

    await database.write(partial(standings.forget, contact_id="c1"))

    both = [BLOCKED.address_blind, other.address_blind]
    assert await database.read(partial(standings.at_addresses, address_blinds=both)) == [other]
