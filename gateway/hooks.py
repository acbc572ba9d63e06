"""
The door for providers' webhooks: verify the raw bytes, split, store, and only then answer.

401 what cannot be verified (counted, not stored); 413 too large; verified but unsplittable goes to quarantine and is
answered 200, because providers switch off hooks that answer errors; 503 only when neither database nor journal works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from core.contract.errors import PayloadInvalid, SignatureInvalid
from core.contract.ports import Channel, HookedChannel, ItemKey, RawDelivery
from gateway.deployment import DEPLOYMENT
from gateway.metrics import INBOUND


def setup_hooks(app: web.Application) -> None:
    """Mount the hook of every channel that has one."""
    for channel in app[DEPLOYMENT].channels.values():
        if isinstance(channel, HookedChannel):
            app.router.add_post(f"/hooks/{channel.hook}", _handler(channel))


def _handler(channel: HookedChannel) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        """Take one delivery; the provider hears 200 once a crash can no longer lose it."""
        deployment = request.app[DEPLOYMENT]
        delivery = RawDelivery(
            channel=channel.name,
            account=request.match_info.get("account", channel.account),
            body=await request.read(),
            headers={name.lower(): value for name, value in request.headers.items()},
            query=request.query_string,
            received_at=deployment.now(),
        )
        try:
            channel.verify(delivery)
        except SignatureInvalid:
            INBOUND.labels(channel.name, "refused").inc()
            raise
        items, reason = split_or_quarantine(channel, delivery)
        await deployment.inbox.accept(delivery, items, quarantine=reason)
        INBOUND.labels(channel.name, "quarantined" if reason else "accepted").inc()
        return web.Response()

    return handle


def split_or_quarantine(channel: Channel, delivery: RawDelivery) -> tuple[Sequence[ItemKey], str]:
    """The items of a body, or the whole body as one item with the reason why it could not be cut."""
    try:
        return channel.split(delivery), ""
    except PayloadInvalid as error:
        digest = hashlib.sha256(delivery.body).hexdigest()
        return [ItemKey(dedupe_key=f"unsplit:{digest}", conversation_key=f"unsplit:{digest}")], str(error) or error.code
