"""
SQLite's log, folded into its file beside the writing thread, so that nobody waits for that.

SQLite by itself does it in a commit once in a while, which then takes ten times as long as others, and after a backup
of a large archive a minute: nothing that is written while somebody reads the past can be folded. Here another thread
copies what stands in the log while the writer goes on; the writer copies the few pages that came meanwhile, after it
has told whom it had stored, and begins the log anew. Keys are hashes, so every commit touches index pages all over the
file: a page that was changed ten times is folded in once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite3
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

log = structlog.get_logger()

BUSY_MS = 5000
PAGES = 8000
"""Of 4 KB: how many the log holds before it is folded in."""
_REST = PAGES // 16  # so few are copied by the writer in a millisecond or two
_TOO_LONG = 4 * PAGES  # then the writer copies more at once: it writes faster than the thread folds
_PAUSE, _LONG_PAUSE = 0.05, 1.0
_ERASE_MS, _ERASE_AGAIN = 100, 0.5  # the second in seconds
_TROUBLE = (sqlite3.Error, SQLAlchemyError)


class Folding:
    """
    One thread that looks after commits whether there is enough to fold.

    `engine`: its own connection; `writing`: the writer's. `pages`: see `PAGES`.
    """

    def __init__(self, engine: Engine, writing: Engine, *, pages: int = PAGES) -> None:
        self._engine, self._writing = engine, writing
        self._pages = pages
        self._one = threading.Lock()  # SQLite has no patience with a second one who folds
        self._is_nearly_done = False
        self._written = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sqlite-fold", daemon=True)
        self._thread.start()

    def after_commit(self) -> None:
        """By the writer, between two transactions: with nothing left over the log begins anew."""
        if self._is_nearly_done:
            self._is_nearly_done = False
            with suppress(*_TROUBLE), closing(self._writing.raw_connection()) as pooled:
                _fold(pooled.driver_connection)
        self._written.set()

    def stop(self) -> None:
        """What is in the log stays there."""
        self._stopping.set()
        self._written.set()
        self._thread.join()
        self._engine.dispose()

    def truncate(self) -> bool:
        """
        Fold in all of it and empty the log, the last of it over the writer's connection; whether it is empty now.

        It hardly waits for readers: whoever wants to write would wait with it.
        """
        with self._one:
            with suppress(*_TROUBLE):
                self._catch_up()
            return self._empty()

    def _empty(self) -> bool:
        with self._writing.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_ERASE_MS}")
            try:
                busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
        return not busy

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._written.wait()
            self._written.clear()
            try:
                pause = self._look()
            except _TROUBLE:  # a full disk, say: whoever writes finds out, and tells
                pause = _LONG_PAUSE
            except Exception:  # nobody else folds
                log.exception("log_not_folded")
                pause = _LONG_PAUSE
            self._stopping.wait(pause)

    def _look(self) -> float:
        """Fold, where there is enough; returns how long to leave it alone, in seconds."""
        with self._one:
            left, before = self._fold("NOOP")
            if left + before < self._pages:
                return _PAUSE
            left, folded = self._catch_up()
        self._is_nearly_done = is_nearly_done(left, left + folded)
        return _PAUSE if left <= _REST or folded > before else _LONG_PAUSE  # somebody still reads the past

    def _catch_up(self) -> tuple[int, int]:
        """Fold what is there, then what was written meanwhile."""
        self._fold()
        return self._fold()

    def _fold(self, how: str = "PASSIVE") -> tuple[int, int]:
        with closing(self._engine.raw_connection()) as pooled:
            return _fold(pooled.driver_connection, how)


def is_nearly_done(left: int, pages: int) -> bool:
    """Whether the writer may copy what is left, of so many pages in the log."""
    return left <= (_REST if pages < _TOO_LONG else PAGES)


def _fold(driver: Any, how: str = "PASSIVE") -> tuple[int, int]:
    """As far as readers let it; how many pages of the log are left, and how many are in the file."""
    _, pages, folded = driver.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
    return pages - folded, folded


class Traces:
    """Empties the log, so that deleted pages leave no copy behind; `truncate` tries it and says whether it worked."""

    def __init__(self, path: Path, truncate: Callable[[], bool]) -> None:
        self._path = path
        self._truncate = truncate
        self._erasing: asyncio.Task[None] | None = None

    async def erase(self) -> None:
        """
        Now, or in the background as soon as nobody reads the past any more (a backup does).

        Closing the database empties the log as well.
        """
        if await asyncio.to_thread(self._truncate):
            return
        if self._erasing is None or self._erasing.done():
            log.warning("traces_remain", file=self._path.name)
            self._erasing = asyncio.create_task(self._erase_in_time())

    async def _erase_in_time(self) -> None:
        while True:
            await asyncio.sleep(_ERASE_AGAIN)
            with suppress(DBAPIError):  # a full disk: later
                if await asyncio.to_thread(self._truncate):
                    break
        log.info("traces_erased", file=self._path.name)

    async def close(self) -> None:
        """Try no more."""
        if self._erasing is not None:
            self._erasing.cancel()
            await asyncio.wait([self._erasing])
