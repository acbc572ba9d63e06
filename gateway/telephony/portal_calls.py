"""Where the web side brings callers from the portal: a Unix socket, one line of JSON each way (`gateway.lines`)."""

from __future__ import annotations

import json
from typing import Any

import structlog

from channels.call_center.webrtc.inside import NoPort
from channels.call_center.webrtc.peer import OfferRefused
from channels.call_center.webrtc.trunk import LineFull, PortalTrunk

log = structlog.get_logger()
KEYS = frozenset("0123456789*#")
LONGEST_OFFER = 20_000


class PortalCalls:
    """Answers the web side: `call` a page's offer, `press` its keys, `end` its call."""

    def __init__(self, trunk: PortalTrunk) -> None:
        self._trunk = trunk

    async def answer(self, line: bytes) -> dict[str, Any]:
        """One request. What cannot be done is told by `error`: full, offer, gone, bad_request."""
        try:
            request = json.loads(line)
            action, given = request["action"], {name: str(value) for name, value in request.items()}
            if action == "call":
                return await self._call(given["offer"])
            if action == "press":
                return self._press(given["call"], given["keys"])
            if action == "end":
                return {} if self._trunk.end(given["call"]) else {"error": "gone"}
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return {"error": "bad_request"}

    async def _call(self, offer: str) -> dict[str, Any]:
        if len(offer) > LONGEST_OFFER:
            return {"error": "offer"}
        try:
            answered = await self._trunk.take(offer)
        except OfferRefused as error:
            log.info("portal_offer_refused", reason=str(error))
            return {"error": "offer"}
        except (LineFull, NoPort):
            return {"error": "full"}
        return {"call": answered.call, "sdp": answered.sdp}

    def _press(self, call: str, keys: str) -> dict[str, Any]:
        if not keys or not set(keys) <= KEYS:
            return {"error": "bad_request"}
        return {} if self._trunk.press(call, keys) else {"error": "gone"}
