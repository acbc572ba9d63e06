"""The right of one process among several to do something for all: to ask a provider, to read a mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from core.contract.schema import new_id
from core.storage import inbox_queue
from core.storage.database import Database

_LASTS = timedelta(minutes=1)


class DatabaseLease:
    """
    One holder at a time, for a minute after each `hold`. A crash gives it to another process within that minute.

    `name` tells leases apart, at most 64 characters; conversations are leased in the same table under keyed hashes,
    and no hash has a slash, which names therefore must have.
    """

    def __init__(self, database: Database, name: str, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._name = name
        self._now = now
        self._owner = new_id()

    async def hold(self) -> bool:
        """Take it or keep it; whether we have it now."""
        take = partial(inbox_queue.lease, keys=[self._name], owner=self._owner, now=self._now(), lasts=_LASTS)
        return bool(await self._database.write(take))

    async def leave(self) -> None:
        """Give it back."""
        await self._database.write(partial(inbox_queue.release, keys=[self._name], owner=self._owner))
