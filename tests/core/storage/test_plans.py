"""
What runs several times a second, fills a page, or holds the writing thread, finds its rows by an index, on both
engines: the archive may grow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from core.contract.errors import GatewayError
from core.storage import (
    case_search,
    cases,
    contacts,
    conversations,
    due_clocks,
    housekeeping,
    inbox_queue,
    kept_figures,
    mapped,
    outbox,
    queues,
    reports,
    staff_lists,
    statistics,
    sweeping,
    timers,
    unknown_ends,
)
from core.storage.case_search import Search
from core.storage.changing import Changes
from core.storage.database import Database
from core.storage.lookout import Lookout
from core.storage.outbox import Outcome, Settled, Share, settling
from core.storage.search_indexes import INDEXES
from core.storage.statistics import Period
from core.storage.tables import metadata
from tests.support.databases import put

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
LAST = (NOW, "c")
TALK = conversations.ConversationRow(
    **dict.fromkeys(conversations.ConversationRow.__dataclass_fields__) | {"id": "c"}  # type: ignore[arg-type]
)

# In the order of an index, one after the other: what is not needed is not read.
ORDERED: dict[str, Callable[[Connection], Any]] = {
    "inbox: who waits": partial(inbox_queue.waiting_conversations, now=NOW),
    "inbox: the oldest": inbox_queue.oldest_waiting,
    "clocks: due": partial(due_clocks.due, now=NOW),
    "clocks: the next": due_clocks.oldest,
    "timers: due": partial(timers.due, now=NOW),
    "timers: the next": timers.next_due,
    "outbox: how many are due": partial(outbox.count_due, channel="email", now=NOW, most=64),
    "outbox: whose end is unknown": partial(unknown_ends.to_ask, channels=["email", "sms"], now=NOW),
    "outbox and files: where": partial(Lookout(sending=["email", "sms"], fetching=["email", "sms"]).look, now=NOW),
    "outbox: the next": partial(outbox.next_send, channel="email"),
    "outbox: stopped": partial(staff_lists.stopped, after=1),
    "inbox: quarantined": partial(staff_lists.quarantined, after=1),
    "talks: attended": partial(staff_lists.attended, after=(1, "c")),
    "cases: all": partial(case_search.search, wanted=Search(), before=LAST),
    "cases: open": partial(case_search.search, wanted=Search(open_only=True), before=LAST),
    "cases: of a stage": partial(case_search.search, wanted=Search(stage="received"), before=LAST),
    "public: results": partial(reports.published, kind="result", before=LAST),
}
# By an index, then sorted: no more than a page's worth, or than there is open work.
FOUND: dict[str, Callable[[Connection], Any]] = {
    "inbox: what waits": partial(inbox_queue.items_of, keys=["c"]),
    "inbox: figures": inbox_queue.inbox_state,
    "inbox: finish": partial(inbox_queue.finish, ends=[inbox_queue.Finished(1, "done")]),
    "inbox: erase": partial(inbox_queue.erase_raw, raw_id="r"),
    "inbox: purge": partial(housekeeping.purge_bodies, before=NOW),
    "inbox: unsettled": partial(sweeping.unsettled_since, channels=["web", "app"]),
    "outbox: claim": partial(outbox.claim, owner="me", now=NOW, share=Share("email")),
    "outbox: renew": partial(outbox.renew, entries=["1"], owner="me", now=NOW),
    "outbox: the dead": partial(outbox.mark_unknown, now=NOW),
    "outbox: figures": outbox.outbox_state,
    "outbox: receipt": partial(outbox.note_receipt, provider_message_id="p", outcome="delivered"),
    "outbox: on its way": partial(outbox.may_be_sending, channel="sms", provider_message_ids=["p"]),
    "outbox: sent": partial(conversations.note_provider_ids, known=[("o", "b")]),
    "cases: queue": partial(queues.page, seats=[("officer", "agency"), ("receptionist", "")]),
    "cases: next page": partial(queues.page, seats=[("officer", "agency"), ("receptionist", "")], after=(1, "c")),
    "cases: badges": partial(queues.count_tasks, seats=[("officer", "agency"), ("receptionist", "")]),
    "cases: recent": partial(cases.open_cases_since, since=NOW),
    "cases: words": partial(case_search.search, wanted=Search(text="den duong"), before=LAST),
    "cases: of agencies": partial(case_search.search, wanted=Search(agencies=("a", "b")), before=LAST),
    "cases: open ones of an agency": partial(case_search.search, wanted=Search(agencies=("a",), open_only=True)),
    "cases: words of an agency": partial(case_search.search, wanted=Search(text="den", agencies=("a",)), before=LAST),
    "map: clusters": partial(mapped.cells, wanted=mapped.Wanted(NOW, NOW), step=8, most=9),
    "map: of agencies": partial(mapped.cells, wanted=mapped.Wanted(NOW, NOW, agencies=frozenset("a")), step=8, most=9),
    "map: communes": partial(mapped.areas, wanted=mapped.Wanted(NOW, NOW)),
    "public: words": partial(reports.published, kind="result", text="den", before=LAST),
    "talks: as they were read": partial(conversations.save, changed=[(TALK, 1)]),
    "timers: taken": partial(timers.take, timer_ids=["a", "b"]),
    "timers: stopped": lambda connection: timers.TIMERS.store(connection, [("c", "burst", None), ("d", "burst", None)]),
    "talks: replied to": partial(conversations.of_provider_ids, provider_blinds=["b"]),
    "talks: at an address": partial(conversations.newest_at, channel="c", account="a", address_blind="b"),
}
# Several rows a statement where each statement has to wait, see core.storage.changing.
CHANGED: dict[str, Changes] = {
    "inbox: ended": inbox_queue._FINISH,
    "outbox: gone": settling._SENT,
    "talks: saved": conversations._SAVE,
    "people: as they call themselves": contacts._PROFILE,
}
FOUND |= {name: partial(one.store, rows=[dict.fromkeys((one.by, *one.to))] * 3) for name, one in CHANGED.items()}
HOT = ORDERED | FOUND

TABLES = {*metadata.tables, *(f"{index.name}_{end}" for index in INDEXES for end in ("place", "search")), "case_agency"}
FEW = {"inbox_lease"}
"""Leases are as many as there are workers, and may be read through."""


@pytest.mark.parametrize("name", HOT)
async def test_no_hot_statement_reads_a_whole_table(database: Database, name: str) -> None:
    """SQLite says how it would find the rows."""
    steps = await database.write(partial(explain, work=HOT[name], prefix="EXPLAIN QUERY PLAN", read=_steps))

    assert steps
    whole = [step.split()[1] for step in steps if step.startswith("SCAN") and "USING" not in step]
    assert set(whole) & TABLES <= FEW
    if name in ORDERED:
        assert [step for step in steps if "TEMP B-TREE" in step and "RIGHT PART" not in step] == []


MONTH = Period(NOW, NOW + timedelta(days=30), NOW + timedelta(days=7))
FIGURES: dict[str, Callable[[Connection], Any]] = {
    "of a period": partial(statistics.numbers, period=MONTH),
    "of some cases": partial(statistics.numbers, period=MONTH, only=["c"]),
    "of agencies": partial(statistics.numbers, period=replace(MONTH, agencies=frozenset({"a"}))),
    "what has changed": partial(kept_figures.changed_since, then=NOW, until=MONTH.until),
}


@pytest.mark.parametrize("name", FIGURES)
async def test_figures_begin_with_the_cases_that_count(database: Database, name: str) -> None:
    """Neither the milestones nor the events of all time are gone through, by an index or without."""
    steps = await database.write(partial(explain, work=FIGURES[name], prefix="EXPLAIN QUERY PLAN", read=_steps))

    assert steps
    assert [step for step in steps if step.startswith("SCAN case")] == []
    assert name != "of some cases" or not [step for step in steps if "ix_case_milestone_said" in step]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", HOT)
async def test_postgresql_has_an_index_for_every_hot_statement(database: Database, name: str) -> None:
    """In an empty database it would read and sort whole tables; told not to, it still must find a way."""

    def plans(connection: Connection) -> list[dict[str, Any]]:
        for way in ("seqscan", "bitmapscan", "sort") if name in ORDERED else ("seqscan",):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return explain(connection, work=HOT[name], prefix="EXPLAIN (FORMAT JSON)", read=_nodes)

    nodes = await database.write(plans)

    assert nodes
    assert {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"} <= FEW
    if name in ORDERED:
        assert [node["Node Type"] for node in nodes if node["Node Type"] == "Sort"] == []


def explain(
    connection: Connection, *, work: Callable[[Connection], Any], prefix: str, read: Callable[[Any], Iterator[Any]]
) -> list[Any]:
    """The steps that every statement of `work` would take."""
    steps: list[Any] = []
    asked: list[tuple[str, Any]] = []

    def look(_cn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "WITH", "UPDATE", "DELETE")) and "set_config" not in statement:
            asked.append((statement, parameters[0] if many else parameters))

    event.listen(connection, "before_cursor_execute", look)
    with suppress(GatewayError):  # nothing is there; how it was looked for is what counts
        work(connection)
    event.remove(connection, "before_cursor_execute", look)
    for statement, parameters in asked:
        steps += read(connection.exec_driver_sql(f"{prefix} {statement}", parameters).all())
    return steps


def _steps(rows: Any) -> Iterator[str]:
    return (row[3] for row in rows)


def _nodes(rows: Any) -> Iterator[dict[str, Any]]:
    plans = rows[0][0] if isinstance(rows[0][0], list) else json.loads(rows[0][0])
    waiting = [one["Plan"] for one in plans]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.get("Plans", [])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_claim_and_its_end_read_what_they_take_not_all_that_waits(database: Database) -> None:
    """A backlog of notices that the server has no statistics of yet: its guesses about them must not matter."""
    await put(database, outbox.ENTRIES, *(_waiting(number) for number in range(_BACKLOG)))
    taken: list[Settled] = []

    def claim_and_settle(connection: Connection) -> None:
        entries = outbox.claim(connection, owner="me", now=NOW, most=_TAKEN, share=Share("sms"))
        taken[:] = [Settled(one.id, Outcome("sent"), owner="me", at=NOW) for one in entries]
        outbox.settle(connection, taken)

    prefix = "EXPLAIN (ANALYZE, FORMAT JSON)"
    nodes = await database.write(partial(explain, work=claim_and_settle, prefix=prefix, read=_nodes))

    assert len(taken) == _TAKEN
    assert max(map(_rows_read, nodes)) <= _TAKEN * 8  # each row has been changed a few times


_BACKLOG, _TAKEN = 10_000, 60


def _waiting(number: int) -> dict[str, Any]:
    name = f"{number:032}"
    entry = outbox.NewEntry(
        id=name,
        dedupe_key=name,
        conversation_id=name,
        case_id=None,
        channel="sms",
        subject_id="s",
        payload_sealed=b"x" * 600,
        next_at=NOW,
        created_at=NOW,
    )
    return entry.__dict__


def _rows_read(node: dict[str, Any]) -> float:
    """All that one step looked at, over all its rounds."""
    dropped = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return float(node["Actual Loops"] * (node["Actual Rows"] + sum(node.get(name, 0) for name in dropped)))
