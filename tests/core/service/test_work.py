"""Units of work that are stored together: whatever they came in, their rows are locked in one order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from core.service.work import Work, store_all
from core.storage.database import Connection, Database
from core.storage.together import before_rows, locking
from tests.support.databases import on_both_engines


@on_both_engines
async def test_tables_are_locked_in_one_order(database: Database) -> None:
    """One process has A then B, another B then A: in any other order each would wait for the other."""
    locked: list[str] = []

    def lock(_connection: Connection, rows: Sequence[str]) -> None:
        locked.extend(sorted(rows))

    ends, case, talk, timer = before_rows(lock), *(locking(one, lock) for one in ("case", "conversation", "timer"))
    first, second = Work(), Work()
    for work, rows in ((first, ((timer, "t"), (ends, "e"), (talk, "b"))), (second, ((talk, "a"), (case, "z")))):
        for sort, row in rows:
            work.put(sort, row)

    await database.write(partial(store_all, works=[first, second]))
    await database.write(partial(store_all, works=[second, first]))

    assert locked == ["z", "a", "b", "t", "e"] * 2
