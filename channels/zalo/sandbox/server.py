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

import asyncio
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from channels.zalo.sandbox.events import Webhooks
from channels.zalo.sandbox.moods import Mood
from channels.zalo.sandbox.phones import Phone, Shown, said_in, shown_from
from channels.zalo.sandbox.tokens import TokenServer, cut

HOST = "127.0.0.1"
_LONGEST_TEXT = 2000
_ERRORS = {
    Mood.BUSY: -32,
    Mood.REFUSE: -213,
    Mood.WINDOW: -230,
    Mood.NO_QUOTA: -211,
}


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Account:
    """The official account and its app; secrets that nobody names are made up."""

    oa_id: str = "3880000000000000004"
    app_id: str = "3600000000000000001"
    app_secret: str = field(default_factory=secrets.token_hex)
    oa_secret: str = field(default_factory=secrets.token_hex)


class ZaloSandbox:
    """Everything of one official account that lies with the provider."""

    def __init__(
        self, account: Account | None = None, *, gateway: str = "", now: Callable[[], datetime] = _utc_now
    ) -> None:
        self.account = account or Account()
        self._now = now
        self.seconds = 1.0
        self.phones: dict[str, Phone] = {}
        self.tokens = TokenServer(self.account.app_id, self.account.app_secret, self.account.oa_id)
        self.webhooks = Webhooks(self.account.app_id, self.account.oa_secret, url=f"{gateway}/hooks/zalo")
        self.requests: list[tuple[str, Any]] = []
        self.quota = 500
        self._mood = Mood.NORMAL
        self._media: dict[str, bytes] = {}
        self._said: dict[str, list[dict[str, Any]]] = {}
        self._count = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def mood(self) -> Mood:
        """How it behaves."""
        return self._mood

    @mood.setter
    def mood(self, mood: Mood) -> None:
        self._mood = self.webhooks.mood = mood

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
        chat = self._guarded(self._chat)
        app.add_routes(
            [
                web.get("/v4/oa/permission", self._permit),
                web.post("/v4/oa/access_token", self._give),
                web.post("/v3.0/oa/message/cs", chat),
                web.post("/v2.0/oa/message", chat),
                web.post("/v3.0/oa/quota/message", self._guarded(self._quota)),
                web.post("/message/template", self._guarded(self._template)),
                web.post("/v2.0/oa/upload/{sort:image|gif|file}", self._guarded(self._upload)),
                web.get("/v2.0/oa/getoa", self._guarded(self._own)),
                web.get("/v2.0/oa/listrecentchat", self._guarded(self._recent)),
                web.get("/v2.0/oa/conversation", self._guarded(self._conversation)),
                web.get("/media/{name}", self._file),
                web.get("/phones", self._list),
                web.post("/phones/{user}/say", self._say),
                web.post("/phones/{user}/read", self._read),
                web.post("/mood", self._set_mood),
            ]
        )
        return app

    def phone(self, user: str) -> Phone:
        """The phone of a citizen, bought now if there is none."""
        return self.phones.setdefault(user, Phone(user, number=f"8490{int(user[-7:]):07d}"))

    async def say(self, user: str, wanted: Mapping[str, Any], *, deliver: bool = True) -> str:
        """The citizen does something; the event goes to the gateway. Without `deliver` the gateway was away."""
        name, message, beside = said_in(wanted, keep=self._keep)
        person = self.phone(user)
        message_id = str(wanted.get("msg_id") or self._next("msg"))
        sides = {"sender": {"id": person.user}, "recipient": {"id": self.account.oa_id}}
        if message:
            message = {"msg_id": message_id, **message}
            self._note(user, name, message)
        event = self._event(name, message or None, **sides, **beside)
        if deliver:
            await self.webhooks.post(event)
        return message_id

    async def press(self, user: str, title: str) -> None:
        """The newest button with this title."""
        buttons = [button for shown in self.phone(user).shown[::-1] for button in shown.buttons]
        await self.say(user, {"press": next(sends for named, sends in buttons if named == title)})

    def _event(self, name: str, message: Mapping[str, Any] | None, **beside: Any) -> dict[str, Any]:
        event = {"app_id": self.account.app_id, "event_name": name, "timestamp": str(self._ms()), **beside}
        return event | ({"message": message} if message is not None else {})

    def _note(self, user: str, name: str, message: Mapping[str, Any]) -> None:
        """For the list of recent chats."""
        sort = name.removeprefix("user_send_")
        payloads = [one["payload"] for one in message.get("attachments", [])]
        more = {"url": payloads[0].get("url", "")} if payloads else {}
        if sort == "location":
            more = {"location": json.dumps(payloads[0]["coordinates"])}
        self._said.setdefault(user, []).insert(
            0,
            {
                "src": 1,
                "time": self._ms(),
                "type": {"image": "photo", "audio": "voice"}.get(sort, sort),
                "message": message.get("text", ""),
                "message_id": message["msg_id"],
                "from_id": user,
                "to_id": self.account.oa_id,
            }
            | more,
        )

    def _guarded(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        """Tokens and moods, the same for every call."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            broken = await self._misbehave()
            if broken is not None:
                return broken
            shown = request.headers.get("access_token", "")
            if not shown or shown != self.tokens.access:
                return web.json_response({"error": -216, "message": "Access token is invalid"})
            proof = request.headers.get("appsecret_proof")
            if proof is not None and proof != _proof(shown, self.account.app_secret):
                return web.json_response({"error": -242, "message": "appsecret_proof is invalid"})
            return await handler(request)

        return guarded

    async def _misbehave(self) -> web.StreamResponse | None:
        if self.mood is Mood.SLOW:
            await asyncio.sleep(self.seconds)
        if self.mood is Mood.THROTTLED:
            return web.json_response({"error": -32}, status=429, headers={"Retry-After": "7"})
        if self.mood is Mood.ERROR:
            return web.Response(status=500, text="<html>oops</html>")
        if self.mood is Mood.BROKEN:
            return web.Response(text='{"error": 0, "da')
        return None

    async def _permit(self, request: web.Request) -> web.StreamResponse:
        return self.tokens.permit(request)

    async def _give(self, request: web.Request) -> web.StreamResponse:
        return await self.tokens.give(request, self.mood, slowly=self.seconds if self.mood is Mood.SLOW else 0)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append((request.path, body))
        if self.mood in _ERRORS:
            return web.json_response({"error": _ERRORS[self.mood], "message": "refused"})
        to, message = body["recipient"], body["message"]
        if len(str(message.get("text", ""))) > _LONGEST_TEXT:
            return web.json_response({"error": -210, "message": "too long"})
        user = str(to.get("user_id") or to.get("anonymous_id"))
        message_id = self._next("oa")
        self.phone(user).shown.append(shown_from(message_id, message))
        await self._tell(user, message_id, message)
        if self.mood is Mood.CUT_AFTER:
            return cut(request)
        data = {
            "message_id": message_id,
            "user_id": user,
            "sent_time": str(self._ms()),
            "quota": {"quota_type": "reply"},
        }
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _tell(self, user: str, message_id: str, message: Mapping[str, Any]) -> None:
        """Echo and receipt; in one mood they are faster than the answer."""
        sides = {"sender": {"id": self.account.oa_id}, "recipient": {"id": user}}
        echo = self._event("oa_send_text", {"msg_id": message_id, "text": message.get("text", "")}, **sides)
        receipt = self._event("user_received_message", {"msg_id": message_id}, **sides)
        for event in (echo, receipt):
            if self.mood is Mood.ECHO_FIRST:
                await self.webhooks.post(event)
            else:
                self.webhooks.post_later(event)

    async def typed_by_a_person(self, user: str, text: str) -> None:
        """Somebody of the office writes in the provider's own tool."""
        message_id = self._next("oa")
        self.phone(user).shown.append(Shown(message_id, text))
        sides = {"sender": {"id": self.account.oa_id, "admin_id": "7700000000000000005"}, "recipient": {"id": user}}
        await self.webhooks.post(self._event("oa_send_text", {"msg_id": message_id, "text": text}, **sides))

    async def _template(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append((request.path, body))
        owner = next((one for one in self.phones.values() if one.number == body["phone"]), None)
        if self.mood in _ERRORS or owner is None:
            return web.json_response({"error": _ERRORS.get(self.mood, -118), "message": "refused"})
        message_id = self._next("zns")
        owner.shown.append(Shown(message_id, template={"id": body["template_id"], **body["template_data"]}))
        sides = {"sender": {"id": self.account.oa_id}, "recipient": {"id": owner.user}}
        told = {"msg_id": message_id, "tracking_id": body["tracking_id"], "delivery_time": str(self._ms())}
        self.webhooks.post_later(self._event("user_received_message", told, **sides))
        if self.mood is Mood.CUT_AFTER:
            return cut(request)
        quota = {"dailyQuota": "500", "remainingQuota": "499"}
        data = {"msg_id": message_id, "sent_time": str(self._ms()), "sending_mode": "1", "quota": quota}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        sort = request.match_info["sort"]
        known_as = self._next(sort)
        self._media[known_as] = file.file.read()
        data = {"token": known_as} if sort == "file" else {"attachment_id": known_as}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    def uploaded(self, known_as: str) -> bytes:
        """A file that the gateway brought over."""
        return self._media[known_as]

    async def _quota(self, request: web.Request) -> web.StreamResponse:
        data = [{"product_type": "cs", "quota_type": "sub_quota", "total": 500, "remain": self.quota}]
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _own(self, request: web.Request) -> web.StreamResponse:
        data = {"oa_id": self.account.oa_id, "name": "Trung tâm phản ánh"}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _recent(self, request: web.Request) -> web.StreamResponse:
        last = sorted((said[0] for said in self._said.values()), key=lambda one: -one["time"])
        return _page(request, last)

    async def _conversation(self, request: web.Request) -> web.StreamResponse:
        return _page(request, self._said.get(json.loads(request.query["data"])["user_id"], []))

    async def _file(self, request: web.Request) -> web.Response:
        data = self._media.get(request.match_info["name"])
        return web.Response(body=data) if data is not None else web.Response(status=404)

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response([phone.as_json() for phone in self.phones.values()])

    async def _say(self, request: web.Request) -> web.Response:
        try:
            said = await self.say(request.match_info["user"], await request.json())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=f"cannot send this: {type(error).__name__}") from error
        return web.json_response({"id": said})

    async def _read(self, request: web.Request) -> web.Response:
        user = request.match_info["user"]
        sides = {"sender": {"id": self.account.oa_id}, "recipient": {"id": user}}
        ids = [one.id for one in self.phone(user).shown]
        await self.webhooks.post(self._event("user_seen_message", {"msg_ids": ids}, **sides))
        return web.json_response({"read": len(ids)})

    async def _set_mood(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        try:
            self.mood, self.seconds = Mood(wanted.get("mood", self.mood)), float(wanted.get("seconds", self.seconds))
        except (ValueError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response({"mood": self.mood, "seconds": self.seconds, "moods": list(Mood)})

    def _keep(self, data: bytes, sort: str) -> str:
        name = self._next(sort)
        self._media[name] = data
        return f"{self.url}/media/{name}"

    def _ms(self) -> int:
        return round(self._now().timestamp() * 1000)

    def _next(self, sort: str) -> str:
        self._count += 1
        return f"{sort}-{self._count:06d}-{id(self) % 10_000:04d}"


def _page(request: web.Request, listed: list[dict[str, Any]]) -> web.Response:
    wanted = json.loads(request.query["data"])
    offset, count = int(wanted["offset"]), min(int(wanted["count"]), 10)
    return web.json_response({"error": 0, "message": "Success", "data": listed[offset : offset + count]})


def _proof(token: str, secret: str) -> str:
    return hmac.digest(secret.encode(), token.encode(), "sha256").hex()
