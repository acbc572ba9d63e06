"""
Rings the senders and fetchers of those channels on which something is due, whoever wrote it and however long ago.

Each has a loop of its own, so that no provider holds up another; were each to look for itself again and again, ten
channels would ask the database a hundred times a second when there is nothing to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from core.storage import lookout
from core.storage.database import Database


class Lookout:
    """`senders` and `fetchers`: by channel, what wakes each."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        senders: Mapping[str, asyncio.Event],
        fetchers: Mapping[str, asyncio.Event],
    ) -> None:
        self._database = database
        self._now = now
        self._senders = senders
        self._fetchers = fetchers
        self._view = lookout.Lookout(sending=senders, fetching=fetchers)

    async def run_once(self) -> int:
        """One look. It finds no work of its own."""
        awaited = await self._database.read(partial(self._view.look, now=self._now()))
        _ring(self._senders, awaited.sending)
        _ring(self._fetchers, awaited.fetching)
        return 0


def _ring(bells: Mapping[str, asyncio.Event], channels: Iterable[str]) -> None:
    for channel in channels:
        bells[channel].set()
