"""
The Graph API of the sandbox: takes messages as the provider does, or refuses them with its own codes.

| method | path | what |
|---|---|---|
| POST | /{version}/{page}/messages | to a person or to the writer of a comment |
| POST | /{version}/{page}/message_attachments | a file to be sent along |
| POST | /{version}/{comment}/comments | under a comment, for everybody |
| GET, POST | /{version}/{page}/subscribed_apps | whose events come to us |
| GET | /{version}/debug_token | what a token is worth |
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from channels.facebook.sandbox_state import Comment, Mood, Phone, Shown
from channels.playing import read_object

if TYPE_CHECKING:
    from channels.facebook.sandbox import FacebookSandbox

TEXT_LIMIT = 2000
DAY = timedelta(hours=24)
WEEK = timedelta(days=7)
_REFUSALS = {
    Mood.RATE: (400, 613, 0),
    Mood.WINDOW: (400, 10, 2018278),
    Mood.UNAVAILABLE: (400, 551, 1545041),
    Mood.ERROR: (500, 2, 0),
}
_SCOPES = ["pages_messaging", "pages_manage_metadata", "pages_read_engagement", "pages_manage_engagement"]


class Refused(Exception):
    """An answer with an error in it."""

    def __init__(self, code: int, subcode: int = 0, *, status: int = 400, message: str = "refused") -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "code": code,
            "message": message,
            "fbtrace_id": "AtraceOfTheSandbox",
            "is_transient": status >= 500,
        }
        if subcode:
            self.body["error_subcode"] = subcode


def graph_routes(sandbox: FacebookSandbox) -> list[web.RouteDef]:
    """Everything that a client of the provider calls."""
    graph = Graph(sandbox)
    return [
        web.post("/{version:v[0-9.]+}/{page}/messages", graph.answering(graph.messages)),
        web.post("/{version:v[0-9.]+}/{page}/message_attachments", graph.answering(graph.upload)),
        web.post("/{version:v[0-9.]+}/{comment}/comments", graph.answering(graph.comments)),
        web.get("/{version:v[0-9.]+}/{person:[0-9]+}", graph.answering(graph.profile)),
        web.get("/{version:v[0-9.]+}/debug_token", graph.answering(graph.debug_token)),
        web.get("/{version:v[0-9.]+}/{page}/subscribed_apps", graph.answering(graph.subscriptions)),
        web.post("/{version:v[0-9.]+}/{page}/subscribed_apps", graph.answering(graph.subscribe)),
    ]


@dataclass(frozen=True)
class Graph:
    """The calls, over the state of one sandbox."""

    sandbox: FacebookSandbox

    def answering(self, call: Any) -> Any:
        """A handler: the mood first, then the call; always JSON, and how much of our share is used."""

        async def handle(request: web.Request) -> web.StreamResponse:
            self.sandbox.calls.append(f"{request.method} {request.path}")
            try:
                await self._mind_mood()
                body = await call(request)
            except Refused as refusal:
                return self._json({"error": refusal.body}, status=refusal.status)
            if self.sandbox.mood is Mood.BROKEN:
                return web.Response(text="<html>Sorry, something went wrong.</html>", content_type="text/html")
            if self.sandbox.mood is Mood.CUT_AFTER and request.transport is not None:
                request.transport.abort()
            return self._json(body)

        return handle

    def _json(self, body: Mapping[str, Any], *, status: int = 200) -> web.Response:
        usage = {"call_count": self.sandbox.used, "total_time": 1, "total_cputime": 1}
        return web.json_response(body, status=status, headers={"X-App-Usage": json.dumps(usage)})

    async def _mind_mood(self) -> None:
        mood = self.sandbox.mood
        if mood is Mood.SLOW:
            await asyncio.sleep(self.sandbox.seconds)
        if mood is Mood.THROTTLED:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "7"})
        if mood in _REFUSALS:
            status, code, subcode = _REFUSALS[mood]
            raise Refused(code, subcode, status=status)

    def _prove(self, request: web.Request, page: str) -> None:
        """Whose token is it, and does the caller hold the app's secret?"""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != self.sandbox.pages.get(page) or self.sandbox.mood is Mood.EXPIRED:
            raise Refused(190, 463)
        proof = hmac.new(self.sandbox.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof.encode(), request.query.get("appsecret_proof", "").encode()):
            raise Refused(100, message="Invalid appsecret_proof provided in the API argument")

    async def messages(self, request: web.Request) -> dict[str, str]:
        """One message to a person, or the private answer to a comment."""
        page = request.match_info["page"]
        self._prove(request, page)
        wanted = await read_object(request)
        recipient, message = wanted.get("recipient", {}), wanted.get("message", {})
        if len(message.get("text", "")) > TEXT_LIMIT:
            raise Refused(100, message="Param message[text] must be less than 2000 characters long")
        if "comment_id" in recipient:
            phone = self._comment_answered(page, recipient["comment_id"])
            kind = "PRIVATE_REPLY"
        else:
            phone = self._person(page, str(recipient.get("id", "")))
            kind = self._right(phone, wanted)
        return self._take(phone, message, kind)

    def _comment_answered(self, page: str, comment_id: str) -> Phone:
        """Once for each comment, within 7 days, and never for another Page's."""
        comment = self._comment(comment_id)
        if comment.author.page != page:
            raise Refused(100, 2534025)
        if comment.has_private_reply:
            raise Refused(10900, message="Activity already replied to")
        if self.sandbox.clock() - comment.at > WEEK:
            raise Refused(10, 2018278)
        comment.has_private_reply = True
        return comment.author

    def _comment(self, comment_id: str) -> Comment:
        found = self.sandbox.comments.get(comment_id)
        if found is None:
            raise Refused(100, 2534025)
        return found

    def _person(self, page: str, psid: str) -> Phone:
        phone = self.sandbox.phones.get(psid)
        if phone is None or phone.page != page:
            raise Refused(100, 2018001)
        return phone

    def _right(self, phone: Phone, wanted: Mapping[str, Any]) -> str:
        """By which right it may be sent now."""
        kind, message = wanted.get("messaging_type", ""), wanted.get("message", {})
        age = self.sandbox.clock() - phone.wrote_at if phone.wrote_at else WEEK + DAY
        if kind == "UTILITY":
            if message.get("template", {}).get("name") not in self.sandbox.templates:
                raise Refused(100, message="There is no such template")
        elif kind == "MESSAGE_TAG":
            if wanted.get("tag") != "HUMAN_AGENT" or not self.sandbox.human_agent:
                raise Refused(100, message="The tag is not available")
            if age > WEEK:
                raise Refused(10, 2018278)
        elif kind != "RESPONSE":
            raise Refused(100, message="messaging_type is wanted")
        elif age > DAY:
            raise Refused(10, 2018278)
        return str(kind)

    def _take(self, phone: Phone, message: Mapping[str, Any], kind: str) -> dict[str, str]:
        """It is on the phone now; echo and receipt follow by themselves."""
        sandbox = self.sandbox
        mid = f"m_{sandbox.number():06d}"
        replies = [one for one in message.get("quick_replies", []) if one.get("content_type") == "text"]
        buttons = [{"title": one["title"], "payload": one["payload"]} for one in replies]
        text = message.get("text") or _filled(message)
        phone.shown.append(Shown(mid, text, buttons=buttons, kind=kind))
        at = sandbox.now_ms()
        page, person = {"id": phone.page}, {"id": phone.id}
        echo = {"mid": mid, "is_echo": True, "app_id": int(sandbox.app_id), "text": text}
        if message.get("metadata"):
            echo["metadata"] = message["metadata"]
        sandbox.deliver_soon(
            phone,
            {"sender": page, "recipient": person, "timestamp": at, "message": echo},
            {
                "sender": person,
                "recipient": page,
                "timestamp": at,
                "delivery": {"mids": [mid], "watermark": at},
            },
        )
        return {"recipient_id": phone.id, "message_id": mid}

    async def upload(self, request: web.Request) -> dict[str, str]:
        """A file to be sent later."""
        self._prove(request, request.match_info["page"])
        form = await request.post()
        kind = json.loads(str(form["message"]))["attachment"]["type"]
        given = form["filedata"]
        if kind not in ("image", "video", "audio", "file") or not isinstance(given, web.FileField):
            raise Refused(100, 2018047)
        number = str(self.sandbox.number())
        self.sandbox.files[number] = given.file.read()
        return {"attachment_id": number}

    async def comments(self, request: web.Request) -> dict[str, str]:
        """Under a comment, for everybody to read."""
        comment = self._comment(request.match_info["comment"])
        self._prove(request, comment.author.page)
        text = str((await read_object(request)).get("message", ""))
        comment.answers.append(text)
        answer = f"{comment.id}_{self.sandbox.number()}"
        comment.author.shown.append(Shown(answer, text, where=comment.id, kind="COMMENT"))
        return {"id": answer}

    async def profile(self, request: web.Request) -> dict[str, str]:
        """Who a person of one of our Pages is."""
        phone = self.sandbox.phones.get(request.match_info["person"])
        if phone is None:
            raise Refused(100, 33)
        self._prove(request, phone.page)
        last, _, first = phone.name.rpartition(" ")
        return {"first_name": first, "last_name": last, "id": phone.id}

    async def debug_token(self, request: web.Request) -> dict[str, Any]:
        """Asked by the app itself about a Page's token."""
        sandbox = self.sandbox
        if request.headers.get("Authorization") != f"Bearer {sandbox.app_id}|{sandbox.app_secret}":
            raise Refused(190)
        known = request.query.get("input_token") in sandbox.pages.values()
        end = int(sandbox.token_end.timestamp()) if sandbox.token_end else 0
        valid = known and sandbox.mood is not Mood.EXPIRED
        return {"data": {"app_id": sandbox.app_id, "is_valid": valid, "expires_at": end, "scopes": _SCOPES}}

    async def subscriptions(self, request: web.Request) -> dict[str, Any]:
        """Which apps hear of a Page's events."""
        page = request.match_info["page"]
        self._prove(request, page)
        return {"data": [{"id": self.sandbox.app_id}] if page in self.sandbox.subscribed else []}

    async def subscribe(self, request: web.Request) -> dict[str, Any]:
        """Have them sent to the app (again)."""
        page = request.match_info["page"]
        self._prove(request, page)
        if "messages" not in str((await request.post()).get("subscribed_fields", "")).split(","):
            raise Refused(100, message="subscribed_fields is wanted")
        self.sandbox.subscribed.add(page)
        return {"success": True}


def _filled(message: Mapping[str, Any]) -> str:
    """As the phone shows it: a file by what it is, a template by its name and what was filled in."""
    if "attachment" in message:
        file = message["attachment"]
        return f"[{file['type']} {file['payload']['attachment_id']}]"
    template = message.get("template", {})
    values = [one["text"] for part in template.get("components", []) for one in part["parameters"]]
    return " · ".join([template.get("name", ""), *values])
