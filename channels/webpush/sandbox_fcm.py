"""
Firebase Cloud Messaging on this machine, with the telephones behind it: it checks the account's assertion (RFC 7523)
and the token it gave for it, replaces notices of the same tag, and has moods. It shares no code with the adapter.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from channels.playing import read_object

Mood = Literal["normal", "throttled", "unavailable", "internal", "html", "elsewhere", "certificate", "cut", "argument"]
PROJECT = "phan-anh"
EMAIL = "gui-tin@phan-anh.example.vn"
_ERRORS: dict[str, tuple[int, str, str]] = {
    "throttled": (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
    "unavailable": (503, "UNAVAILABLE", "UNAVAILABLE"),
    "internal": (500, "INTERNAL", "INTERNAL"),
    "elsewhere": (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
    "certificate": (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
    "argument": (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
}


@dataclass
class SandboxPhone:
    """One installed app: the newest notice of each tag, and every call as it came."""

    token: str
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)


class FcmSandbox:
    """`async with FcmSandbox() as service`: `service.account` is the file of its service account."""

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.mood: Mood = "normal"
        self.now = now
        self.phones: dict[str, SandboxPhone] = {}
        self.grants: list[str] = []
        self.url = ""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._runner: web.AppRunner | None = None

    @property
    def account(self) -> dict[str, str]:
        """What the provider's console gives for download."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        known = {"type": "service_account", "project_id": PROJECT, "private_key_id": "k1"}
        return known | {"private_key": pem, "client_email": EMAIL}

    async def __aenter__(self) -> FcmSandbox:
        app = web.Application()
        app.router.add_post("/token", self._grant)
        app.router.add_post(f"/v1/projects/{PROJECT}/messages:send", self._send)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def install(self, name: str = "phone") -> SandboxPhone:
        """An app that agrees to be rung."""
        phone = SandboxPhone(f"{name}:APA91b-{secrets.token_urlsafe(40)}")
        self.phones[phone.token] = phone
        return phone

    def remove(self, phone: SandboxPhone) -> None:
        """Its owner throws the app away."""
        del self.phones[phone.token]

    async def _grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        if not self._asserted(str(form.get("assertion"))):
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.grants.append(f"ya29.{secrets.token_urlsafe(24)}")
        return web.json_response({"access_token": self.grants[-1], "expires_in": 3599, "token_type": "Bearer"})

    def _asserted(self, assertion: str) -> bool:
        options: Any = {"verify_exp": False, "verify_iat": False, "require": ["iss", "scope", "aud", "iat", "exp"]}
        audience = "https://oauth2.googleapis.com/token"
        try:
            claims = jwt.decode(assertion, self._key.public_key(), ["RS256"], options=options, audience=audience)
        except jwt.InvalidTokenError:
            return False
        now = self.now().timestamp()
        in_time = claims["iat"] - 300 <= now <= claims["exp"] <= claims["iat"] + 3600
        return bool(in_time and claims["iss"] == EMAIL and claims["scope"].endswith("/auth/firebase.messaging"))

    async def _send(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization", "") not in {f"Bearer {one}" for one in self.grants[-1:]}:
            return _refusal(401, "UNAUTHENTICATED", "")
        if self.mood in _ERRORS:
            return _refusal(*_ERRORS[self.mood])
        if self.mood == "html":
            return web.Response(status=502, text="<!DOCTYPE html><title>Error 502</title>", content_type="text/html")
        message = (await read_object(request))["message"]
        return await self._deliver(request, message)

    async def _deliver(self, request: web.Request, message: dict[str, Any]) -> web.Response:
        if len(message["token"]) < 60:
            return _refusal(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", field="message.token")
        phone = self.phones.get(message["token"])
        if phone is None:
            return _refusal(404, "NOT_FOUND", "UNREGISTERED")
        phone.calls.append(message)
        phone.shown[message["android"]["notification"]["tag"]] = message["notification"] | message["data"]
        if self.mood == "cut" and request.transport is not None:
            request.transport.abort()
        return web.json_response({"name": f"projects/{PROJECT}/messages/{len(phone.calls)}"})


def _refusal(http: int, status: str, code: str, *, field: str = "") -> web.Response:
    details: list[dict[str, Any]] = []
    if code:
        details.append({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code})
    if field:
        wrong = [{"field": field, "description": "Invalid registration token"}]
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": wrong})
    error = {"code": http, "message": status.lower(), "status": status, "details": details}
    return web.json_response({"error": error}, status=http, headers={"Retry-After": "9"} if http == 429 else {})
