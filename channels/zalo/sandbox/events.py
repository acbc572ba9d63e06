"""The provider's webhooks, played: signed here, posted to the gateway, kept where nobody took them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.zalo.sandbox.moods import Mood

_PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass
class Webhooks:
    """Posts to `url`. `undelivered` waits for `repeat`; `held` for `release` (mood out_of_order)."""

    app_id: str
    secret: str
    url: str = ""
    mood: Mood = Mood.NORMAL
    undelivered: list[bytes] = field(default_factory=list)
    held: list[bytes] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def post_later(self, event: Mapping[str, Any]) -> None:
        """Without waiting for the answer."""
        task = asyncio.create_task(self.post(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, event: Mapping[str, Any]) -> None:
        """One event, as the mood says."""
        body = json.dumps(event, ensure_ascii=False).encode()
        if self.mood is Mood.OUT_OF_ORDER:
            self.held.append(body)
            return
        for _ in range(2 if self.mood is Mood.DUPLICATE else 1):
            await self._deliver(body)

    async def release(self) -> None:
        """What was held, the last first."""
        held, self.held = self.held[::-1], []
        for body in held:
            await self._deliver(body)

    async def repeat(self) -> None:
        """Try again what nobody took."""
        again, self.undelivered = self.undelivered, []
        for body in again:
            await self._deliver(body, tries=1)

    async def settle(self) -> None:
        """Until everything on its way has arrived."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _deliver(self, body: bytes, *, tries: int = 0) -> None:
        headers = {"X-ZEvent-Signature": f"mac={self.sign(body)}", "Content-Type": "application/json"}
        if tries:
            headers["num_retry"] = str(tries)
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as client,
                client.post(self.url, data=body, headers=headers) as answer,
            ):
                taken = answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            taken = False
        if not taken:
            self.undelivered.append(body)

    def sign(self, body: bytes) -> str:
        """SHA-256 over app id, body, its timestamp and the account's secret."""
        timestamp = str(json.loads(body)["timestamp"])
        return hashlib.sha256(self.app_id.encode() + body + timestamp.encode() + self.secret.encode()).hexdigest()
