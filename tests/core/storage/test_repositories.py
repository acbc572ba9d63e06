"""Cases, conversations, reports and people on both engines: versions, pages, limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from core.contract.errors import NotFound, VersionConflict
from core.storage import case_search, cases, contacts, conversations, due_clocks, people, queues, reports, timers
from core.storage.database import Connection, Database
from core.storage.together import store_together
from core.storage.types import to_microseconds
from tests.support.databases import on_both_engines, put

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def case_row(case_id: str = "c", **changes: Any) -> cases.CaseRow:
    row = cases.CaseRow(
        id=case_id,
        code="123456789012",
        regulation="r@1",
        version=1,
        head=b"h",
        stage="received",
        open=True,
        urgency="normal",
        category="",
        received_at=NOW,
        closed_at=None,
        published_at=None,
        next_due_at=None,
        state={"b": 1},
        search_text="den duong hong",
    )
    return replace(row, **changes)


def event(version: int) -> cases.EventRow:
    return cases.EventRow(version=version, name="x", at=NOW, actor="a", body=b"{}", hash=bytes([version]))


async def append(database: Database, row: cases.CaseRow, *versions: int, **beside: Any) -> None:
    beside = {"tasks": [], "clocks": []} | beside
    events = [event(version) for version in versions]

    def store(connection: Connection) -> None:
        if row.version > len(events):
            cases.replace(connection, row, expected=row.version - len(events))
        store_together(connection, cases.entries(row, events, **beside))

    await database.write(store)


@on_both_engines
async def test_a_case_is_stored_under_its_version(database: Database) -> None:
    """The second of two writers who read the same version is told, and leaves nothing."""
    await append(database, case_row(), 1)
    await append(database, case_row(version=3, stage="done"), 2, 3)

    with pytest.raises(VersionConflict):
        await append(database, case_row(version=2, stage="late"), 2)

    assert (await database.read(partial(cases.load, case_id="c"))).stage == "done"
    assert [one.version for one in await database.read(partial(cases.load_events, case_id="c"))] == [1, 2, 3]
    with pytest.raises(NotFound):
        await database.read(partial(cases.load, case_id="other"))


@on_both_engines
async def test_queues_show_the_nearest_due_time_first_and_page_on(database: Database) -> None:
    """Without a due time last; a page continues where the one before ended."""
    dues = {"a": NOW + timedelta(hours=2), "b": None, "c": NOW + timedelta(hours=1), "d": None}
    for name, due in dues.items():
        task = cases.TaskRow(key="t", role="officer", agency_id="x", stage="s", due_at=due)
        await append(database, case_row(name), 1, tasks=[task])
    page = partial(queues.page, seats=[("officer", "x")], most=3)

    first = await database.read(page)
    last = first[-1]
    rest = await database.read(partial(page, after=(2**62 if last.due_at is None else 0, last.case_id)))

    assert [row.case_id for row in first] == ["c", "a", "b"]
    assert [row.case_id for row in rest] == ["d"]
    assert await database.read(partial(queues.page, seats=[("officer", "y")])) == []
    assert len(await database.read(partial(queues.page, seats=[("officer", "")]))) == 4
    assert await database.read(partial(queues.count_tasks, seats=[("officer", "x")])) == {"officer": 4}
    assert await database.read(partial(queues.page, seats=[])) == []


@on_both_engines
async def test_due_clocks_come_by_time(database: Database) -> None:
    """And are gone when the case no longer has them."""
    clocks = [cases.ClockRow("late", NOW), cases.ClockRow("later", NOW + timedelta(hours=1))]
    await append(database, case_row(), 1, clocks=clocks)

    assert await database.read(partial(due_clocks.due, now=NOW)) == [due_clocks.DueClock("c", "late", NOW)]
    assert await database.read(due_clocks.oldest) == NOW
    await append(database, case_row(version=2), 2)
    assert await database.read(partial(due_clocks.due, now=NOW + timedelta(days=1))) == []


@on_both_engines
async def test_cases_are_searched_newest_first(database: Database) -> None:
    """By folded words, and page by page; a wildcard in the words is only a character."""
    for number in range(4):
        await append(database, case_row(str(number), received_at=NOW + timedelta(minutes=number)), 1)
    find = partial(case_search.search, most=2)

    first = await database.read(partial(find, wanted=case_search.Search(text="duong")))
    last = first[-1]
    rest = await database.read(partial(find, wanted=case_search.Search(), before=(last.received_at, last.id)))

    assert [row.id for row in [*first, *rest]] == ["3", "2", "1", "0"]
    assert await database.read(partial(find, wanted=case_search.Search(text="%"))) == []
    assert len(await database.read(partial(find, wanted=case_search.Search(text="hong den")))) == 2


async def with_conversation(database: Database) -> conversations.ConversationRow:
    row = conversations.ConversationRow(
        id="v",
        channel="email",
        account="a",
        address_blind="b",
        contact_id="p",
        correspondent_sealed=b"x",
        dialogue_sealed=None,
        mode="bot",
        version=0,
        created_at=NOW,
        last_message_at=NOW,
        last_inbound_at=NOW,
        unread=0,
        needs_human=False,
    )
    await put(database, contacts.CONTACTS, contacts.contact_row("p", now=NOW))
    await put(database, conversations.CONVERSATIONS, row.__dict__)
    return row


@on_both_engines
async def test_a_conversation_is_saved_under_its_version(database: Database) -> None:
    """Two workers on one conversation: one of them starts again."""
    row = await with_conversation(database)
    await put(database, conversations.SAVED, (replace(row, version=1, mode="human"), 0))

    for stale in ([(replace(row, version=1), 0)], [(replace(row, version=2), 1)] * 2):
        with pytest.raises(VersionConflict):
            await put(database, conversations.SAVED, *stale)

    found = await database.read(partial(conversations.newest_at, channel="email", account="a", address_blind="b"))
    assert found is not None
    assert found.mode == "human"


@on_both_engines
async def test_a_timer_fires_once(database: Database) -> None:
    """Moved timers fire at the new time only; a taken one is gone."""
    await with_conversation(database)
    await put(database, timers.TIMERS, ("v", "burst", NOW))
    (old,) = await database.read(partial(timers.due, now=NOW))
    await put(database, timers.TIMERS, ("v", "burst", None), ("v", "burst", NOW + timedelta(seconds=3)))

    assert await database.read(partial(timers.due, now=NOW)) == []
    with pytest.raises(VersionConflict):
        await put(database, timers.TAKEN, old.id)
    assert await database.read(timers.next_due) == NOW + timedelta(seconds=3)


@on_both_engines
async def test_a_person_is_found_by_any_address(database: Database) -> None:
    """By keyed hash; the same address asserted twice is one identity."""
    await with_conversation(database)
    claim = partial(contacts.identity_row, "p", kind="phone", address_blind="q", now=NOW)
    await put(database, contacts.IDENTITIES, claim())
    await put(database, contacts.IDENTITIES, claim())
    await database.write(partial(contacts.verify_identity, contact_id="p", address_blind="q", by="otp", now=NOW))

    assert await database.read(partial(contacts.at_addresses, address_blinds=["q", "?"])) == {"q": "p"}


@on_both_engines
async def test_publications_page_newest_first(database: Database) -> None:
    """And are replaced, not doubled, when shown anew."""
    for number in range(3):
        shown = reports.PublicationRow(str(number), NOW + timedelta(minutes=number), {"n": number}, "result", "x")
        await database.write(partial(reports.publish, row=shown))
        await database.write(partial(reports.publish, row=shown))

    page = await database.read(partial(reports.published, kind="result", most=2))
    rest = await database.read(
        partial(reports.published, kind="result", before=(page[-1].published_at, page[-1].case_id))
    )

    assert [row.view["n"] for row in [*page, *rest]] == [2, 1, 0]


@on_both_engines
async def test_failures_count_since_the_last_success(database: Database) -> None:
    """The limit of tries starts anew after a right one."""
    note: Callable[..., Any] = partial(people.note_attempt, scope="login:x")
    for minute, ok in enumerate([False, True, False, False]):
        await database.write(partial(note, ok=ok, now=NOW + timedelta(minutes=minute)))

    failures = await database.read(partial(people.failures_since, scope="login:x", since=NOW))

    assert failures == [NOW + timedelta(minutes=2), NOW + timedelta(minutes=3)]
    assert to_microseconds(failures[0]) > 0


@on_both_engines
async def test_a_one_time_code_works_once(database: Database) -> None:
    """The same time step is refused the second time, and so is an earlier one."""
    row = people.UserRow("u", "an", "An", "hash", None, 0, True, NOW)
    await database.write(partial(people.add_user, row=row))
    use = partial(people.use_totp_step, user_id="u")

    assert await database.write(partial(use, step=10))
    assert not await database.write(partial(use, step=10))
    assert not await database.write(partial(use, step=9))
