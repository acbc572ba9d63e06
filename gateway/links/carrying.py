"""
The way to other systems as a channel of the outbox: what is told leaves, and what comes of it is written down.

A receiver knows a message by its id, so that one that may have arrived is sent again; only 410 ends it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from yarl import URL

from channels.http import ANSWER_LIMIT, Network, ProviderHttp
from core.contract.errors import (
    ChannelMisconfigured,
    PayloadInvalid,
    ProviderRefused,
    SignatureInvalid,
)
from core.contract.ports import Health, ItemKey, RawDelivery, SendResult
from core.contract.schema import OutboundMessage, Parsed
from core.privacy.media import FileMediaStore
from core.privacy.media_types import MediaLimits
from core.service.links.book import Link, LinkBook
from core.service.links.signing import signature
from gateway.links.addresses import problem_of
from gateway.links.answers import NotTaken
from gateway.links.partner import Partner, with_files

PATIENCE = 10.0
"""Seconds that a receiver has to answer; it should store first and work afterwards."""
AT_ONCE = 8
FILE_PATIENCE = 300.0
"""Seconds for one file between two deployments: a film, over the line of a commune."""
FILES_PATIENCE = 1800.0
"""For all files of one answer, and the answer."""
_LIMITS = MediaLimits()
LONGEST_FILE = max(_LIMITS.image, _LIMITS.video, _LIMITS.audio, _LIMITS.file) + 1
"""Bytes; one more than anybody may store, so that what is cut is refused and never kept in part."""
_GONE = 410


class LinkChannel:
    """Sends to one link after another; the address is the link's name. `inside`: networks that may be called too."""

    name = "link"
    threaded = False
    knows_repeats: Literal[True] = True

    def __init__(
        self, book: LinkBook, *, media: FileMediaStore, inside: Sequence[Network], now: Callable[[], datetime]
    ) -> None:
        self._book = book
        self._media = media
        self._inside = inside
        self._now = now
        self._https: dict[tuple[str, str, bool], ProviderHttp] = {}

    def verify(self, delivery: RawDelivery) -> None:
        """Nobody calls us this way: they have a door of their own."""
        raise SignatureInvalid("nothing comes in by links")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """Nothing comes in."""
        raise PayloadInvalid("nothing comes in by links")

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """Nothing comes in."""
        raise PayloadInvalid("nothing comes in by links")

    async def send(self, message: OutboundMessage) -> SendResult:
        """Tell it. Raises ChannelMisconfigured: it was ended, or leads where nobody may go; ProviderRefused: 410."""
        link = await self._book.find(message.recipient.value)
        if link is None:
            raise ChannelMisconfigured("the link was ended")
        if problem := problem_of(link.url, self._inside):
            raise ChannelMisconfigured(problem)
        await (self._exchange(link, message) if link.kind == "peer" else self._hook(link, message))
        return SendResult(message.id)

    async def check_health(self) -> Health:
        """It needs nothing but the network."""
        return Health(ok=True)

    async def stop(self) -> None:
        """Let go of the connections."""
        for http in self._https.values():
            await http.close()
        self._https.clear()

    def partner(self, link: Link) -> Partner:
        """The API of a peer."""
        files = self._http(link, link.url, files=True)
        return Partner(link, http=self._http(link, link.url), files=files, now=self._now)

    async def _hook(self, link: Link, message: OutboundMessage) -> None:
        body, now, address = message.text.encode(), self._now(), URL(link.url)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "LangNghe-Webhook/1",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature(link.in_force(now), message_id=message.id, at=now, body=body),
        }
        reply = await self._http(link, str(address.origin())).post_bytes(address.raw_path_qs, body, headers=headers)
        if reply.status == _GONE:
            raise ProviderRefused("the receiver wants no more", provider_code="410")
        if not reply.ok:
            raise NotTaken(reply)

    async def _exchange(self, link: Link, message: OutboundMessage) -> None:
        partner, keys = self.partner(link), message.fields.get("media", "").split()
        path = f"/api/v1/cases/{message.fields.get('case', '')}/files"
        files = [await partner.upload(path, await self._media.get(key)) for key in keys]
        await partner.tell(with_files(message.text, files) if files else message.text.encode())

    def _http(self, link: Link, base: str, *, files: bool = False) -> ProviderHttp:
        """Connections of one link alone: two may lie on one server, and only one of them be silent."""
        key = (link.name, base, files)
        if key not in self._https:
            timeout, most = (FILE_PATIENCE, LONGEST_FILE) if files else (PATIENCE, ANSWER_LIMIT)
            self._https[key] = ProviderHttp(base, timeout=timeout, connections=AT_ONCE, inside=self._inside, most=most)
        return self._https[key]
