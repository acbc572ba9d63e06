"""
Acceptance on PostgreSQL: a connection of its own, so that no message waits for a free one, and its driver alone.

Storing is idempotent (the unique key), so whatever breaks in the middle may be tried again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import asyncpg

from core.storage.intake_rows import Acceptance, is_about_data, store_postgres

RETRY_STATES = frozenset({"40P01", "40001"})
TRIES = 5


class IntakeConnection:
    """Opened when it is first needed, and again when it broke."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self._connect = connect
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()

    async def store(self, batch: Sequence[Acceptance]) -> None:
        """Durable on return; a deadlock, a serialisation failure or a connection that had died is tried again."""
        async with self._turn:
            for attempt in range(TRIES):
                was_open = self._connection is not None
                try:
                    return await self._store_once(batch)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
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
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _is_sound(error: Exception) -> bool:
    """Whether the server answered as one that can store: not one that shuts down, or has become a standby."""
    return is_about_data(error) or getattr(error, "sqlstate", None) in RETRY_STATES
