"""Units of work that are stored together: whatever they came in, their rows are locked in one order."""

from __future__ import annotations

from functools import partial

from core.service.work import Work, store_all
from core.storage.database import Connection, Database
from tests.support.databases import on_both_engines


@on_both_engines
async def test_rows_are_locked_in_one_order(database: Database) -> None:
    """One process has A then B, another B then A: in any other order each would wait for the other."""
    locked: list[str] = []

    def lock(_connection: Connection, row: str) -> None:
        locked.append(row)

    first, second = Work(), Work()
    for work, rows in ((first, ("timer:1", "conversation:b")), (second, ("conversation:a", "case:z"))):
        for row in rows:
            work.require(row, partial(lock, row=row))

    await database.write(partial(store_all, works=[first, second]))
    await database.write(partial(store_all, works=[second, first]))

    assert locked == ["case:z", "conversation:a", "conversation:b", "timer:1"] * 2
