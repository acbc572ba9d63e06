"""What runs several times a second, or holds the writing thread, finds its rows by an index: the archive may grow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from core.contract.errors import GatewayError
from core.storage import cases, conversations, housekeeping, inbox_queue, outbox
from core.storage.database import Database

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)

HOT: dict[str, Callable[[Connection], Any]] = {
    "inbox: who waits": partial(inbox_queue.waiting_conversations, now=NOW),
    "inbox: what waits": partial(inbox_queue.items_of, key="c"),
    "inbox: the oldest": inbox_queue.oldest_waiting,
    "inbox: figures": inbox_queue.inbox_state,
    "inbox: finish": partial(inbox_queue.finish, ends=[inbox_queue.Finished(1, "done")]),
    "inbox: erase": partial(inbox_queue.erase_raw, raw_id="r"),
    "inbox: purge": partial(housekeeping.purge_bodies, before=NOW),
    "outbox: claim": partial(outbox.claim, owner="me", now=NOW),
    "outbox: renew": partial(outbox.renew, entries=["1"], owner="me", now=NOW),
    "outbox: the dead": partial(outbox.mark_unknown, now=NOW),
    "outbox: figures": outbox.outbox_state,
    "outbox: receipt": partial(outbox.note_receipt, provider_message_id="p", outcome="delivered"),
    "outbox: sent": partial(conversations.note_provider_id, outbox_id="o", provider_blind="b"),
    "clocks: due": partial(cases.due_clocks, now=NOW),
    "clocks: the next": cases.oldest_due,
    "timers: due": partial(conversations.due_timers, now=NOW),
    "cases: queue": partial(cases.queue, seats=[("officer", "agency")]),
    "cases: open": partial(cases.search, wanted=cases.Search(open_only=True)),
    "cases: recent": partial(cases.open_cases_since, since=NOW),
    "talks: for a person": conversations.waiting_for_human,
    "talks: replied to": partial(conversations.of_provider_ids, provider_blinds=["b"]),
    "talks: at an address": partial(conversations.newest_at, channel="c", account="a", address_blind="b"),
}


@pytest.mark.parametrize("name", HOT)
async def test_no_hot_statement_reads_a_whole_table(database: Database, name: str) -> None:
    """SQLite says how it would find the rows; leases are few, and may be read through."""
    plans = await database.write(partial(explain, work=HOT[name]))

    assert plans
    assert [
        step for step in plans if step.startswith("SCAN") and "USING" not in step and "inbox_lease" not in step
    ] == []


def explain(connection: Connection, *, work: Callable[[Connection], Any]) -> list[str]:
    """The steps that every statement of `work` would take."""
    steps: list[str] = []

    def look(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in plan if not row[3].startswith(("SCAN CONSTANT", "SCAN (subquery")))

    event.listen(connection, "before_cursor_execute", look)
    with suppress(GatewayError):  # nothing is there; how it was looked for is what counts
        work(connection)
    return steps
