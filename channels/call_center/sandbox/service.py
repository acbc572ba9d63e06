"""The sandbox as a service: calls of citizens, and the REST interface by which the gateway calls them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import encode_basic_auth, web
from multidict import MultiDictProxy

from channels.call_center.sandbox.carrying_out import Carrying
from channels.call_center.sandbox.exchange import Exchange, Line
from channels.call_center.sandbox.phone import Phone
from channels.call_center.sandbox.world import World

HOST = "127.0.0.1"
ACCOUNT = "/2010-04-01/Accounts/{account}"


@dataclass
class VoiceSandbox:
    """Use `start` and `stop`. `asked`: what the gateway wanted of us, when it called somebody."""

    world: World
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    def __post_init__(self) -> None:
        self.exchange = Exchange(self.world)

    async def start(self, port: int = 0) -> None:
        """Open the port (0: any free one)."""
        app = web.Application()
        below = f"{ACCOUNT}/Calls"
        app.add_routes(
            [
                web.post(f"{below}.json", self._create),
                web.get(f"{below}/{{sid}}.json", self._read),
                web.post(f"{below}/{{sid}}.json", self._change),
                web.get(f"{ACCOUNT}/Recordings/{{sid}}.wav", self._recording),
                web.delete(f"{ACCOUNT}/Recordings/{{sid}}.json", self._forget),
                web.get(f"{ACCOUNT}.json", self._account),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Everybody hangs up."""
        await self.exchange.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def call(self, number: str = "+84900000001") -> Phone:
        """Somebody calls our number; what becomes of it is seen in the telephone."""
        return self.exchange.call(number)

    def line(self, phone: Phone) -> Line:
        """The call of a telephone."""
        return self.exchange.lines[phone.sid]

    async def _create(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        asked = {name: str(value) for name, value in form.items()}
        self.asked.append(asked)
        phone = Phone(asked["To"], asked["From"], direction="outbound-api", status="queued")
        if not asked["To"].startswith("+"):
            return web.json_response({"code": 21211, "message": "sandbox", "status": 400}, status=400)
        events = frozenset(str(one) for one in form.getall("StatusCallbackEvent", []))
        line = Line(phone, Carrying(self.world, phone), asked.get("StatusCallback", ""), events)
        self.exchange.begin(line, asked["Twiml"])
        return web.json_response(self._shown(phone), status=201)

    async def _read(self, request: web.Request) -> web.Response:
        await self._form(request)
        return web.json_response(self._shown(self._found(request).phone))

    async def _change(self, request: web.Request) -> web.Response:
        form, line = await self._form(request), self._found(request)
        if line.phone.over.is_set():
            return web.json_response({"code": 21220, "message": "sandbox", "status": 400}, status=400)
        document = str(form["Twiml"]) if "Twiml" in form else None
        self.exchange.change(line, document=document, ends=form.get("Status") == "completed")
        return web.json_response(self._shown(line.phone))

    async def _recording(self, request: web.Request) -> web.Response:
        await self._form(request)
        if request.match_info["sid"] not in self.world.recordings:
            raise web.HTTPNotFound
        return web.Response(body=self.world.recordings[request.match_info["sid"]], content_type="audio/x-wav")

    async def _forget(self, request: web.Request) -> web.Response:
        await self._form(request)
        del self.world.recordings[request.match_info["sid"]]
        return web.Response(status=204)

    async def _account(self, request: web.Request) -> web.Response:
        await self._form(request)
        return web.json_response({"sid": self.world.account, "status": "active", "type": "Full"})

    async def _form(self, request: web.Request) -> MultiDictProxy[Any]:
        """The fields, of whoever knows the account's token."""
        own = self.world
        if own.trouble == 429:
            raise web.HTTPTooManyRequests(text='{"code": 20429}', content_type="application/json")
        if own.trouble:
            raise web.HTTPInternalServerError(text='{"code": 20500}', content_type="application/json")
        if request.headers.get("Authorization") != encode_basic_auth(own.account, own.token):
            raise web.HTTPUnauthorized(text='{"code": 20003}', content_type="application/json")
        if request.match_info["account"] != own.account:
            raise web.HTTPNotFound(text='{"code": 20404}', content_type="application/json")
        return await request.post()

    def _found(self, request: web.Request) -> Line:
        if request.match_info["sid"] not in self.exchange.lines:
            raise web.HTTPNotFound(text='{"code": 20404}', content_type="application/json")
        return self.exchange.lines[request.match_info["sid"]]

    def _shown(self, phone: Phone) -> dict[str, Any]:
        return {"sid": phone.sid, "status": phone.status, "to": phone.number, "from": phone.other}
