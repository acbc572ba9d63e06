"""
Names and passwords for the relay that count for some hours (the "TURN REST API" of draft-uberti-behave-turn-rest-00).

The relay knows no users: it trusts whoever has a name that begins with a time to come and a password that only our
secret makes of that name. Pages ask for them whenever they open their sound.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.deployment import DEPLOYMENT
from gateway.settings.turn import Turn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def relays_of(turn: Turn, *, for_whom: str, now: datetime) -> dict[str, Any]:
    """
    What a browser's `RTCPeerConnection` is made with; no servers where there is no relay.

    Args:
        for_whom: not a person: what the relay counts by, such as "console". `now`: aware.
    """
    if not turn.urls:
        return {"iceServers": []}
    until = int((now + timedelta(hours=turn.hours)).timestamp())
    name = f"{until}:{for_whom}"
    made = hmac.new(turn.secret.get_secret_value().encode(), name.encode(), hashlib.sha1).digest()
    server = {"urls": list(turn.urls), "username": name, "credential": base64.b64encode(made).decode()}
    return {"iceServers": [server], **({"iceTransportPolicy": "relay"} if turn.only else {})}


def telling_relays(for_whom: str) -> Handler:
    """A page's way to ask."""

    async def tell(request: web.Request) -> web.StreamResponse:
        deployment = request.app[DEPLOYMENT]
        told = relays_of(deployment.settings.call_center.turn, for_whom=for_whom, now=deployment.now())
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    return tell
