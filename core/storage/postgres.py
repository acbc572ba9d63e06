"""PostgreSQL behind the same face: a pool, a transaction a write, repeated when the server says deadlock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import create_async_engine

from core.counting import DatabaseCounters
from core.storage.hosts import Hosts
from core.storage.intake_rows import Acceptance
from core.storage.postgres_intake import RETRY_STATES, TRIES, IntakeConnections

T = TypeVar("T")

_STATEMENT_SECONDS = 30  # a server that vanished without a word must not be waited for as long as TCP would
_REST_SECONDS = 1.0
_SERVER_SETTINGS = {"synchronous_commit": "on", "application_name": "langnghe"}


class PostgresDatabase:
    """
    A PostgreSQL database shared by any number of processes. `url` is `postgresql://…`; its password may be apart.

    With several places in the url (`db1:5432,db2:5432`) it is wherever writes are taken at the moment.
    """

    dialect = "postgresql"
    commits_at_once = 2

    def __init__(self, url: str, *, password: str = "", pool_size: int = 12) -> None:
        self.counters = DatabaseCounters()
        options = {"timeout": 5, "command_timeout": _STATEMENT_SECONDS, "server_settings": _SERVER_SETTINGS}
        hosts = Hosts(url, password=password, options=options)
        self._engine = create_async_engine(
            hosts.url,
            async_creator=hosts.connect,
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=5,
            hide_parameters=True,  # they hold what an error message may not show
        )
        _ask_after_a_rest(self._engine.sync_engine)
        self._intake = IntakeConnections(hosts.connect, count=self.commits_at_once)
        self._patient = Hosts(url, password=password, options={**options, "command_timeout": None})

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run in a read-only transaction on one snapshot."""
        asked = time.monotonic()
        async with self._engine.connect() as connection:
            self.counters.waits.note(time.monotonic() - asked)
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Run in a transaction; a deadlock or serialisation failure is tried again with a growing pause."""
        del urgent  # the server schedules its own transactions
        for attempt in range(TRIES):
            try:
                return await self._transact(work)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in RETRY_STATES or attempt == TRIES - 1:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)
        raise AssertionError("unreachable: the loop returns or raises")

    async def write_at_length(self, work: Callable[[Connection], T]) -> T:
        """Over a connection of its own, on which a statement may take as long as it takes."""
        engine = create_async_engine(
            self._patient.url, async_creator=self._patient.connect, poolclass=NullPool, hide_parameters=True
        )
        async with engine.begin() as connection:
            return await connection.run_sync(work)

    async def _transact(self, work: Callable[[Connection], T]) -> T:
        asked = time.monotonic()
        async with self._engine.connect() as connection:
            started = time.monotonic()
            self.counters.waits.note(started - asked)
            async with connection.begin():
                result = await connection.run_sync(work)
            self.counters.commits.note(time.monotonic() - started)
        return result

    async def accept(self, batch: Sequence[Acceptance]) -> None:
        """Over connections kept for this, in one statement."""
        started = time.monotonic()
        await self._intake.store(batch)
        self.counters.commits.note(time.monotonic() - started)

    async def erase_traces(self) -> None:
        """Nothing to do: what is erased was ciphertext, and its key stood in another place."""

    async def close(self) -> None:
        """Let go of the pool."""
        await self._intake.close()
        await self._engine.dispose()


def _ask_after_a_rest(engine: Engine) -> None:
    """
    Have a connection answer before it is used again, where it has not been used for a second.

    One that the server has ended meanwhile says so without being asked. All that are as old are given up with it.
    Asked before each use, as the pool itself would, every look of a worker would cost a third more.
    """

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _holder: Any) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - record.info.get("used_at", time.monotonic()) < _REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
