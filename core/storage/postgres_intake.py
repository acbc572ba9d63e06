"""
Acceptance on PostgreSQL: connections of its own, so that no message waits for a free one, and their driver alone.

Storing is idempotent (the unique key), so whatever breaks in the middle may be tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from core.storage.intake_rows import Acceptance, is_about_data, store_postgres

RETRY_STATES = frozenset({"40P01", "40001"})
TRIES = 5


Connect = Callable[[], Awaitable[asyncpg.Connection]]


class IntakeConnections:
    """As many as commits may be under way."""

    def __init__(self, connect: Connect, *, count: int) -> None:
        # The last one used is the next one used: without a crowd there is only one.
        self._free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        for _ in range(count):
            self._free.put_nowait(_Connection(connect))

    async def store(self, batch: Sequence[Acceptance]) -> None:
        """Durable on return; a deadlock, a serialisation failure or a connection that had died is tried again."""
        connection = await self._free.get()
        try:
            await connection.store(batch)
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Let go of those that are free."""
        while not self._free.empty():
            await self._free.get_nowait().close()


class _Connection:
    """Opened when it is first needed, and again when it broke."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: asyncpg.Connection | None = None

    async def store(self, batch: Sequence[Acceptance]) -> None:
        for attempt in range(TRIES):
            was_open = self._connection is not None
            try:
                return await self._store_once(batch)
            except Exception as error:  # a connection that is being closed fails in many ways
                died = was_open and self._connection is None
                if attempt == TRIES - 1 or not (died or getattr(error, "sqlstate", None) in RETRY_STATES):
                    raise
                await asyncio.sleep(0 if died else 0.01 * 2**attempt)

    async def _store_once(self, batch: Sequence[Acceptance]) -> None:
        connection = self._connection = self._connection or await self._connect()
        try:
            await store_postgres(connection, batch)
        except BaseException as error:  # also when we are cancelled in the middle of it
            if not isinstance(error, Exception) or not _is_sound(error):
                self._connection = None
                connection.terminate()
            raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _is_sound(error: Exception) -> bool:
    """Whether the server answered as one that can store: not one that shuts down, or has become a standby."""
    return is_about_data(error) or getattr(error, "sqlstate", None) in RETRY_STATES
