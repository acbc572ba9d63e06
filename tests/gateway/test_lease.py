"""One process among several."""

from __future__ import annotations

from core.storage import inbox_queue
from core.storage.database import Database
from gateway.lease import DatabaseLease
from tests.support.databases import on_both_engines
from tests.support.deployments import MovingClock


@on_both_engines
async def test_one_holds_it_until_it_leaves_or_dies(database: Database) -> None:
    """Who comes first keeps it; who is silent for a minute has lost it; another name is another lease."""
    clock = MovingClock()
    first, second, other = (
        DatabaseLease(database, name, now=clock) for name in ("listen/telegram/1", "listen/telegram/1", "listen/imap/1")
    )

    assert [await first.hold(), await second.hold(), await other.hold()] == [True, False, True]
    clock.advance(seconds=40)
    assert [await first.hold(), await second.hold()] == [True, False]
    await first.leave()
    assert [await second.hold(), await first.hold()] == [True, False]
    clock.advance(seconds=61)
    assert [await first.hold(), await second.hold()] == [True, False]


async def test_it_is_nothing_that_the_inbox_works_on(database: Database) -> None:
    """A conversation is leased beside it, and let go of without it."""
    clock = MovingClock()
    lease = DatabaseLease(database, "listen/telegram/1", now=clock)
    await lease.hold()

    def work(connection: object) -> dict[str, object]:
        return dict(inbox_queue.take(connection, owner="worker", now=clock()))  # type: ignore[arg-type]

    assert await database.write(work) == {}
    assert await lease.hold()
