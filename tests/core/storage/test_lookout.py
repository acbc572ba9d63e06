"""One question tells on which channels something is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from core.contract.schema import new_id
from core.storage import outbox
from core.storage.database import Database
from core.storage.fetches import FETCHES, NewFetch
from core.storage.lookout import Awaited, Lookout
from tests.support.databases import on_both_engines, put

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOTHING = Awaited(frozenset(), frozenset())


def message(channel: str, at: datetime) -> dict[str, object]:
    entry = outbox.NewEntry(new_id(), new_id(), new_id(), None, channel, "s", b"x", next_at=at, created_at=NOW)
    return entry.__dict__


def file(channel: str, at: datetime) -> dict[str, object]:
    return NewFetch(new_id(), channel, "c", "s", b"x", next_at=at, created_at=NOW).__dict__


@on_both_engines
async def test_channels_are_named_once_something_on_them_is_due(database: Database) -> None:
    """Messages and files apart; what nobody asked about is not named."""
    soon = NOW + timedelta(seconds=1)
    await put(database, outbox.ENTRIES, message("sms", NOW), message("zalo", soon), message("off", NOW))
    await put(database, FETCHES, file("zalo", NOW), file("sms", soon))
    look = Lookout(sending=["email", "sms", "zalo"], fetching=["sms", "zalo"]).look

    before = await database.read(partial(look, now=NOW - timedelta(seconds=1)))
    now = await database.read(partial(look, now=NOW))
    later = await database.read(partial(look, now=soon))

    assert before == NOTHING
    assert now == Awaited(frozenset({"sms"}), frozenset({"zalo"}))
    assert later == Awaited(frozenset({"sms", "zalo"}), frozenset({"sms", "zalo"}))


@on_both_engines
async def test_what_is_under_way_or_over_is_not_due(database: Database) -> None:
    """A claimed message and a failed one are nobody's to send."""
    await put(database, outbox.ENTRIES, message("sms", NOW))
    await database.write(partial(outbox.claim, owner="me", now=NOW))

    assert await database.read(partial(Lookout(sending=["sms"], fetching=[]).look, now=NOW)) == NOTHING


@on_both_engines
async def test_without_channels_nothing_is_asked(database: Database) -> None:
    assert await database.read(partial(Lookout(sending=[], fetching=[]).look, now=NOW)) == NOTHING
