"""The figures of the tables are right, and cost no walk through the archive."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from core.storage import tables, upkeep
from core.storage.database import Connection, Database
from core.storage.figures import TableFigures, table_figures
from core.storage.migrations import upgrade
from core.storage.sqlite import SqliteDatabase
from tests.support.databases import on_both_engines
from tests.support.deployments import MovingClock

NOW = MovingClock().at
LONG = {"inbox_item", "inbox_raw", "outbox", "case", "case_event", "case_clock", "case_task", "timer", "chain_root"}


def fill(connection: Connection) -> None:
    """Two messages wait, one is in quarantine, one answer waits, one failed, three clocks of which two are due."""
    item = {"raw_id": "r", "channel": "email", "account": "a", "conversation_key": "c", "provider_time": NOW}
    items = [("new", 90), ("new", 30), ("quarantined", 200), ("done", 500)]
    rows = [
        item | {"dedupe_key": str(n), "state": state, "received_at": NOW - timedelta(seconds=age)}
        for n, (state, age) in enumerate(items)
    ]
    connection.execute(insert(tables.inbox_item), rows)
    answer = {"conversation_id": "c", "channel": "email", "subject_id": "s", "next_at": NOW}
    answers = [("pending", 45), ("claimed", 60), ("failed", 70), ("unknown", 80), ("sent", 900)]
    connection.execute(
        insert(tables.outbox),
        [
            answer | {"id": str(n), "dedupe_key": str(n), "state": state, "created_at": NOW - timedelta(seconds=age)}
            for n, (state, age) in enumerate(answers)
        ],
    )
    clocks = [{"case_id": str(n), "clock_id": "c", "fire_at": NOW + timedelta(seconds=60 * (n - 2))} for n in range(4)]
    connection.execute(insert(tables.case_clock), clocks)
    upkeep.begin(connection, now=NOW)
    upkeep.note(connection, upkeep.AUDIT, at=NOW, facts={"findings": 2})


async def read(database: Database) -> TableFigures:
    """All of them, as of now."""
    return await database.read(partial(table_figures, now=NOW))


@on_both_engines
async def test_the_figures_say_what_waits(database: Database) -> None:
    """By state, with the age of the oldest."""
    empty = await read(database)
    await database.write(fill)
    found = await read(database)

    assert (empty.inbox.waiting, empty.inbox.oldest, empty.oldest_clock, empty.clocks_due) == (0, None, None, 0)
    assert (found.inbox.waiting, found.inbox.quarantined) == (2, 1)
    assert found.inbox.oldest == NOW - timedelta(seconds=90)
    assert (found.outbox.pending, found.outbox.failed, found.outbox.unknown) == (2, 1, 1)
    assert found.outbox.oldest == NOW - timedelta(seconds=60)
    assert (found.oldest_clock, found.clocks_due) == (NOW - timedelta(seconds=120), 3)
    assert found.upkeep["audit"] == {"at": NOW, "findings": 2}
    assert found.root_day is None


async def test_no_figure_walks_through_a_long_table(tmp_path: Any) -> None:
    """Every statement goes by an index, whatever has piled up behind it."""
    database = SqliteDatabase(tmp_path / "figures.sqlite3")
    await database.write(upgrade)
    await database.write(fill)

    def plans(connection: Connection) -> list[str]:
        asked: list[tuple[str, Any]] = []

        @event.listens_for(connection.engine, "before_cursor_execute")
        def note(_c: Engine, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
            asked.append((statement, values))

        table_figures(connection, now=NOW)
        event.remove(connection.engine, "before_cursor_execute", note)
        found = []
        for statement, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            found += [row[3] for row in plan]
        return found

    found = await database.read(plans)
    await database.close()

    walks = [step for step in found if step.startswith("SCAN") and step.split()[1] in LONG and "INDEX" not in step]
    assert len(found) >= 8
    assert walks == []
