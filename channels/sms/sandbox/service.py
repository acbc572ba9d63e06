"""The sandbox as one service: all providers' interfaces on one HTTP port, the message centre on another."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web
from aiohttp.typedefs import Handler

from channels.playing import read_object
from channels.sms.sandbox.brandnames import EsmsSide, SpeedSmsSide
from channels.sms.sandbox.moods import Mood
from channels.sms.sandbox.network import Network
from channels.sms.sandbox.phones import digits
from channels.sms.sandbox.smsc import MessageCentre
from channels.sms.sandbox.twilio import TwilioSide

HOST = "127.0.0.1"
CONTROL = ("/phones", "/mood")


@dataclass
class SmsSandbox:
    """Use `start` and `stop`. `carrier` is whose way the phones' own messages take."""

    carrier: Literal["twilio", "esms", "speedsms", "smpp"]
    network: Network = field(default_factory=Network)
    http: tuple[str, int] = (HOST, 0)
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self.twilio, self.esms, self.speedsms = (
            TwilioSide(self.network),
            EsmsSide(self.network),
            SpeedSmsSide(self.network),
        )
        self.centre = MessageCentre(self.network)

    @property
    def url(self) -> str:
        """Where the providers' interfaces are."""
        return f"http://{self.http[0]}:{self.http[1]}"

    async def start(self, *, http_port: int = 0, smpp_port: int = 0) -> None:
        """Open both ports (0: any free one)."""
        self._runner = web.AppRunner(self.app(), shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, http_port).start()
        self.http = (HOST, int(self._runner.addresses[0][1]))
        await self.centre.start(smpp_port)

    async def stop(self) -> None:
        """Close both ports."""
        await self.centre.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def app(self) -> web.Application:
        """The HTTP side, also to be mounted by others."""
        app = web.Application(client_max_size=64 * 1024 * 1024, middlewares=[self._moody])
        sides = [*self.twilio.routes(), *self.esms.routes(), *self.speedsms.routes()]
        app.add_routes(
            [
                *sides,
                web.get("/phones", self._phones),
                web.delete("/phones", self._forget),
                web.post("/phones/{number}/say", self._say),
                web.get("/mood", self._get_mood),
                web.post("/mood", self._put_mood),
            ]
        )
        return app

    async def say(self, number: str, text: str, *, photo: bytes | None = None) -> int:
        """A citizen writes from this phone; how the gateway confirmed it: HTTP status, or SMPP command status."""
        number = digits(number)
        if self.carrier == "twilio":
            return await self.twilio.say(number, text, photo, base_url=self.url)
        if self.carrier == "smpp":
            return await self.centre.say(number, text)
        return await (self.esms if self.carrier == "esms" else self.speedsms).say(number, text)

    @web.middleware
    async def _moody(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.network.mood is Mood.SLOW and not request.path.startswith(CONTROL):
            await asyncio.sleep(self.network.seconds)
        return await handler(request)

    async def _phones(self, request: web.Request) -> web.Response:
        return web.json_response(self.network.phones.view())

    async def _forget(self, request: web.Request) -> web.Response:
        self.network.phones.shown.clear()
        return web.Response(status=204)

    async def _say(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            photo = base64.b64decode(wanted["photo"], validate=True) if wanted.get("photo") else None
            text = _typed(wanted)
        except (KeyError, TypeError, binascii.Error) as error:
            raise web.HTTPBadRequest(text="cannot be said by SMS") from error
        if not (text or photo) or (photo is not None and self.carrier != "twilio"):
            raise web.HTTPBadRequest(text="nothing to say, or a picture elsewhere than at Twilio")
        return web.json_response({"status": await self.say(request.match_info["number"], text, photo=photo)})

    async def _get_mood(self, request: web.Request) -> web.Response:
        network = self.network
        return web.json_response({"mood": network.mood, "seconds": network.seconds, "moods": list(Mood)})

    async def _put_mood(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            self.network.mood = Mood(str(wanted.get("mood", self.network.mood)))
            self.network.seconds = float(wanted.get("seconds", self.network.seconds))
        except (ValueError, TypeError) as error:
            raise web.HTTPBadRequest(text="no such mood") from error
        return await self._get_mood(request)


def _typed(wanted: dict[str, Any]) -> str:
    """What thumbs type: words, the number of a choice, or a map's link, for an SMS carries no place."""
    place = wanted.get("place")
    link = f"https://maps.google.com/?q={place['latitude']},{place['longitude']}" if place else ""
    return " ".join(part for part in (str(wanted.get("text", "")), str(wanted.get("button", "")), link) if part)
