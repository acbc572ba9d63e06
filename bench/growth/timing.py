"""
How long a database takes for a question: its statements as the product sends them, over the bare driver.

SQLAlchemy is asked once, to learn statements and parameters; then they are repeated over pysqlite or over asyncpg's
prepared statements, so that what is timed is the database and the way to it. All of it happens in transactions that
are rolled back: two hundred messages are put into the inbox, so that there is something to claim.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import asyncpg
import pysqlite3.dbapi2 as sqlite3
from sqlalchemy import Connection, event, func, select

from bench.growth.load import NOTE
from bench.growth.questions import Ask, know, questions
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from core.storage.tables import metadata
from core.storage.types import to_microseconds

T = TypeVar("T")

RUNS = 31
ROUNDS = 3
WAITING = 200
_BIG = 5_000

Said = list[tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True)
class Timing:
    """`ms`: median of the warm runs, the best of three. `whole`: tables of more than 5,000 rows it reads through."""

    ms: float
    whole: tuple[str, ...]


def time_sqlite(store: Path, *, runs: int = RUNS) -> dict[str, Timing]:
    """Every question to an embedded store, which nobody else has open."""
    as_of = datetime.fromisoformat(json.loads((store / NOTE).read_text())["as_of"])
    said, big = asyncio.run(_ask(SqliteDatabase(store / "langnghe.sqlite3"), as_of))
    connection = sqlite3.connect(store / "langnghe.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(_INSERT.format(*"?????"), _waiting(as_of))
        rounds = [
            {name: _time_sqlite(connection, statements, big, runs) for name, statements in said.items()}
            for _ in range(ROUNDS)
        ]
        return _quietest(rounds)
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def _time_sqlite(connection: Any, statements: Said, big: frozenset[str], runs: int) -> Timing:
    def once() -> float:
        began = time.perf_counter()
        for statement, parameters in statements:
            connection.execute(statement, parameters).fetchall()
        return time.perf_counter() - began

    explained = [
        row[3].split()
        for statement, parameters in statements
        if not statement.startswith("UPDATE")
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    whole = {step[1] for step in explained if step[0] == "SCAN" and "USING" not in step}
    return Timing(_typical(once, runs), tuple(sorted(whole & big)))


def time_postgres(store: Path, url: str, *, runs: int = RUNS) -> dict[str, Timing]:
    """Every question to a store on a server."""
    as_of = datetime.fromisoformat(json.loads((store / NOTE).read_text())["as_of"])
    return asyncio.run(_time_postgres(url, as_of, runs))


async def _time_postgres(url: str, as_of: datetime, runs: int) -> dict[str, Timing]:
    said, big = await _ask(PostgresDatabase(url), as_of)
    connection = await asyncpg.connect(url, ssl=False)
    whole = connection.transaction()
    await whole.start()
    try:
        await connection.executemany(_INSERT.format(*(f"${number}" for number in range(1, 6))), _waiting(as_of))
        rounds = [
            {name: await _time_one(connection, statements, big, runs) for name, statements in said.items()}
            for _ in range(ROUNDS)
        ]
        return _quietest(rounds)
    finally:
        await whole.rollback()
        await connection.close()


async def _time_one(connection: asyncpg.Connection, statements: Said, big: frozenset[str], runs: int) -> Timing:
    """In a transaction of its own, so that a setting for one search is gone before the next question."""
    part = connection.transaction()
    await part.start()
    prepared = [(await connection.prepare(statement), parameters) for statement, parameters in statements]
    read: set[str] = set()
    for statement, parameters in statements:
        if statement.startswith("SELECT"):
            plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
            read |= {node["Relation Name"] for node in _nodes(json.loads(plan)) if node["Node Type"] == "Seq Scan"}
    times = []
    for _ in range(runs + 3):
        began = time.perf_counter()
        for one, parameters in prepared:
            await one.fetch(*parameters)
        times.append(time.perf_counter() - began)
    await part.rollback()
    return Timing(median(times[3:]) * 1000, tuple(sorted(read & big)))


def _quietest(rounds: Sequence[Mapping[str, Timing]]) -> dict[str, Timing]:
    """Each question as it was answered when the neighbours left most room."""
    return {name: min((one[name] for one in rounds), key=lambda timing: timing.ms) for name in rounds[0]}


def _nodes(plans: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    waiting = [one["Plan"] for one in plans]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.get("Plans", [])


def _typical(once: Callable[[], float], runs: int) -> float:
    for _ in range(3):
        once()
    return median(once() for _ in range(runs)) * 1000


async def _ask(
    database: SqliteDatabase | PostgresDatabase, as_of: datetime
) -> tuple[Mapping[str, Said], frozenset[str]]:
    """The statements behind every question, and which tables are big."""

    def listen(connection: Connection) -> tuple[dict[str, Said], frozenset[str]]:
        known = know(connection, as_of=as_of)
        said = {name: _overheard(connection, ask) for name, ask in questions(known).items()}
        sizes = {name: connection.scalar(select(func.count()).select_from(table)) for name, table in _counted()}
        return said, frozenset(name for name, rows in sizes.items() if rows and rows > _BIG)

    try:
        return await _undone(database, listen)
    finally:
        await database.close()


def _counted() -> Iterator[tuple[str, Any]]:
    return ((name, metadata.tables[name]) for name in ("case", "case_task", "case_clock", "outbox", "inbox_item"))


class _Undo(Exception):
    """Carries the answer out of a transaction that is not kept."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


async def _undone(database: SqliteDatabase | PostgresDatabase, work: Callable[[Connection], T]) -> T:
    def write(connection: Connection) -> None:
        raise _Undo(work(connection))

    try:
        await database.write_at_length(write)
    except _Undo as undone:
        answer: T = undone.answer
        return answer
    raise AssertionError("unreachable: the work is always undone")


def _overheard(connection: Connection, ask: Ask) -> Said:
    said: Said = []

    def listen(_one: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        said.append((statement, tuple(parameters)))

    event.listen(connection, "before_cursor_execute", listen)
    ask(connection)
    event.remove(connection, "before_cursor_execute", listen)
    return said


_INSERT = (
    "INSERT INTO inbox_item (raw_id, channel, account, dedupe_key, conversation_key, provider_time, received_at)"
    " VALUES ({}, 'web', 'portal', {}, {}, {}, {})"
)


def _waiting(as_of: datetime) -> list[tuple[Any, ...]]:
    now = to_microseconds(as_of)
    return [(f"raw{number}", f"key{number}", f"talk{number % 50}", now, now) for number in range(WAITING)]
