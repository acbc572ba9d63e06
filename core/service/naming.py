"""
What a provider calls somebody who writes for the first time: asked for afterwards, shown to staff, proved by nothing.

Nobody waits for it and nothing is decided by it; a name that cannot be had at once is not asked for again, and what a
process had still to ask is lost with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from core.contract.errors import NotFound, SendError, VersionConflict
from core.contract.ports import Channel, KnowsNames
from core.service.clerk import Clerk
from core.service.talk import Talk
from core.service.work import Work

log = structlog.get_logger()

LONGEST = 100
_AT_ONCE = 8
_MOST_WAITING = 1000
_TRIES = 3


@dataclass(frozen=True)
class _Stranger:
    channel: str
    conversation_id: str


class Naming:
    """Asks for names, one process's worth. `wanted` is set while there is somebody to ask about."""

    def __init__(self, clerk: Clerk, channels: Callable[[], Mapping[str, Channel]]) -> None:
        self._clerk = clerk
        self._channels = channels
        self._waiting: deque[_Stranger] = deque(maxlen=_MOST_WAITING)
        self.wanted = asyncio.Event()

    def note(self, work: Work, talk: Talk) -> None:
        """Have the name asked for, once what was heard is stored; for whoever has none and begins a conversation."""
        if not talk.is_new or talk.correspondent.name:
            return
        channel = talk.row.channel
        if isinstance(self._channels().get(channel), KnowsNames):
            stranger = _Stranger(channel, talk.row.id)

            async def ask() -> None:
                self._waiting.append(stranger)
                self.wanted.set()

            work.afterwards.append(ask)

    async def run_once(self) -> int:
        """Ask about a few; returns how many."""
        self.wanted.clear()
        strangers = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
        await asyncio.gather(*(self._ask(one) for one in strangers))
        return len(strangers)

    async def _ask(self, stranger: _Stranger) -> None:
        channel: object = self._channels().get(stranger.channel)
        if not isinstance(channel, KnowsNames):
            return
        try:
            talk = await self._clerk.talks.load(Work(), stranger.conversation_id)
            name = (await channel.name_of(talk.correspondent.address)).strip()[:LONGEST]
        except NotFound:
            return
        except SendError as error:
            log.info("name_not_told", channel=stranger.channel, error=error.code)
            return
        if name:
            await self._keep(stranger, name)

    async def _keep(self, stranger: _Stranger, name: str) -> None:
        for _ in range(_TRIES):
            work = Work()
            talk = await self._clerk.talks.load(work, stranger.conversation_id)
            if talk.gone or talk.correspondent.name:
                return
            talk.correspondent = talk.correspondent.model_copy(update={"name": name})
            with suppress(VersionConflict):
                return await self._clerk.finish(work)
