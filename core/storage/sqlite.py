"""
The embedded database: one process, one writing thread, the inbox first.

A second writer takes group-commit p99 from milliseconds to seconds (SQLite's busy handler is unfair), so a file lock
keeps other processes out and one thread owns the only writing connection. Whatever waits when the thread is free
shares one transaction and one fsync, each piece of work in a savepoint of its own; a batch of deliveries is such a
transaction already, has no SQLAlchemy about it, and joins whatever is about to be committed. Readers are `query_only`.
SQLite comes from `pysqlite3`: the system's may carry the WAL-reset bug that 3.51.3 fixed.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pysqlite3.dbapi2 as sqlite3
import structlog
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from core.contract.errors import ConfigError
from core.counting import DatabaseCounters
from core.storage.folding import BUSY_MS, PAGES, Folding, Traces
from core.storage.intake_rows import STATEMENTS, Acceptance, store_sqlite

T = TypeVar("T")

log = structlog.get_logger()

_BATCH = 64
_TURN = 0.003  # seconds that other work has before deliveries that wait: it shall get on as well
_ROOM = ("wal_autocheckpoint=0", "cache_size=16000")  # the log is folded beside it; of 4 KB pages
_READERS = 4


@dataclass
class _Job:
    """`work` over a SQLAlchemy connection, or (`plain`) over the driver's own, in a transaction of its own."""

    work: Callable[[Any], Any]
    done: asyncio.Future[Any]
    plain: bool = False

    def over(self, connection: Connection) -> Any:
        """Its work as a part of somebody else's transaction."""
        return self.work(connection.connection.driver_connection if self.plain else connection)


_Outcome = tuple[_Job, Any, Exception | None]


class SqliteDatabase:
    """
    One SQLite file, held by this process alone. ConfigError when another process holds it.

    `log_pages`: how long its log becomes before it is folded in, of 4 KB (`core.storage.folding`).
    """

    dialect = "sqlite"
    commits_at_once = 1

    def __init__(self, path: Path, *, synchronous: str = "FULL", log_pages: int = PAGES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _hold(path)
        self.path = path
        writing = (f"synchronous={synchronous}", "secure_delete=ON", *_ROOM)
        self._write_engine = _engine(path, pragmas=writing, begin="BEGIN IMMEDIATE", connections=1)
        self._read_engine = _engine(path, pragmas=("query_only=ON",), begin="BEGIN", connections=_READERS)
        self.counters = DatabaseCounters()
        folding = _engine(path, pragmas=(f"synchronous={synchronous}",), begin="BEGIN", connections=1)
        self._folding = Folding(folding, self._write_engine, pages=log_pages)
        self._writer = _Writer(self._write_engine, self.counters, committed=self._folding.after_commit)
        self._traces = Traces(path, self._folding.truncate)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-read")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run on one of the reading threads."""

        def run() -> T:
            with self._read_engine.connect() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """Queue for the writing thread; a caller that gives up waiting does not undo the work."""
        return await self._writer.submit(work, urgent=urgent)

    async def write_at_length(self, work: Callable[[Connection], T]) -> T:
        """Like any other: nothing here gives up waiting."""
        return await self.write(work)

    async def accept(self, batch: Sequence[Acceptance]) -> None:
        """Queue for the writing thread, before everything else that waits."""
        await self._writer.submit_plain(partial(store_sqlite, batch=batch))

    async def erase_traces(self) -> None:
        """Fold the log into the file and empty it: at once, or in the background while somebody reads the past."""
        await self._traces.erase()

    async def close(self) -> None:
        """Finish the queue, then close; the file may be opened by another process afterwards."""
        await self._traces.close()
        await asyncio.to_thread(self._folding.stop)
        await asyncio.to_thread(self._writer.stop)
        self._readers.shutdown()
        self._write_engine.dispose()
        self._read_engine.dispose()
        os.close(self._lock)


class _Writer:
    """The one thread that writes; `committed` is called on it after each transaction, once all have been told."""

    def __init__(self, engine: Engine, counters: DatabaseCounters, *, committed: Callable[[], None]) -> None:
        self._engine = engine
        self._counters = counters
        self._deliveries: deque[_Job] = deque()
        self._urgent: deque[_Job] = deque()
        self._ordinary: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._committed = committed
        self._thread = threading.Thread(target=self._run, name="sqlite-write", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T], *, urgent: bool) -> asyncio.Future[T]:
        """In a savepoint of a transaction that others share."""
        return self._queue(_Job(work, _future()), self._urgent if urgent else self._ordinary)

    def submit_plain(self, work: Callable[[Any], T]) -> asyncio.Future[T]:
        """In a transaction of its own, over the driver's connection; before everything else."""
        return self._queue(_Job(work, _future(), plain=True), self._deliveries)

    def _queue(self, job: _Job, queue: deque[_Job]) -> asyncio.Future[Any]:
        with self._wake:
            if self._stopping:
                raise RuntimeError("the database is closing")
            queue.append(job)
            self._wake.notify()
        return job.done

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _take(self) -> list[_Job]:
        """The next batch: the inbox alone when it waits, so that nothing slower holds up its commit."""
        with self._wake:
            while not (self._deliveries or self._urgent or self._ordinary or self._stopping):
                self._wake.wait()
            if self._deliveries:
                return [self._deliveries.popleft()]
            queue = self._urgent or self._ordinary
            return [queue.popleft() for _ in range(min(_BATCH, len(queue)))]

    def _run(self) -> None:
        while jobs := self._take():
            try:
                outcomes = self._transact(jobs)
            except Exception as error:  # the commit itself failed: nobody may be told that it was stored
                outcomes = [(job, None, error) for job in jobs]
            with suppress(RuntimeError):  # the event loop is closed: nobody waits any more
                jobs[0].done.get_loop().call_soon_threadsafe(_settle, outcomes)
            self._committed()

    def _transact(self, jobs: list[_Job]) -> list[_Outcome]:
        started = time.monotonic()
        if jobs[0].plain:
            outcomes: list[_Outcome] = [(jobs[0], self._alone(jobs[0].work), None)]
        else:
            with self._engine.begin() as connection:
                if len(jobs) == 1:  # nobody else's work to be kept from its failure: no savepoint
                    outcomes = [(jobs[0], jobs[0].over(connection), None)]
                else:
                    outcomes = [(job, *_attempt(connection, job)) for job in self._while_nobody_waits(jobs)]
                outcomes += [(job, *_attempt(connection, job)) for job in self._meanwhile(jobs)]
        self._counters.commits.note(time.monotonic() - started)
        return outcomes

    def _while_nobody_waits(self, jobs: list[_Job]) -> Iterator[_Job]:
        """One job after the other; once deliveries wait and some time was had, the rest goes back to its queue."""
        until = time.monotonic() + _TURN
        for position, job in enumerate(jobs):
            if position and self._deliveries and time.monotonic() > until:
                self._put_back(jobs, position)
                break
            yield job

    def _put_back(self, jobs: list[_Job], position: int) -> None:
        with self._wake:
            self._ordinary.extendleft(reversed(jobs[position:]))
        del jobs[position:]

    def _meanwhile(self, jobs: list[_Job]) -> Iterator[_Job]:
        """Deliveries that have come by now join: the sync they would wait for will be theirs as well."""
        while self._deliveries:
            jobs.append(self._deliveries.popleft())
            yield jobs[-1]

    def _alone(self, work: Callable[[Any], T]) -> T:
        with closing(self._engine.raw_connection()) as pooled:  # going back into the pool undoes what failed
            connection: Any = pooled.driver_connection
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
            return result


def _attempt(connection: Connection, job: _Job) -> tuple[Any, Exception | None]:
    """One piece of work in a savepoint: its failure undoes only itself."""
    savepoint = connection.begin_nested()
    try:
        result = job.over(connection)
    except Exception as error:
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return result, None


def _future() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


def _settle(outcomes: list[_Outcome]) -> None:
    """On the event loop, in one turn for all; whoever gave up waiting is left alone."""
    for job, result, problem in outcomes:
        if job.done.done():
            continue
        if problem is None:
            job.done.set_result(result)
        else:
            job.done.set_exception(problem)


def _hold(path: Path) -> int:
    """Take the file lock, or refuse to start."""
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ConfigError(
            "database_url",
            f"another process holds {path}; SQLite serves one process, use PostgreSQL for several",
            example="postgresql://langnghe@db/langnghe",
        ) from None
    return lock


def _engine(path: Path, *, pragmas: tuple[str, ...], begin: str, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite3,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # they hold what an error message may not show
        connect_args={"check_same_thread": False, "timeout": 5.0, "cached_statements": 1024 + STATEMENTS},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver would start too late
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
