"""What an erasure does outside of rows, whoever begins it: keys, files, and traces in the logs of the databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from core.contract.errors import VersionConflict
from core.privacy.media import FileMediaStore
from core.service.safe import Safe
from core.storage.database import Database

T = TypeVar("T")

_TRIES = 5


@dataclass(frozen=True)
class Shredder:
    """`key_database` is where the keys lie: on SQLite a file whose traces must go as well. Acts may be repeated."""

    database: Database
    key_database: Database
    safe: Safe
    media: FileMediaStore
    now: Callable[[], datetime]

    async def destroy_keys(self, subjects: Iterable[str]) -> None:
        """From here nothing that was sealed under them can be read again, wherever a copy lies."""
        await asyncio.to_thread(self._destroy, subjects)

    def _destroy(self, subjects: Iterable[str]) -> None:
        for subject in subjects:
            self.safe.keys.destroy(subject, self.now())

    async def delete_files(self, subjects: Iterable[str]) -> None:
        """Every file of these subjects."""
        for subject in subjects:
            await self.media.delete_subject(subject)

    async def erase_traces(self) -> None:
        """Fold away what the logs of both databases still have."""
        await self.database.erase_traces()
        await self.key_database.erase_traces()


async def again(step: Callable[[], Awaitable[T]]) -> T:
    """Try a step a few times while somebody else is faster. VersionConflict: they were every time."""
    for _ in range(_TRIES - 1):
        try:
            return await step()
        except VersionConflict:
            continue
    return await step()
