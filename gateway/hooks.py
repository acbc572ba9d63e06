"""
The door for providers' webhooks: verify the raw bytes, split, store, and only then answer.

401 what cannot be verified (counted, not stored); 413 too large; verified but unsplittable goes to quarantine and is
answered 200, because providers switch off hooks that answer errors; 503 only when neither database nor journal works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import structlog
from aiohttp import web

from core.contract.errors import PayloadInvalid, SignatureInvalid
from core.contract.ports import Channel, ItemKey, RawDelivery
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.metrics import INBOUND

log = structlog.get_logger()


async def accept_hook(
    request: web.Request, channel: Channel, *, account: str, answer: Callable[[], web.Response]
) -> web.Response:
    """Take one webhook request for `channel`; `answer` makes what the provider wants to hear."""
    deployment = request.app[DEPLOYMENT]
    delivery = RawDelivery(
        channel=channel.name,
        account=account,
        body=await request.read(),
        headers=dict(request.headers),
        query=request.query_string,
        received_at=deployment.now(),
    )
    try:
        channel.verify(delivery)
    except SignatureInvalid:
        INBOUND.labels(channel.name, "refused").inc()
        raise
    await take(deployment, channel, delivery)
    return answer()


async def take(deployment: Deployment, channel: Channel, delivery: RawDelivery) -> None:
    """Split a verified delivery and store it durably; what cannot be split is kept in quarantine."""
    items, reason = split_or_quarantine(channel, delivery)
    await deployment.inbox.accept(delivery, items, quarantine=reason)
    INBOUND.labels(channel.name, "quarantined" if reason else "accepted").inc()


def split_or_quarantine(channel: Channel, delivery: RawDelivery) -> tuple[Sequence[ItemKey], str]:
    """The items of a body, or the whole body as one item with the reason why it could not be cut."""
    try:
        return channel.split(delivery), ""
    except PayloadInvalid as error:
        digest = hashlib.sha256(delivery.body).hexdigest()
        return [ItemKey(dedupe_key=f"unsplit:{digest}", conversation_key=f"unsplit:{digest}")], str(error) or error.code
