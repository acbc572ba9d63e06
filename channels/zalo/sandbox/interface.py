"""The provider's own paths: `oauth.zaloapp.com`, `openapi.zalo.me` and `business.openapi.zalo.me` in one."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from channels.playing import read_object
from channels.zalo.sandbox.moods import Mood
from channels.zalo.sandbox.phones import Shown, shown_from
from channels.zalo.sandbox.state import State
from channels.zalo.sandbox.tokens import cut

_LONGEST_TEXT = 2000
_ERRORS = {
    Mood.BUSY: -32,
    Mood.REFUSE: -213,
    Mood.REFUSES: -244,
    Mood.WINDOW: -230,
    Mood.NO_QUOTA: -211,
}


class Interface:
    """What programs may ask of an official account."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """The provider's own paths."""
        chat = self._guarded(self._chat)
        return [
            web.get("/v4/oa/permission", self._permit),
            web.post("/v4/oa/access_token", self._give),
            web.post("/v3.0/oa/message/cs", chat),
            web.post("/v2.0/oa/message", chat),
            web.post("/v3.0/oa/quota/message", self._guarded(self._quota)),
            web.post("/message/template", self._guarded(self._template)),
            web.post("/v2.0/oa/upload/{sort:image|gif|file}", self._guarded(self._upload)),
            web.get("/v2.0/oa/getoa", self._guarded(self._own)),
            web.get("/v3.0/oa/user/detail", self._guarded(self._person)),
            web.get("/v2.0/oa/listrecentchat", self._guarded(self._recent)),
            web.get("/v2.0/oa/conversation", self._guarded(self._conversation)),
        ]

    def _guarded(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        """Tokens and moods, the same for every call."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            broken = await self._misbehave()
            if broken is not None:
                return broken
            shown = request.headers.get("access_token", "")
            if not shown or shown != self._state.tokens.access:
                return web.json_response({"error": -216, "message": "Access token is invalid"})
            proof = request.headers.get("appsecret_proof")
            if proof is not None and proof != _proof(shown, self._state.account.app_secret):
                return web.json_response({"error": -242, "message": "appsecret_proof is invalid"})
            return await handler(request)

        return guarded

    async def _misbehave(self) -> web.StreamResponse | None:
        if self._state.mood is Mood.SLOW:
            await asyncio.sleep(self._state.seconds)
        if self._state.mood is Mood.THROTTLED:
            return web.json_response({"error": -32}, status=429, headers={"Retry-After": "7"})
        if self._state.mood is Mood.ERROR:
            return web.Response(status=500, text="<html>oops</html>")
        if self._state.mood is Mood.BROKEN:
            return web.Response(text='{"error": 0, "da')
        return None

    async def _permit(self, request: web.Request) -> web.StreamResponse:
        return self._state.tokens.permit(request)

    async def _give(self, request: web.Request) -> web.StreamResponse:
        return await self._state.tokens.give(
            request, self._state.mood, slowly=self._state.seconds if self._state.mood is Mood.SLOW else 0
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await read_object(request)
        self._state.requests.append((request.path, body))
        if self._state.mood in _ERRORS:
            return web.json_response({"error": _ERRORS[self._state.mood], "message": "refused"})
        to, message = body["recipient"], body["message"]
        if len(str(message.get("text", ""))) > _LONGEST_TEXT:
            return web.json_response({"error": -210, "message": "too long"})
        user = str(to.get("user_id") or to.get("anonymous_id"))
        message_id = self._state.next_id("oa")
        self._state.phone(user).shown.append(shown_from(message_id, message))
        self._state.note_ours(user, message_id, str(message.get("text", "")))
        await self._state.tell(user, message_id, message)
        if self._state.mood is Mood.CUT_AFTER:
            return cut(request)
        data = {
            "message_id": message_id,
            "user_id": user,
            "sent_time": str(self._state.ms()),
            "quota": {"quota_type": "reply"},
        }
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _template(self, request: web.Request) -> web.StreamResponse:
        body = await read_object(request)
        self._state.requests.append((request.path, body))
        owner = next((one for one in self._state.phones.values() if one.number == body["phone"]), None)
        if self._state.mood in _ERRORS or owner is None:
            return web.json_response({"error": _ERRORS.get(self._state.mood, -118), "message": "refused"})
        message_id = self._state.next_id("zns")
        owner.shown.append(Shown(message_id, template={"id": body["template_id"], **body["template_data"]}))
        sides = {"sender": {"id": self._state.account.oa_id}, "recipient": {"id": owner.user}}
        told = {"msg_id": message_id, "tracking_id": body["tracking_id"], "delivery_time": str(self._state.ms())}
        self._state.webhooks.post_later(self._state.event("user_received_message", told, **sides))
        if self._state.mood is Mood.CUT_AFTER:
            return cut(request)
        quota = {"dailyQuota": "500", "remainingQuota": "499"}
        data = {"msg_id": message_id, "sent_time": str(self._state.ms()), "sending_mode": "1", "quota": quota}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        sort = request.match_info["sort"]
        known_as = self._state.next_id(sort)
        self._state.media[known_as] = file.file.read()
        data = {"token": known_as} if sort == "file" else {"attachment_id": known_as}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _quota(self, request: web.Request) -> web.StreamResponse:
        data = [{"product_type": "cs", "quota_type": "sub_quota", "total": 500, "remain": self._state.quota}]
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _own(self, request: web.Request) -> web.StreamResponse:
        data = {"oa_id": self._state.account.oa_id, "name": "Trung tâm phản ánh"}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _person(self, request: web.Request) -> web.StreamResponse:
        phone = self._state.phones.get(str(json.loads(request.query["data"])["user_id"]))
        if phone is None:
            return web.json_response({"error": -213, "message": "User has not followed OA"})
        data = {"user_id": phone.user, "display_name": phone.name, "user_is_follower": True}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def _recent(self, request: web.Request) -> web.StreamResponse:
        last = sorted((said[0] for said in self._state.said.values()), key=lambda one: -one["time"])
        return _page(request, last)

    async def _conversation(self, request: web.Request) -> web.StreamResponse:
        return _page(request, self._state.said.get(json.loads(request.query["data"])["user_id"], []))


def _page(request: web.Request, listed: list[dict[str, Any]]) -> web.Response:
    wanted = json.loads(request.query["data"])
    offset, count = int(wanted["offset"]), min(int(wanted["count"]), 10)
    return web.json_response({"error": 0, "message": "Success", "data": listed[offset : offset + count]})


def _proof(token: str, secret: str) -> str:
    return hmac.digest(secret.encode(), token.encode(), "sha256").hex()
