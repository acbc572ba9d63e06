"""The token server, played: refresh tokens work once, and the old access token is dead at once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import web
from yarl import URL

from channels.zalo.sandbox.moods import Mood


@dataclass
class TokenServer:
    """What one official account has granted. `used` counts how often each refresh token was shown."""

    app_id: str
    app_secret: str
    oa_id: str
    lifetime: int = 90_000
    access: str = ""
    refresh: str = ""
    refreshes: int = 0
    _codes: dict[str, str] = field(default_factory=dict)
    burnt: set[str] = field(default_factory=set)

    def grant(self) -> tuple[str, str]:
        """A pair as if an official had just granted it."""
        self.access, self.refresh = f"access-{secrets.token_hex(8)}", f"refresh-{secrets.token_hex(8)}"
        return self.access, self.refresh

    def expire(self) -> None:
        """The access token is dead, whatever its holder believes; the refresh token lives."""
        self.access = ""

    def permit(self, request: web.Request) -> web.StreamResponse:
        """The official agrees, and is sent back with a code."""
        query = request.query
        if query.get("app_id") != self.app_id or "code_challenge" not in query:
            return web.json_response(_error(-14002, "invalid app"))
        code = secrets.token_urlsafe(12)
        self._codes[code] = query["code_challenge"]
        back = {"code": code, "oa_id": self.oa_id, "state": query.get("state", "")}
        raise web.HTTPFound(str(URL(query["redirect_uri"]).update_query(back)))

    async def give(self, request: web.Request, mood: Mood, *, slowly: float = 0) -> web.StreamResponse:
        """A pair for a code or for a refresh token."""
        form = await request.post()
        if request.headers.get("secret_key") != self.app_secret or form.get("app_id") != self.app_id:
            return web.json_response(_error(-14001, "invalid app secret"))
        refreshing = form.get("grant_type") == "refresh_token"
        if refreshing and mood is Mood.REFRESH_CUT_BEFORE:
            return cut(request)
        wrong = self._refresh(str(form.get("refresh_token"))) if refreshing else self._exchange(form)
        if wrong is not None:
            return web.json_response(wrong)
        access, refresh = self.grant()
        await asyncio.sleep(slowly)
        if refreshing and mood is Mood.REFRESH_CUT_AFTER:
            return cut(request)
        return web.json_response({"access_token": access, "refresh_token": refresh, "expires_in": str(self.lifetime)})

    def _refresh(self, shown: str) -> dict[str, Any] | None:
        self.refreshes += 1
        if shown != self.refresh:
            self.burnt.add(shown)
            return _error(-14014, "invalid refresh token")
        return None

    def _exchange(self, form: Any) -> dict[str, Any] | None:
        challenge = self._codes.pop(str(form.get("code")), "")
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return None if challenge and challenge == shown else _error(-14005, "invalid code")


def _error(code: int, name: str) -> dict[str, Any]:
    return {"error": code, "error_name": name, "error_description": name}


def cut(request: web.Request) -> web.StreamResponse:
    """Break the connection without an answer."""
    cast(asyncio.Transport, request.transport).abort()
    raise ConnectionResetError("cut by the sandbox")
