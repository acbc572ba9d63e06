"""Another system that is told of cases, on this machine: it checks every signature by itself, and has moods."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from aiohttp import web

Mood = Literal["normal", "error", "gone"]
STATUS = {"error": 500, "gone": 410}


@dataclass
class Receiver:
    """`async with Receiver() as system`. `secret`: the only one it knows; `now`: the clock it judges by."""

    now: Callable[[], datetime]
    secret: str = ""
    mood: Mood = "normal"
    heard: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    refused: int = 0
    url: str = ""
    port: int = 0
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Receiver:
        app = web.Application()
        app.router.add_post("/phan-anh", self._hear)
        app.router.add_post("/im-lang", self._never)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}/phan-anh"
        return self

    async def __aexit__(self, *_error: object) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @property
    def types(self) -> list[str]:
        """What it heard, in order."""
        return [one["type"] for one in self.heard]

    async def _never(self, request: web.Request) -> web.Response:
        """Another system on the same server, which answers nobody."""
        await asyncio.Event().wait()
        raise AssertionError("unreachable: nobody sets it")

    async def _hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.ids.append(request.headers["webhook-id"])
        if self.mood in STATUS:
            return web.Response(status=STATUS[self.mood])
        if not self._is_signed(request, body):
            self.refused += 1
            return web.Response(status=401)
        self.heard.append(json.loads(body))
        return web.Response(status=204)

    def _is_signed(self, request: web.Request, body: bytes) -> bool:
        """As https://www.standardwebhooks.com has it, written from that page."""
        message_id, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        expected = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
        given = [base64.b64decode(one.removeprefix("v1,")) for one in request.headers["webhook-signature"].split()]
        fresh = abs(self.now().timestamp() - int(at)) < 300
        return fresh and any(hmac.compare_digest(expected, one) for one in given)
