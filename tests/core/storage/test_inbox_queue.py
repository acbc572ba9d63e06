"""The queue of the inbox: one conversation, one worker, in order; nothing finished twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, text

from core.contract.errors import NotFound, VersionConflict
from core.contract.ports import ItemKey, RawDelivery
from core.storage import inbox_queue as queue
from core.storage.database import Database
from core.storage.inbox import Inbox
from core.storage.postgres import PostgresDatabase
from core.storage.tables import inbox_item, inbox_lease, inbox_raw
from tests.support.databases import on_both_engines
from tests.support.waiting import until

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
MakeInbox = Callable[[Database], Inbox]


async def arrive(inbox: Inbox, key: str, *, conversation: str, at: datetime = NOW) -> None:
    """One delivery with one item."""
    item = ItemKey(dedupe_key=key, conversation_key=conversation, provider_time=at)
    await inbox.accept(RawDelivery(channel="test", account="a", body=key.encode()), [item])


@on_both_engines
async def test_items_of_a_conversation_come_in_the_providers_order(database: Database, make_inbox: MakeInbox) -> None:
    """Providers promise no order of delivery; their own time decides."""
    inbox = make_inbox(database)
    await arrive(inbox, "second", conversation="c", at=NOW + timedelta(seconds=1))
    await arrive(inbox, "first", conversation="c", at=NOW)
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))

    items = (await database.read(partial(queue.items_of, keys=[key])))[key]

    assert [item.provider_time for item in items] == [NOW, NOW + timedelta(seconds=1)]


@on_both_engines
async def test_a_lease_from_the_future_is_none(database: Database, make_inbox: MakeInbox) -> None:
    """Taken by a worker that died before its clock, a day ahead, was set right: nobody waits a day for it."""
    await arrive(make_inbox(database), "a", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))
    ahead = NOW + timedelta(days=1)
    assert await database.write(partial(queue.lease, keys=[key], owner="dead", now=ahead))

    assert await database.read(partial(queue.waiting_conversations, now=NOW)) == [key]
    assert await database.write(partial(queue.lease, keys=[key], owner="living", now=NOW))
    assert not await database.write(partial(queue.lease, keys=[key], owner="third", now=NOW))


@on_both_engines
async def test_many_conversations_are_taken_at_once(database: Database, make_inbox: MakeInbox) -> None:
    """Each with its own first items, however long another one's row is; who is taken is left out."""
    inbox = make_inbox(database)
    for number in range(4):
        await arrive(inbox, f"long-{number}", conversation="long", at=NOW + timedelta(seconds=number))
    await arrive(inbox, "short", conversation="short")
    keys = await database.read(partial(queue.waiting_conversations, now=NOW))
    assert await database.write(partial(queue.lease, keys=keys[:1], owner="one", now=NOW)) == keys[:1]

    assert await database.write(partial(queue.lease, keys=keys, owner="two", now=NOW)) == keys[1:]
    found = await database.read(partial(queue.items_of, keys=keys, most=3))
    assert [len(found[key]) for key in keys] == [3, 1]


@on_both_engines
async def test_a_large_body_is_read_when_its_turn_comes(database: Database, make_inbox: MakeInbox) -> None:
    """Sixty-four conversations side by side must not mean all their films in memory."""
    inbox = make_inbox(database)
    delivery = RawDelivery(channel="test", account="a", body=b"x" * 200_000)
    await inbox.accept(delivery, [ItemKey(dedupe_key="1", conversation_key="c")])
    keys = await database.read(partial(queue.waiting_conversations, now=NOW))
    ((item,),) = (await database.read(partial(queue.items_of, keys=keys))).values()
    assert item.large
    assert item.body_sealed is None

    complete = await database.read(partial(queue.with_body, item=item))
    assert complete.body_sealed is not None
    assert len(complete.body_sealed) > 200_000


@on_both_engines
async def test_a_conversation_that_failed_rests(database: Database, make_inbox: MakeInbox) -> None:
    """For everybody, until its time has come; what rested before is forgotten."""
    await arrive(make_inbox(database), "1", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))
    soon, later = NOW + timedelta(seconds=2), NOW + timedelta(seconds=60)
    await database.write(partial(queue.rest, key=key, now=NOW, until=soon))

    assert await database.read(partial(queue.waiting_conversations, now=NOW)) == []
    assert await database.read(partial(queue.waiting_conversations, now=soon)) == [key]
    await database.write(partial(queue.rest, key="another", now=soon, until=later))
    rows = await database.read(lambda connection: connection.execute(inbox_lease.select()).all())
    assert [row.conversation_key for row in rows] == ["another"]


@on_both_engines
async def test_a_leased_conversation_is_nobody_elses(database: Database, make_inbox: MakeInbox) -> None:
    """Until its lease runs out or it is given back."""
    await arrive(make_inbox(database), "1", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))

    async def lease(owner: str, now: datetime) -> bool:
        return bool(await database.write(partial(queue.lease, keys=[key], owner=owner, now=now)))

    assert await lease("one", NOW)
    assert not await lease("two", NOW)
    assert await database.read(partial(queue.waiting_conversations, now=NOW)) == []
    later = NOW + timedelta(seconds=16)
    assert await database.read(partial(queue.waiting_conversations, now=later)) == [key]
    assert await lease("two", later)
    await database.write(partial(queue.release, keys=[key], owner="one"))
    assert not await lease("one", later)
    await database.write(partial(queue.release, keys=[key], owner="two"))
    assert await lease("one", later)


@on_both_engines
async def test_what_another_worker_finished_meanwhile_is_not_kept(
    database: Database, make_inbox: MakeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen waiting, done before it was leased: the citizen's next message is anybody's, however long we live."""
    inbox = make_inbox(database)
    await arrive(inbox, "a", conversation="c")
    (key,) = (await database.write(partial(queue.take, owner="other", now=NOW))).keys()
    (item,) = (await database.read(partial(queue.items_of, keys=[key])))[key]
    await database.write(partial(queue.finish, ends=[queue.Finished(item.id, "done", "")]))
    await database.write(partial(queue.release, keys=[key], owner="other"))

    with monkeypatch.context() as patch:
        patch.setattr(queue, "waiting_conversations", lambda *_, **__: [key])
        assert await database.write(partial(queue.take, owner="late", now=NOW)) == {}
    await arrive(inbox, "b", conversation="c")
    assert (await database.write(partial(queue.take, owner="other", now=NOW))).keys() == {key}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("erased_first", [True, False])
async def test_a_body_of_two_goes_although_both_are_finished_at_once(
    database: Database, make_inbox: MakeInbox, erased_first: bool
) -> None:
    """One of them was diverted, by one worker, while another answered the other: of their body nothing stays."""
    assert isinstance(database, PostgresDatabase)
    items = [ItemKey(dedupe_key=str(number), conversation_key=str(number)) for number in range(2)]
    await make_inbox(database).accept(RawDelivery(channel="test", account="a", body=b"both"), items)
    ids = await database.read(lambda connection: list(connection.scalars(select(inbox_item.c.id))))
    ends = [queue.Finished(ids[0], "erased"), queue.Finished(ids[1], "done")]

    async with database._engine.connect() as one, database._engine.connect() as two:
        first, second = ends if erased_first else ends[::-1]
        await one.run_sync(queue.finish, [first])
        beside = asyncio.create_task(two.run_sync(queue.finish, [second]))
        await until(lambda: _is_done_or_waits(database, beside), "finishing the second")
        await one.commit()
        await beside
        await two.commit()

    assert await database.read(lambda connection: connection.scalar(select(inbox_raw.c.body_sealed))) is None


async def _is_done_or_waits(database: Database, task: asyncio.Task[None]) -> bool:
    waiting = text("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    return task.done() or bool(await database.read(lambda connection: connection.scalar(waiting)))


@on_both_engines
async def test_an_item_is_finished_once(database: Database, make_inbox: MakeInbox) -> None:
    """The second finisher's whole transaction is undone."""
    await arrive(make_inbox(database), "1", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))
    (item,) = (await database.read(partial(queue.items_of, keys=[key])))[key]
    finish = partial(queue.finish, ends=[queue.Finished(item.id, "done")])
    await database.write(finish)

    with pytest.raises(VersionConflict):
        await database.write(finish)

    assert await database.read(partial(queue.waiting_conversations, now=NOW)) == []


@on_both_engines
async def test_quarantine_can_be_replayed_while_the_body_is_there(database: Database, make_inbox: MakeInbox) -> None:
    """Erased bodies cannot: there is nothing left to read."""
    await arrive(make_inbox(database), "1", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))
    (item,) = (await database.read(partial(queue.items_of, keys=[key])))[key]
    await database.write(partial(queue.finish, ends=[queue.Finished(item.id, "quarantined", "not JSON")]))
    assert (await database.read(queue.inbox_state)).quarantined == 1

    await database.write(partial(queue.replay, item_id=item.id))
    assert (await database.read(queue.inbox_state)).waiting == 1

    await database.write(partial(queue.finish, ends=[queue.Finished(item.id, "quarantined")]))
    await database.write(partial(queue.erase_raw, raw_id=item.raw_id))
    with pytest.raises(NotFound):
        await database.write(partial(queue.replay, item_id=item.id))


@on_both_engines
async def test_an_erased_body_waits_for_the_others_in_it(database: Database, make_inbox: MakeInbox) -> None:
    """A batch carries several people's messages: diverting one may not lose the next, nor keep the body after it."""
    items = [ItemKey(dedupe_key=key, conversation_key=key, part=key) for key in ("diverted", "other")]
    await make_inbox(database).accept(RawDelivery(channel="test", account="a", body=b"both"), items)
    keys = await database.read(partial(queue.waiting_conversations, now=NOW))
    waiting = await database.read(partial(queue.items_of, keys=keys))
    diverted, other = sorted((item for items in waiting.values() for item in items), key=lambda item: item.part)
    await database.write(partial(queue.finish, ends=[queue.Finished(diverted.id, "erased")]))
    await database.write(partial(queue.erase_raw, raw_id=diverted.raw_id))

    bodies = select(inbox_raw.c.body_sealed, inbox_raw.c.wrapped_key)
    ((body, key),) = await database.read(lambda connection: connection.execute(bodies).all())
    assert None not in (body, key)

    await database.write(partial(queue.finish, ends=[queue.Finished(other.id, "done")]))
    assert await database.read(lambda connection: connection.execute(bodies).all()) == [(None, None)]


@on_both_engines
async def test_whoever_writes_behind_a_flood_is_found(database: Database, make_inbox: MakeInbox) -> None:
    """However many items of one conversation stand before theirs."""
    inbox = make_inbox(database)
    await asyncio.gather(*(arrive(inbox, f"flood-{number}", conversation="flood") for number in range(300)))
    for number in range(3):
        await arrive(inbox, f"other-{number}", conversation=f"c{number}")
    await inbox.ship()  # a slow database may have sent something through the journal

    found = await database.read(partial(queue.waiting_conversations, now=NOW, most=4))

    assert len(found) == len(set(found)) == 4
