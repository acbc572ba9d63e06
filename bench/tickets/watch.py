"""
Seeing from outside that a case is opened: the database is asked every few milliseconds.

An inbox item is `done` in the same transaction that stores its report, its case and its events. Each message of a
benchmark carries a time of its own (`provider_time`, microseconds), which tells the messages apart without any key.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Protocol

import asyncpg

_SEEN = "SELECT id, provider_time FROM inbox_item WHERE id > {} AND state = 'done' ORDER BY id"
_COUNTS = {"inbox_item": "inbox_item", "report": "report", "case": '"case"'}
_UNSENT = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'claimed')"


class Watch(Protocol):
    """A database seen from outside."""

    async def newly_done(self) -> list[int]:
        """Times of the messages that were finished lately; some of them again."""

    async def counts(self) -> dict[str, int]:
        """Rows of the tables that count."""

    async def unsent(self) -> int:
        """Answers that wait to be sent."""

    async def close(self) -> None:
        """Let go of it."""


class PostgresWatch:
    """Over one connection of its own. `lag`: rows are finished out of order, so that many are looked at again."""

    def __init__(self, connection: asyncpg.Connection, *, lag: int) -> None:
        self._connection = connection
        self._begun = self._last = 0
        self._lag = lag

    @classmethod
    async def open(cls, dsn: str, *, lag: int) -> PostgresWatch:
        """Connect, and begin after what is there."""
        watch = cls(await asyncpg.connect(dsn, ssl=False), lag=lag)
        watch._begun = watch._last = await watch._connection.fetchval("SELECT coalesce(max(id), 0) FROM inbox_item")
        return watch

    async def newly_done(self) -> list[int]:
        """See `Watch`."""
        rows = await self._connection.fetch(_SEEN.format("$1"), max(self._begun, self._last - self._lag))
        self._last = max([self._last, *(row[0] for row in rows)])
        return [row[1] for row in rows]

    async def counts(self) -> dict[str, int]:
        """See `Watch`."""
        return {name: await self._number(f"SELECT count(*) FROM {table}") for name, table in _COUNTS.items()}

    async def unsent(self) -> int:
        """See `Watch`."""
        return await self._number(_UNSENT)

    async def _number(self, statement: str) -> int:
        return int(await self._connection.fetchval(statement))

    async def close(self) -> None:
        """See `Watch`."""
        await self._connection.close()


class SqliteWatch:
    """A read-only connection to the file that the gateway writes; `lag` as for PostgreSQL."""

    def __init__(self, path: Path, *, lag: int) -> None:
        self._lag = lag
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=5)
        self._begun = self._last = int(self._ask("SELECT coalesce(max(id), 0) FROM inbox_item")[0][0])

    def _ask(self, statement: str, *given: Any) -> list[Any]:
        return self._connection.execute(statement, given).fetchall()

    async def newly_done(self) -> list[int]:
        """See `Watch`."""
        rows = self._ask(_SEEN.format("?"), max(self._begun, self._last - self._lag))
        self._last = max([self._last, *(row[0] for row in rows)])
        return [row[1] for row in rows]

    async def counts(self) -> dict[str, int]:
        """See `Watch`."""
        return {name: int(self._ask(f"SELECT count(*) FROM {table}")[0][0]) for name, table in _COUNTS.items()}

    async def unsent(self) -> int:
        """See `Watch`."""
        return int(self._ask(_UNSENT)[0][0])

    async def close(self) -> None:
        """See `Watch`."""
        self._connection.close()
