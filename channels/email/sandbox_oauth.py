"""
A token server (RFC 6749 §6), played: it gives access tokens for one refresh token after the other, and has moods.

Tokens that count are in `tokens`, the very set that the mail servers of the sandbox look into.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web

HOST = "127.0.0.1"


class TokenMood(StrEnum):
    """How it answers. `ended`: the refresh token is worth nothing now; `stranger`: it does not know the program."""

    NORMAL = "normal"
    ENDED = "ended"
    STRANGER = "stranger"
    ERROR = "error"
    BROKEN = "broken"
    CUT = "cut"


@dataclass
class TokenServer:
    """The server as an object. `rotates`: each answer brings another refresh token, as Microsoft's does."""

    client_id: str
    client_secret: str
    refresh: str
    tokens: set[str] = field(default_factory=set)
    rotates: bool = True
    mood: TokenMood = TokenMood.NORMAL
    asked: int = 0
    seconds: int = 3600
    url: str = ""
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_post("/token", self._token)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, 0).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}/token"

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _token(self, request: web.Request) -> web.Response:
        self.asked += 1
        form = await request.post()
        if refusal := self._refusal(dict(form)):
            return refusal
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        if self.mood is TokenMood.CUT and request.transport is not None:
            request.transport.abort()
        answer: dict[str, object] = {"token_type": "Bearer", "access_token": token, "expires_in": self.seconds}
        if self.rotates:
            self.refresh = secrets.token_urlsafe(24)
            answer["refresh_token"] = self.refresh
        return web.json_response(answer)

    def _refusal(self, form: dict[str, object]) -> web.Response | None:
        known = (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)
        if self.mood is TokenMood.ERROR:
            return web.Response(status=503, text="<html>later</html>")
        if self.mood is TokenMood.BROKEN:
            return web.Response(text='{"access_tok')
        if not known or self.mood is TokenMood.STRANGER:
            return web.json_response({"error": "invalid_client"}, status=401)
        if form.get("grant_type") != "refresh_token":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        if form.get("refresh_token") != self.refresh or self.mood is TokenMood.ENDED:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return None
