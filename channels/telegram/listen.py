"""
Hearing without a public address: asking Telegram again and again, one asker for one bot.

An update is confirmed by asking for what comes after it, and that happens only once `accept` has stored it. Trouble is
told once when it begins, once when it changes, and once when it is over.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog

from channels.listening import Lease, Trouble, leave_quietly
from channels.telegram.client import TelegramClient
from channels.telegram.mapping_in import CHANNEL, KINDS, split
from channels.telegram.settings import TelegramSettings
from channels.telegram.signature import HEADER
from core.contract.ports import AcceptRaw, RawDelivery

log = structlog.get_logger()


class Poller:
    """Asks, stores, confirms; from `start` to `stop`."""

    def __init__(
        self,
        client: TelegramClient,
        settings: TelegramSettings,
        accept: AcceptRaw,
        *,
        lease: Lease,
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._settings = settings
        self._accept = accept
        self._lease = lease
        self._clock = clock
        self._stopping = asyncio.Event()
        self._confirmed: int | None = None
        self._ours = False
        self._task: asyncio.Task[None] | None = None
        self.trouble = _trouble(settings)

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._run(), name="telegram-poll")

    async def stop(self) -> None:
        """Ask no more; what was heard is stored first."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        await leave_quietly(self._lease, CHANNEL)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._once()
            except Exception as error:  # whatever it is: the next try may work, and nothing was confirmed
                await self._rest(self.trouble.note(error))
            else:
                self.trouble.over()

    async def _once(self) -> None:
        if not await self._lease.hold():
            self._ours = False
            await self._rest(self._settings.longest_pause / 12)
            return
        if not self._ours:  # an old webhook would take everything
            await self._client.delete_webhook()
            self._ours = True
        updates = await self._heard()
        taken = await self._store(updates)
        if taken:
            log.info("updates_taken", channel=CHANNEL, count=taken)

    async def _heard(self) -> list[dict[str, Any]]:
        """What Telegram has; nothing as soon as we are to stop."""
        asking = asyncio.create_task(
            self._client.updates(after=self._confirmed, seconds=self._settings.poll_seconds, kinds=KINDS)
        )
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return await asking if asking.done() else []
        finally:
            for task in (asking, stopping):
                task.cancel()

    async def _store(self, updates: list[dict[str, Any]]) -> int:
        """Side by side, so that they share a commit; confirmed up to the first that could not be stored."""
        deliveries = [self._delivery(update) for update in updates]
        ends = await asyncio.gather(*(self._take(one) for one in deliveries), return_exceptions=True)
        taken = 0
        for update, end in zip(updates, ends, strict=True):
            if isinstance(end, BaseException):
                raise end
            self._confirmed, taken = update["update_id"], taken + 1
        return taken

    async def _take(self, delivery: RawDelivery) -> None:
        await self._accept(delivery, split(delivery))

    def _delivery(self, update: dict[str, Any]) -> RawDelivery:
        """As the webhook would bring it: asked for with our token over TLS, it is proved as well."""
        return RawDelivery(
            channel=CHANNEL,
            account=self._settings.bot_id,
            body=json.dumps(update, ensure_ascii=True, separators=(",", ":")).encode(),
            headers={HEADER: self._settings.hook_secret.get_secret_value()},
            received_at=self._clock(),
        )

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


class Registration:
    """Has Telegram call our hook; tries until it is so, and does not hold up the start."""

    def __init__(self, client: TelegramClient, settings: TelegramSettings) -> None:
        self._client = client
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        self.trouble = _trouble(settings)

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="telegram-webhook")

    async def stop(self) -> None:
        """Try no more. The webhook stays: what comes meanwhile waits at Telegram for the next start."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.register()
            except Exception as error:  # whatever it is: the next try may work
                await asyncio.sleep(self.trouble.note(error))
            else:
                self.trouble.over()
                return

    async def register(self) -> None:
        """Tell Telegram where we are, and the secret to show. Raises SendError."""
        settings = self._settings
        await self._client.set_webhook(
            settings.hook_url,
            secret=settings.hook_secret.get_secret_value(),
            kinds=KINDS,
            connections=settings.connections,
        )
        log.info("webhook_registered", channel=CHANNEL)


def _trouble(settings: TelegramSettings) -> Trouble:
    return Trouble(CHANNEL, first_pause=settings.first_pause, longest_pause=settings.longest_pause)
