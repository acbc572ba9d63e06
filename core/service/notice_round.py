"""
Going round with what is told to everybody: in steps, each with how far it came, so that a restart reaches nobody twice
and forgets nobody.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

import structlog

from core.notify.quiet import Quiet, quiet_hours
from core.service.committing import Committer
from core.service.safe import Safe
from core.service.work import Work
from core.storage.database import Connection, Database
from core.storage.public_notices import NoticeRow

log = structlog.get_logger()

AT_ONCE = 200
"""How many are reached in one step."""

T = TypeVar("T")
"""Whoever is reached."""


class NoticeRound(ABC, Generic[T]):
    """Writes every notice into the outbox, once for everybody it is for. `now` is the deployment's clock."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        now: Callable[[], datetime],
        quiet: Quiet | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._database = database
        self._committer = Committer(database)
        self._safe = safe
        self._now = now
        self._quiet = quiet or quiet_hours()
        self._at_once = at_once

    async def run_once(self) -> int:
        """The next step of every notice that has not come to everybody; returns how many messages were written."""
        rows = await self._database.read(self._waiting)
        return sum([await self._step(row) for row in rows])

    async def _step(self, notice: NoticeRow) -> int:
        found, work = await self._database.read(partial(self._next, notice=notice)), Work()
        written = sum([await self._write(work, notice, one) for _, one in found])
        to, at = (found[-1][0] if found else ""), None if len(found) == self._at_once else self._now()
        work.add(partial(self._reached, notice=notice, to=to, at=at))
        await self._committer.commit(work)
        log.info("notice_goes_round", by=type(self).__name__, notice=notice.id, messages=written, over=at is not None)
        return written

    @abstractmethod
    def _waiting(self, connection: Connection) -> Sequence[NoticeRow]:
        """Notices on their way, the most pressing first."""

    @abstractmethod
    def _next(self, connection: Connection, *, notice: NoticeRow) -> Sequence[tuple[str, T]]:
        """Those that come next, at most a step of them, each behind what keeps their order."""

    @abstractmethod
    async def _write(self, work: Work, notice: NoticeRow, one: T) -> bool:
        """Put the message to one of them into the work, if there is to be one."""

    @abstractmethod
    def _reached(self, connection: Connection, *, notice: NoticeRow, to: str, at: datetime | None) -> None:
        """Keep how far it came; `to` is empty where nobody was left; `at`: that was the last."""
