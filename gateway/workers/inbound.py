"""Takes waiting conversations, several side by side, each by one worker alone and in order."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog

from core.contract.errors import VersionConflict
from core.service.intake import Intake
from core.service.keeping import kept
from core.storage import inbox_queue
from core.storage.inbox_queue import Finished, WaitingItem
from gateway.deployment import Deployment
from gateway.metrics import INBOX_SECONDS, PROCESSED

log = structlog.get_logger()

_SIDE_BY_SIDE = 64
_MOST_TRIES = 8  # after 1, 2, 4 … 64 seconds: two minutes, in which a restart of whatever ails is over
_AILING_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


class _TryLater(Exception):
    """The conversation waits: its next message may not overtake the one that failed."""


class InboundWorker:
    """The inbox's consumer in one process. `owner` names its leases."""

    def __init__(self, deployment: Deployment, intake: Intake, *, owner: str) -> None:
        self._deployment = deployment
        self._intake = intake
        self._owner = owner
        self._database = deployment.database
        self._embedded = deployment.settings.embedded
        self._leased: set[str] = set()

    async def run_once(self) -> int:
        """Work through the conversations that wait now; returns how many there were."""
        taken = await self._take()
        if taken:
            self._leased = set() if self._embedded else set(taken)
            try:
                async with kept(self._renew):
                    await self._work(taken)
            finally:
                await self._release()
        return len(taken)

    async def _take(self) -> Mapping[str, Sequence[WaitingItem]]:
        """On SQLite this process is the only worker, and one round ends before the next begins: no lease needed."""
        now = self._deployment.now()
        if self._embedded:
            return await self._database.read(partial(inbox_queue.waiting_items, now=now, most=_SIDE_BY_SIDE))
        return await self._database.write(partial(inbox_queue.take, owner=self._owner, now=now, most=_SIDE_BY_SIDE))

    async def _work(self, taken: Mapping[str, Sequence[WaitingItem]]) -> None:
        await self._intake.prepare(len(taken))
        tasks = []
        for key, items in taken.items():
            tasks.append(asyncio.create_task(self._conversation(key, items)))
            await asyncio.sleep(0)  # a hook must not wait until all have been read
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for problem in filter(None, ends):  # only now: nobody may work on when the next round begins
            raise problem

    async def _renew(self) -> None:
        if self._leased:
            renewed = partial(
                inbox_queue.renew, keys=tuple(self._leased), owner=self._owner, now=self._deployment.now()
            )
            await self._database.write(renewed)

    async def _conversation(self, key: str, items: Sequence[WaitingItem]) -> None:
        *before, last = items
        try:
            for item in before:
                await self._item(item)
            await self._item(last, lease=self._owner if key in self._leased else "")
        except VersionConflict as error:
            log.info("conversation_taken_over", error=error.code)
        except _TryLater:
            log.info("conversation_rests", channel=last.channel)

    async def _release(self) -> None:
        """What did not end as it should: the other leases ended with what was stored."""
        if self._leased:
            await self._database.write(partial(inbox_queue.release, keys=self._leased, owner=self._owner))

    async def _item(self, item: WaitingItem, *, lease: str = "") -> None:
        try:
            outcome = await self._intake.take_up(item, lease=lease)
            if lease:
                self._leased.discard(item.conversation_key)
        except VersionConflict:
            raise
        except Exception as error:  # tried again, then kept for a person: nobody else's message waits for it
            outcome = await self._after_failure(item, error)
        PROCESSED.labels(item.channel, outcome).inc()
        INBOX_SECONDS.labels(item.channel).observe((self._deployment.now() - item.received_at).total_seconds())

    async def _rest(self, key: str, *, seconds: float) -> None:
        now = self._deployment.now()
        until = now + timedelta(seconds=seconds)
        await self._database.write(partial(inbox_queue.rest, key=key, now=now, until=until))

    async def _after_failure(self, item: WaitingItem, error: Exception) -> str:
        """A message that keeps failing must not block those behind it: it goes to quarantine with its reason."""
        if isinstance(error, OSError) and error.errno in _AILING_DISK:  # no fault of the message: it waits for space
            log.error("item_waits_for_disk", item=item.id, channel=item.channel, problem=error.strerror)
            await self._rest(item.conversation_key, seconds=1)
            raise _TryLater from error
        log.exception("item_failed", item=item.id, channel=item.channel)
        tries = await self._database.write(partial(inbox_queue.count_attempt, item_id=item.id))
        if tries < _MOST_TRIES:
            await self._rest(item.conversation_key, seconds=2.0 ** (tries - 1))
            raise _TryLater from error
        reason = f"failed {tries} times: {type(error).__name__}"
        given_up = Finished(item.id, "quarantined", reason)
        await self._database.write(partial(inbox_queue.finish, ends=[given_up]))
        return "quarantined"
