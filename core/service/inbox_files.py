"""
Files that came inside a message and could not be stored with it (the scanner was away), out of the inbox.

The message itself is worked on at once, since its words may be urgent; its files are fetched afterwards like any
provider's, only that the provider is our own inbox.
"""

from __future__ import annotations

import asyncio
from functools import partial

from core.contract.errors import MessageInvalid, ProviderRefused
from core.contract.ports import CarriesFiles, ItemKey
from core.privacy.errors import Erased
from core.service.safe import Safe
from core.storage import inbox_queue
from core.storage.database import Database
from core.storage.inbox import unpack_delivery
from core.storage.inbox_queue import WaitingItem


def source_of(item: WaitingItem, sha256: str) -> str:
    """What such a file is called."""
    return f"inbox:{item.id}:{sha256}"


class InboxFiles:
    """The files of one channel's messages. Implements `FetchesFiles`."""

    def __init__(self, database: Database, *, safe: Safe, channel: CarriesFiles) -> None:
        self._database = database
        self._safe = safe
        self._channel = channel

    async def fetch(self, source: str, *, most: int) -> bytes:
        """A file by its name here. ProviderRefused: its message was erased. MessageInvalid: too long."""
        _, number, sha256 = source.split(":")
        item = await self._database.read(partial(inbox_queue.item_by_id, item_id=int(number)))
        data = await asyncio.to_thread(self._extract, item, sha256) if item is not None else None
        if data is None:
            raise ProviderRefused("the message is erased", provider_code="erased")
        if len(data) > most:
            raise MessageInvalid("the file is too long")
        return data

    def _extract(self, item: WaitingItem, sha256: str) -> bytes | None:
        try:
            packed = self._safe.zone.open(item.wrapped_key, item.body_sealed, binding=item.raw_id)
        except Erased:
            return None
        delivery = unpack_delivery(packed, channel=item.channel, account=item.account, received_at=item.received_at)
        key = ItemKey(item.dedupe_key, item.conversation_key, item.part, item.provider_time)
        return self._channel.extract_files(delivery, key).get(sha256)
