"""Calls to the API of a partner, signed as `core.service.links.signing` has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from channels.http import ProviderHttp, Reply
from core.contract.schema import new_id
from core.service.links.book import Link
from core.service.links.signing import of_request, signature
from gateway.links.answers import NeverTaken, NotTaken

KEY, ID, TIMESTAMP, SIGNATURE = "X-Link-Key", "X-Link-Id", "X-Link-Timestamp", "X-Link-Signature"
EVENTS = "/api/v1/links/events"
_FOR_NOW = frozenset({401, 403, 408, 425, 429})  # also what a person on either side mends: clocks, secrets, roles


class Partner:
    """One peer's API. `http`: calls below its public address; `files`: the same for what is long and takes its time."""

    def __init__(self, link: Link, *, http: ProviderHttp, files: ProviderHttp, now: Callable[[], datetime]) -> None:
        self._link = link
        self._http = http
        self._files = files
        self._now = now

    async def read(self, path: str) -> Reply:
        """What it gives out. ProviderRefused: not to us. TemporarySendError: not now."""
        return _good(await self._http.get(path, headers=self._signed("GET", path, b"")))

    async def file(self, path: str) -> bytes:
        """A file that it gives out, whole. Raises as `read`."""
        return _good(await self._files.get(path, headers=self._signed("GET", path, b""))).body

    async def tell(self, news: bytes) -> None:
        """Hand news over. Raises as `read`."""
        headers = self._signed("POST", EVENTS, news) | {"Content-Type": "application/json"}
        _good(await self._http.post_bytes(EVENTS, news, headers=headers))

    async def upload(self, path: str, data: bytes) -> str:
        """Hand a file over; returns the key under which it lies there. Raises as `read`."""
        headers = self._signed("POST", path, data) | {"Content-Type": "application/octet-stream"}
        taken = _good(await self._files.post_bytes(path, data, headers=headers)).json()
        return str(taken["stored_key"])

    def _signed(self, method: str, target: str, body: bytes) -> dict[str, str]:
        return signed_headers(self._link, method, target, body=body, now=self._now())


def signed_headers(link: Link, method: str, target: str, *, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove a request to be ours; a fresh id each time, since none is taken twice."""
    message_id = new_id()
    mark = signature(link.in_force(now), message_id=message_id, at=now, body=of_request(method, target, body))
    return {KEY: link.known_as, ID: message_id, TIMESTAMP: str(int(now.timestamp())), SIGNATURE: mark}


def with_files(news: str, keys: list[str]) -> bytes:
    """News of a case, naming files that were handed over before."""
    told: dict[str, Any] = json.loads(news)
    data: Mapping[str, Any] = told["data"]
    return json.dumps({**told, "data": {**data, "files": keys}}, ensure_ascii=False).encode()


def _good(reply: Reply) -> Reply:
    if reply.ok:
        return reply
    if reply.status in _FOR_NOW or reply.status >= 500:
        raise NotTaken(reply)
    raise NeverTaken(reply)
