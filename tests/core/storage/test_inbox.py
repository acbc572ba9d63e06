"""Durable acceptance: stored before it is confirmed, once for ever, with the journal behind the database."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import Connection, func, select

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from core.privacy.intake_zone import IntakeZone
from core.storage.database import Database
from core.storage.inbox import Inbox, unpack_delivery
from core.storage.inbox_queue import inbox_state, items_of, waiting_conversations
from core.storage.intake_rows import Acceptance
from core.storage.journal import MOST_CLAIMED, read_frames
from core.storage.tables import inbox_item, inbox_raw
from tests.support.databases import on_both_engines
from tests.support.waiting import until

MakeInbox = Callable[[Database], Inbox]


class FailingDatabase:
    """A database that is away: every write fails, or never ends."""

    dialect = "sqlite"
    commits_at_once = 2

    def __init__(self, *, hang: bool = False) -> None:
        self._hang = hang

    async def write(self, work: Callable[[Connection], Any], *, urgent: bool = False) -> Any:
        if self._hang:
            await asyncio.Event().wait()
        raise ConnectionRefusedError

    async def accept(self, batch: Sequence[Acceptance]) -> None:
        await self.write(lambda _: None)

    async def read(self, work: Callable[[Connection], Any]) -> Any:
        raise ConnectionRefusedError

    async def close(self) -> None:
        pass


def delivery(body: bytes = b'{"text": "x"}') -> RawDelivery:
    return RawDelivery(channel="test", account="a", body=body, headers={"X-Kind": "ví dụ"}, query="q=1")


def item(key: str, *, conversation: str = "c1") -> ItemKey:
    return ItemKey(dedupe_key=key, conversation_key=conversation)


async def stored(database: Database) -> tuple[int, int]:
    """How many items and raw bodies there are."""

    def count(connection: Connection) -> tuple[int, int]:
        items = connection.scalar(select(func.count()).select_from(inbox_item))
        raws = connection.scalar(select(func.count()).select_from(inbox_raw))
        return int(items or 0), int(raws or 0)

    return await database.read(count)


@contextmanager
def at_most_more_files(count: int) -> Iterator[None]:
    """This process may open so many files beside those that it has open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@on_both_engines
async def test_a_delivery_comes_back_byte_for_byte(database: Database, make_inbox: MakeInbox, zone: IntakeZone) -> None:
    """What signatures were checked on is what a replay reads."""
    body = bytes(range(256))
    await make_inbox(database).accept(delivery(body), [item("1")])

    row = await database.read(lambda connection: connection.execute(select(inbox_raw)).one())
    packed = zone.open(row.wrapped_key, row.body_sealed, binding=row.id)
    again = unpack_delivery(packed, channel=row.channel, account=row.account, received_at=row.received_at)

    assert (again.body, again.headers, again.query) == (body, {"X-Kind": "ví dụ"}, "q=1")
    assert body not in row.body_sealed


@on_both_engines
async def test_a_repeated_delivery_leaves_nothing_behind(database: Database, make_inbox: MakeInbox) -> None:
    """The same key twice, and twice at once, is one item and one raw body."""
    inbox = make_inbox(database)
    await inbox.accept(delivery(), [item("1")])

    await asyncio.gather(*(inbox.accept(delivery(), [item("1")]) for _ in range(20)))

    assert await stored(database) == (1, 1)


@on_both_engines
async def test_a_batch_keeps_what_is_new_in_it(database: Database, make_inbox: MakeInbox) -> None:
    """A provider may regroup items on retry: each item has its own key."""
    inbox = make_inbox(database)
    await inbox.accept(delivery(), [item("1"), item("2")])

    await inbox.accept(delivery(), [item("2"), item("3")])

    assert await stored(database) == (3, 2)


@on_both_engines
async def test_everything_that_waits_shares_one_commit(database: Database, make_inbox: MakeInbox) -> None:
    """200 deliveries at once cost far fewer transactions than 200."""
    inbox = make_inbox(database)
    commits = 0
    store = database.accept

    async def counting(batch: Sequence[Acceptance]) -> None:
        nonlocal commits
        commits += 1
        await store(batch)

    database.accept = counting  # type: ignore[method-assign]
    await asyncio.gather(*(inbox.accept(delivery(), [item(str(number))]) for number in range(200)))

    assert await stored(database) == (200, 200)
    assert commits < 20


@pytest.mark.parametrize("hang", [False, True])
async def test_with_the_database_away_the_journal_takes_it(
    make_inbox: MakeInbox, database: Database, hang: bool
) -> None:
    """Accepted all the same, shipped when the database is back, once however often it is shipped."""
    away = make_inbox(FailingDatabase(hang=hang))  # type: ignore[arg-type]
    await asyncio.gather(*(away.accept(delivery(), [item(str(number))]) for number in range(5)))
    assert away.counters.journaled == 5
    assert await stored(database) == (0, 0)
    await away.close()

    back = make_inbox(database)
    await back.accept(delivery(), [item("3")])  # behind those in the journal, so into the journal

    assert await back.ship() == 6
    assert await back.ship() == 0
    assert await stored(database) == (5, 5)


@on_both_engines
async def test_what_a_long_outage_leaves_needs_few_open_files(
    make_inbox: MakeInbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try to ship in vain begins another segment: a night's worth is more than a process may have open."""
    away = make_inbox(FailingDatabase())  # type: ignore[arg-type]
    for number in range(2 * MOST_CLAIMED + 1):
        await away.accept(delivery(), [item(str(number))])
        with pytest.raises(ConnectionRefusedError):
            await away.ship()
    await away.close()
    await stored(database)  # what is opened once is open
    back = make_inbox(database)
    monkeypatch.setattr("core.storage.inbox._CATCH_UP_ROUNDS", 1)

    with at_most_more_files(MOST_CLAIMED + 20):
        assert await back.ship() == 2 * MOST_CLAIMED + 1
    assert await stored(database) == (2 * MOST_CLAIMED + 1,) * 2


async def test_shipping_again_after_a_crash_doubles_nothing(
    make_inbox: MakeInbox, database: Database, tmp_path: Path
) -> None:
    """Shipped but not yet dropped when the process died: the keys make the second time harmless."""
    away = make_inbox(FailingDatabase())  # type: ignore[arg-type]
    await away.accept(delivery(), [item("1")])
    segment = next((tmp_path / "journal").glob("*.journal"))
    content = segment.read_bytes()
    await away.close()
    back = make_inbox(database)
    await back.ship()

    segment.write_bytes(content)

    assert await back.ship() == 1
    assert await stored(database) == (1, 1)


@on_both_engines
async def test_what_no_column_takes_is_kept_all_the_same(database: Database, make_inbox: MakeInbox) -> None:
    """A provider's JSON may hold a NUL or half a character; nobody else's message may suffer for it."""
    inbox = make_inbox(database)
    odd = [ItemKey("\ud800", "\udfff", part) for part in ("a\0b", "\ud800", "x" * 500)]
    odd = [replace(key, dedupe_key=f"{key.dedupe_key}{number}") for number, key in enumerate(odd)]
    named = replace(delivery(), account="\0\ud800" + "a" * 500)

    await asyncio.gather(
        inbox.accept(delivery(), odd), inbox.accept(named, [item("named")]), inbox.accept(delivery(), [item("plain")])
    )

    state = await database.read(inbox_state)
    assert (inbox.counters.stored, state.waiting, state.quarantined) == (3, 2, 3)


@on_both_engines
async def test_a_frame_that_no_database_takes_does_not_hold_up_the_others(
    database: Database, make_inbox: MakeInbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is set aside, on disk; everything behind it is shipped, and the journal is empty again."""
    away = make_inbox(FailingDatabase())  # type: ignore[arg-type]
    monkeypatch.setattr("core.storage.sealing.storable", lambda text, most=0: text)
    await away.accept(delivery(), [ItemKey("poison", "c", "\0\ud800")])
    await away.accept(delivery(), [item("behind")])
    await away.close()
    back = make_inbox(database)

    await back.ship()

    assert await stored(database) == (1, 1)
    assert back._journal.empty
    assert len(list(read_frames(tmp_path / "journal" / "set-aside.frames"))) == 1
    await back.accept(delivery(), [item("after")])
    assert back.counters.stored == 1


@pytest.mark.parametrize("most", [1_000_000, 10], ids=["here", "in a thread"])
async def test_a_channels_mistake_is_its_own(
    database: Database, make_inbox: MakeInbox, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """An instant without a zone: whoever gave it hears it, all that came with it is stored, and nobody is away."""
    monkeypatch.setattr("core.storage.inbox._MOST_BYTES_HERE", most)
    inbox = make_inbox(database)
    naive = replace(item("naive"), provider_time=datetime(2026, 11, 20))  # noqa: DTZ001
    results = await asyncio.gather(
        *(inbox.accept(delivery(), [key]) for key in (item("1"), naive, item("2"))), return_exceptions=True
    )

    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert (await stored(database), inbox._away, inbox.counters.journaled) == ((2, 2), False, 0)


async def test_two_who_ship_at_once_do_not_meet(database: Database, make_inbox: MakeInbox) -> None:
    """The loop ships, and so does whoever erases a person or changes the master key."""
    inbox = make_inbox(database)
    inbox._away = True
    await asyncio.gather(*(inbox.accept(delivery(), [item(str(number))]) for number in range(5)))

    assert sum(await asyncio.gather(inbox.ship(), inbox.ship())) == 5
    assert await stored(database) == (5, 5)


@on_both_engines
@pytest.mark.parametrize("at_once", [False, True])
async def test_who_writes_on_is_stored_after_what_they_wrote_before(
    database: Database, make_inbox: MakeInbox, monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    """What they wrote before is still on its way into the journal when the database is back."""
    inbox, may_append, accept = make_inbox(database), asyncio.Event(), AsyncMock(side_effect=database.accept)
    monkeypatch.setattr(database, "accept", accept)
    monkeypatch.setattr(inbox, "_append", partial(append_once, may_append, inbox._append))
    inbox._away = True
    before = asyncio.create_task(accepted(inbox, "before", at_once=at_once))
    await until(lambda: bool(inbox._detour), "setting out for the journal")
    shipping = asyncio.create_task(inbox.ship())
    inbox._away = False  # as the shipping found out

    after = asyncio.create_task(accepted(inbox, "after", at_once=at_once))
    await inbox.accept(delivery(), [item("another", conversation="c2")])
    may_append.set()
    await asyncio.gather(before, after, shipping)
    await inbox.ship()

    batches = [{one.part for acceptance in call.args[0] for one in acceptance.items} for call in accept.await_args_list]
    assert batches[0] == {""}
    assert next(batch for batch in batches if "after" in batch) == {"before", "after"}
    assert not inbox._detour


@on_both_engines
async def test_what_two_processes_kept_in_one_second_is_read_as_it_came(
    database: Database, make_inbox: MakeInbox
) -> None:
    """The provider names whole seconds, and the process that took the later message ships first."""
    second = datetime(2026, 11, 23, 1, tzinfo=UTC)
    inboxes = {"before": make_inbox(database), "after": make_inbox(database)}
    for number, (part, inbox) in enumerate(inboxes.items()):
        inbox._away = True
        came = replace(delivery(), received_at=second + timedelta(milliseconds=100 * number))
        await inbox.accept(came, [replace(item(part), part=part, provider_time=second)])
    for inbox in reversed(inboxes.values()):
        await inbox.ship()

    (key,) = await database.read(partial(waiting_conversations, now=second))
    found = await database.read(partial(items_of, keys=[key]))
    assert [one.part for one in found[key]] == ["before", "after"]


async def append_once(may: asyncio.Event, append: Callable[[bytes], Awaitable[None]], framed: bytes) -> None:
    """A disk that takes its time."""
    await may.wait()
    await append(framed)


async def accepted(inbox: Inbox, key: str, *, at_once: bool) -> None:
    """Hand one in, by either door."""
    items = [replace(item(key), part=key)]
    if at_once:
        return await inbox.accept(delivery(), items)
    done: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
    inbox.begin(delivery(), items, done.set_result)
    assert await done is None
    return None


async def test_only_when_the_journal_fails_too_is_the_sender_asked_to_come_back(
    make_inbox: MakeInbox, tmp_path: Path
) -> None:
    """Neither database nor journal: an error, and no acknowledgement."""
    inbox = make_inbox(FailingDatabase())  # type: ignore[arg-type]
    (tmp_path / "journal").rmdir()

    with pytest.raises(IntakeUnavailable):
        await inbox.accept(delivery(), [item("1")])

    assert inbox.counters.refused == 1


async def test_what_waits_for_the_journal_is_bounded_too(
    make_inbox: MakeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past it a sender is asked to come back at once; what is in the journal is kept, and there is room again."""
    inbox = make_inbox(FailingDatabase())  # type: ignore[arg-type]
    await inbox.accept(delivery(), [item("0")])  # from now on the database is away
    monkeypatch.setattr("core.storage.inbox.MOST_WAITING_BYTES", 1000)
    large = delivery(bytes(600))

    results = await asyncio.gather(
        *(inbox.accept(large, [item(str(number))]) for number in range(1, 6)), return_exceptions=True
    )

    refused = [type(result) for result in results].count(IntakeUnavailable)
    assert (refused, inbox.counters.refused, inbox.counters.journaled) == (4, 4, 2)
    await inbox.accept(large, [item("6")])
    assert inbox.counters.journaled == 3


@on_both_engines
async def test_what_nobody_can_split_is_kept_in_quarantine(database: Database, make_inbox: MakeInbox) -> None:
    """Stored as one item with its reason, out of the workers' way."""
    await make_inbox(database).accept(delivery(b"\x00"), [item("1")], quarantine="not JSON")

    state = await database.read(inbox_state)

    assert (state.waiting, state.quarantined) == (0, 1)


async def test_the_time_of_receipt_is_the_callers_when_it_gives_one(database: Database, make_inbox: MakeInbox) -> None:
    """Mail servers know better than we when the last byte came."""
    moment = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)
    timed = RawDelivery(channel="test", account="a", body=b"", received_at=moment)
    await make_inbox(database).accept(timed, [item("1")])

    received = await database.read(lambda connection: connection.scalar(select(inbox_item.c.received_at)))

    assert received == moment
