"""The queue of the inbox: one conversation, one worker, in order; nothing finished twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from core.contract.errors import NotFound, VersionConflict
from core.contract.ports import ItemKey, RawDelivery
from core.storage import inbox_queue as queue
from core.storage.database import Database
from core.storage.inbox import Inbox
from core.storage.tables import inbox_raw
from tests.support.databases import on_both_engines

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

    items = await database.read(partial(queue.items_of, key=key))

    assert [item.provider_time for item in items] == [NOW, NOW + timedelta(seconds=1)]


@on_both_engines
async def test_a_lease_from_the_future_is_none(database: Database, make_inbox: MakeInbox) -> None:
    """Taken by a worker that died before its clock, a day ahead, was set right: nobody waits a day for it."""
    await arrive(make_inbox(database), "a", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))
    ahead = NOW + timedelta(days=1)
    assert await database.write(partial(queue.lease, key=key, owner="dead", now=ahead))

    assert await database.read(partial(queue.waiting_conversations, now=NOW)) == [key]
    assert await database.write(partial(queue.lease, key=key, owner="living", now=NOW))
    assert not await database.write(partial(queue.lease, key=key, owner="third", now=NOW))


@on_both_engines
async def test_a_leased_conversation_is_nobody_elses(database: Database, make_inbox: MakeInbox) -> None:
    """Until its lease runs out or it is given back."""
    await arrive(make_inbox(database), "1", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))

    async def lease(owner: str, now: datetime) -> bool:
        return await database.write(partial(queue.lease, key=key, owner=owner, now=now))

    assert await lease("one", NOW)
    assert not await lease("two", NOW)
    assert await database.read(partial(queue.waiting_conversations, now=NOW)) == []
    later = NOW + timedelta(seconds=16)
    assert await database.read(partial(queue.waiting_conversations, now=later)) == [key]
    assert await lease("two", later)
    await database.write(partial(queue.release, key=key, owner="one"))
    assert not await lease("one", later)
    await database.write(partial(queue.release, key=key, owner="two"))
    assert await lease("one", later)


@on_both_engines
async def test_an_item_is_finished_once(database: Database, make_inbox: MakeInbox) -> None:
    """The second finisher's whole transaction is undone."""
    await arrive(make_inbox(database), "1", conversation="c")
    (key,) = await database.read(partial(queue.waiting_conversations, now=NOW))
    (item,) = await database.read(partial(queue.items_of, key=key))
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
    (item,) = await database.read(partial(queue.items_of, key=key))
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
    waiting = [item for key in keys for item in await database.read(partial(queue.items_of, key=key))]
    diverted, other = sorted(waiting, key=lambda item: item.part)
    await database.write(partial(queue.finish, ends=[queue.Finished(diverted.id, "erased")]))
    await database.write(partial(queue.erase_raw, raw_id=diverted.raw_id))

    bodies = select(inbox_raw.c.body_sealed, inbox_raw.c.wrapped_key)
    ((body, key),) = await database.read(lambda connection: connection.execute(bodies).all())
    assert None not in (body, key)

    await database.write(partial(queue.finish, ends=[queue.Finished(other.id, "done")]))
    assert await database.read(lambda connection: connection.execute(bodies).all()) == [(None, None)]
