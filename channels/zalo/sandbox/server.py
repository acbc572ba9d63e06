"""
The provider as an object: `start`, `stop`, `say`, `phones`, `mood`; and as a server.

| method | path | what |
|---|---|---|
| GET | /phones | every phone and what it shows |
| POST | /phones/{id}/say | the citizen sends text, press, photo, photos, voice, video, file, place, form, withdraw |
| POST | /phones/{id}/read | the citizen looks at all of it |
| POST | /mood | mood, and seconds for slow |

Beside these stand the provider's own paths of `oauth.zaloapp.com`, `openapi.zalo.me` and `business.openapi.zalo.me`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from channels.playing import read_object
from channels.zalo.sandbox.interface import Interface
from channels.zalo.sandbox.moods import Mood
from channels.zalo.sandbox.state import Account, State, utc_now

HOST = "127.0.0.1"


class ZaloSandbox(State):
    """The provider as an object and as a server."""

    def __init__(
        self, account: Account | None = None, *, gateway: str = "", now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(account, gateway=gateway, now=now)
        self._runner: web.AppRunner | None = None

    async def start(self, *, port: int = 0) -> None:
        """Open a port (0: any free one); the address taken is `url`."""
        self._runner = web.AppRunner(self.app())
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, port)
        await site.start()
        self.url = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Finish what is on its way, and close."""
        await self.webhooks.settle()
        if self._runner is not None:
            await self._runner.cleanup()

    def app(self) -> web.Application:
        """The server, also to be mounted by others."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes(
            [
                *Interface(self).routes(),
                web.get("/media/{name}", self._file),
                web.get("/phones", self._list),
                web.post("/phones/{user}/say", self._say),
                web.post("/phones/{user}/read", self._read),
                web.post("/mood", self._set_mood),
            ]
        )
        return app

    async def _file(self, request: web.Request) -> web.Response:
        data = self.media.get(request.match_info["name"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response([phone.as_json() for phone in self.phones.values()])

    async def _say(self, request: web.Request) -> web.Response:
        try:
            said = await self.say(request.match_info["user"], await read_object(request))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=f"cannot send this: {type(error).__name__}") from error
        return web.json_response({"id": said})

    async def _read(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        sides = {"sender": {"id": self.account.oa_id}, "recipient": {"id": user}}
        ids = [one.id for one in self.phone(user).shown]
        await self.webhooks.post(self.event("user_seen_message", {"msg_ids": ids}, **sides))
        return web.json_response({"read": len(ids)})

    async def _set_mood(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            self.mood, self.seconds = Mood(wanted.get("mood", self.mood)), float(wanted.get("seconds", self.seconds))
        except (ValueError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({"mood": self.mood, "seconds": self.seconds, "moods": list(Mood)})
