"""
A push service and the browsers behind it, on this machine: it checks who calls (RFC 8292), opens what was sealed for a
browser (RFC 8291), replaces an undelivered notice of the same topic (RFC 8030), and has moods.

It shares no code with the adapter. `GET /phones` shows what each browser would show, `POST /mood` changes the mood.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import http_ece  # type: ignore[import-untyped]
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.playing import read_object

Mood = Literal["normal", "gone", "missing", "throttled", "error", "too_large", "denied", "elsewhere", "cut"]
_STATUS = {"gone": 410, "missing": 404, "throttled": 429, "error": 500, "too_large": 413, "denied": 403}
_LONGEST_BODY = 4096


@dataclass
class SandboxBrowser:
    """One browser: its keys, and the notices that reached it, opened: all of them, and the newest of each topic."""

    id: str
    endpoint: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes
    gone: bool = False
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    rung: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)

    @property
    def p256dh(self) -> str:
        """Its public point, base64url."""
        return _encoded(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives the page."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": self.p256dh, "auth": _encoded(self.auth)}}


class PushSandbox:
    """`async with PushSandbox() as service`: `service.url` is its origin. `now`: what tokens' ends are judged by."""

    def __init__(self, *, port: int = 0, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.mood: Mood = "normal"
        self.browsers: dict[str, SandboxBrowser] = {}
        self.url = ""
        self._port = port
        self.now = now
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> PushSandbox:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def start(self, *, port: int = 0) -> None:
        """Listen on loopback; 0: any free port."""
        app = web.Application()
        app.router.add_post("/push/{browser}", self._push)
        app.router.add_get("/phones", self._phones)
        app.router.add_post("/mood", self._mood)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def subscribe(self, name: str = "phone") -> SandboxBrowser:
        """A browser that agrees to be rung."""
        key = ec.generate_private_key(ec.SECP256R1())
        auth = name.encode().ljust(16, b".")[:16]
        browser = SandboxBrowser(name, f"{self.url}/push/{name}", key, auth)
        self.browsers[name] = browser
        return browser

    async def _push(self, request: web.Request) -> web.StreamResponse:
        browser = self.browsers.get(request.match_info["browser"])
        if browser is None or browser.gone:
            return web.Response(status=410)
        if self.mood in _STATUS:
            return web.Response(status=_STATUS[self.mood], headers={"Retry-After": "7"})
        if self.mood == "elsewhere":
            return web.Response(status=307, headers={"Location": f"{self.url}/phones"})
        if problem := token_problem(request.headers.get("Authorization", ""), origin=self.url, now=self.now()):
            return web.Response(status=403, text=problem)
        body = await request.read()
        if len(body) > _LONGEST_BODY:
            return web.Response(status=413)
        if request.headers.get("Content-Encoding") != "aes128gcm" or "TTL" not in request.headers:
            return web.Response(status=400)
        self._deliver(browser, request, body)
        if self.mood == "cut" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=201, headers={"Location": f"{self.url}/message/{len(browser.calls)}"})

    def _deliver(self, browser: SandboxBrowser, request: web.Request, body: bytes) -> None:
        opened = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.auth, version="aes128gcm")
        browser.calls.append({name.lower(): value for name, value in request.headers.items()})
        browser.rung.append(json.loads(opened))
        browser.shown[request.headers.get("Topic", str(len(browser.calls)))] = browser.rung[-1]

    async def _phones(self, _request: web.Request) -> web.Response:
        shown = [{"id": one.id, "notices": list(one.shown.values())} for one in self.browsers.values()]
        return web.json_response(shown)

    async def _mood(self, request: web.Request) -> web.Response:
        wanted = (await read_object(request)).get("mood")
        known: dict[object, Mood] = dict(zip(get_args(Mood), get_args(Mood), strict=True))
        if wanted not in known:
            raise web.HTTPBadRequest(text="no such mood")
        self.mood = known[wanted]
        return web.Response(status=204)


def token_problem(header: str, *, origin: str, now: datetime) -> str:
    """What is wrong with a VAPID header; empty: nothing."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
    if scheme != "vapid" or not {"t", "k"} <= parts.keys() or parts["t"].count(".") != 2:
        return "no vapid token"
    signed, _, signature = parts["t"].rpartition(".")
    if not _is_signed(signed.encode(), _decoded(signature), point=_decoded(parts["k"])):
        return "signature"
    claims = json.loads(_decoded(signed.partition(".")[2]))
    left = claims["exp"] - now.timestamp()
    if claims["aud"] != origin or not claims["sub"].startswith(("mailto:", "https:")):
        return "claims"
    return "" if 0 < left <= 86_400 else "expired"


def _is_signed(body: bytes, signature: bytes, *, point: bytes) -> bool:
    half = len(signature) // 2
    numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        key.verify(encode_dss_signature(*numbers), body, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
