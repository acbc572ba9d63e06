"""A database whose power goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.storage.database import Connection, Database

T = TypeVar("T")


class Interrupted(Exception):
    """Stands for a power cut."""


class CutDatabase:
    """The real database, until the power goes: some writes are done, the next is not."""

    def __init__(self, database: Database, *, writes: int) -> None:
        self.dialect, self.read, self.close = database.dialect, database.read, database.close
        self._database, self._left = database, writes

    async def write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """As the real one, while there is power."""
        if self._left == 0:
            raise Interrupted
        self._left -= 1
        return await self._database.write(work, urgent=urgent)

    async def erase_traces(self) -> None:
        """As the real one."""
        await self._database.erase_traces()
