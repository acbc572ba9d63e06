"""
Storing units of work: those that wait together share one transaction, and one that fails does not fail the others.

When a group cannot be stored (somebody was faster with one of its cases, a row that no database takes), each unit is
stored by itself, so that everybody hears their own outcome and nothing of a failed unit stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from core.contract.errors import GatewayError
from core.service.grouping import Group
from core.service.work import Work, store_all
from core.storage.database import Database
from core.storage.intake_rows import is_about_data

# SQLite has one writer: an acceptance waits until the units before it are stored.
_MOST = {"sqlite": 16, "postgresql": 64}


class Committer:
    """Commits the units of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._group: Group[Work, None] = Group(self._store, most=_MOST[database.dialect])

    def expect(self, count: int) -> None:
        """So many units will come before long."""
        self._group.expect(count)

    async def commit(self, work: Work) -> None:
        """Store everything or nothing, then follow up. VersionConflict when what it was thought out on has changed."""
        await self._group.ask(work)
        await work.follow_up()

    async def _store(self, works: Sequence[Work]) -> Sequence[Exception | None]:
        try:
            await self._database.write(partial(store_all, works=works))
        except Exception as error:
            if len(works) == 1 or not (isinstance(error, GatewayError) or is_about_data(error)):
                raise
            return [await self._alone(work) for work in works]
        return [None] * len(works)

    async def _alone(self, work: Work) -> Exception | None:
        try:
            await self._database.write(partial(store_all, works=[work]))
        except Exception as error:  # raised where this one was asked for
            return error
        return None
