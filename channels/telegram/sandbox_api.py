"""
The Bot API as a bot meets it: `/bot<token>/<method>` and `/file/bot<token>/<path>`, by GET, form, JSON or multipart.

Refuses what Telegram refuses, in Telegram's words.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from aiohttp import web

from channels.playing import read_object
from channels.telegram.sandbox_phones import Phone

LOST = "wrong file_id or the file is temporarily unavailable"
MOST_TEXT, MOST_CAPTION, MOST_DATA = 4096, 1024, 64
MOST_DOWN, MOST_UP = 20 * 1024 * 1024, 50 * 1024 * 1024
Fields = Mapping[str, Any]


class Refused(Exception):
    """An answer that is not ok."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters

    def answer(self) -> web.Response:
        """As Telegram words it; a pause is in the body and in a header."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        wait = self.parameters.get("retry_after")
        return web.json_response(
            body, status=self.status, headers={"Retry-After": str(wait)} if wait is not None else None
        )


class Provider(Protocol):
    """What the API works on."""

    token: str
    bot: Mapping[str, Any]
    phones: dict[int, Phone]
    files: dict[str, bytes]
    losses: dict[str, str]
    hook: dict[str, Any]
    updates: list[dict[str, Any]]
    handed: set[int]
    handings: int
    asking: int
    answered: list[str]
    changed: asyncio.Condition

    async def weather(self, method: str) -> None:
        """Behave as the mood says before a call is carried out."""

    async def after(self, request: web.Request, answer: web.Response, method: str) -> web.StreamResponse:
        """Behave as the mood says after it was carried out."""

    async def wake(self) -> None:
        """Something changed."""


class BotApi:
    """The methods that our bot uses."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._methods: Mapping[str, Callable[[Fields], Awaitable[Any]]] = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendDocument": self._send_document,
            "answerCallbackQuery": self._answer_query,
            "getFile": self._get_file,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "getUpdates": self._get_updates,
        }

    def routes(self) -> list[web.RouteDef]:
        """To be mounted by the sandbox."""
        return [
            web.route("*", "/bot{token}/{method}", self._call),
            web.get("/file/bot{token}/{path:.+}", self._download),
        ]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            if request.match_info["token"] != self._provider.token:
                raise Refused(401, "Unauthorized")
            method = self._methods.get(name)
            if method is None:
                raise Refused(404, "Not Found")
            fields = await _fields(request)
            await self._provider.weather(name)
            answer = web.json_response({"ok": True, "result": await method(fields)})
        except Refused as refused:
            return refused.answer()
        return await self._provider.after(request, answer, name)

    async def _download(self, request: web.Request) -> web.Response:
        data = self._provider.files.get(request.match_info["path"].rpartition("/")[2])
        if request.match_info["token"] != self._provider.token or data is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        return web.Response(body=data, content_type="application/octet-stream")

    async def _get_me(self, _fields: Fields) -> Any:
        return self._provider.bot

    async def _send_message(self, fields: Fields) -> Any:
        text = str(fields.get("text", "")).strip()
        if not text:
            raise Refused(400, "Bad Request: message text is empty")
        if _units(text) > MOST_TEXT:
            raise Refused(400, "Bad Request: message is too long")
        return self._shown(fields, {"text": text}, text=text)

    async def _send_photo(self, fields: Fields) -> Any:
        return self._send_file(fields, "photo", most=10 * 1024 * 1024)

    async def _send_document(self, fields: Fields) -> Any:
        return self._send_file(fields, "document", most=MOST_UP)

    def _send_file(self, fields: Fields, kind: str, *, most: int) -> Any:
        file, caption = fields.get(kind), str(fields.get("caption", ""))
        if not isinstance(file, web.FileField):
            raise Refused(400, f"Bad Request: there is no {kind} in the request")
        if _units(caption) > MOST_CAPTION:
            raise Refused(400, "Bad Request: message caption is too long")
        data = file.file.read()
        if len(data) > most:
            raise Refused(413, "Request Entity Too Large")
        file_id = self._keep(data)
        told = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(data)}
        size = [told | {"width": 1, "height": 1}] if kind == "photo" else told | {"file_name": file.filename}
        shown = {"file": file.filename, "kind": kind, "size": len(data), "file_id": file_id}
        return self._shown(fields, {kind: size} | ({"caption": caption} if caption else {}), text=caption, **shown)

    def _keep(self, data: bytes) -> str:
        file_id = f"F{len(self._provider.files) + 1:06d}"
        self._provider.files[file_id] = data
        return file_id

    def _shown(self, fields: Fields, content: Mapping[str, Any], **line: Any) -> Any:
        chat = str(fields.get("chat_id", ""))
        phone = self._provider.phones.get(int(chat)) if chat.lstrip("-").isdigit() else None
        if phone is None:
            raise Refused(400, "Bad Request: chat not found")
        if phone.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        buttons, asked_for = _markup(fields)
        shown = phone.show("bot", **line, **({"buttons": buttons} if buttons else {}))
        phone.asked_for = asked_for
        return {
            "message_id": shown["id"],
            "date": phone.now(),
            "chat": phone.chat(),
            "from": self._provider.bot,
            **content,
        }

    async def _answer_query(self, fields: Fields) -> Any:
        self._provider.answered.append(str(fields.get("callback_query_id", "")))
        return True

    async def _get_file(self, fields: Fields) -> Any:
        file_id = str(fields.get("file_id", ""))
        data = self._provider.files.get(file_id)
        if data is None:
            raise Refused(400, f"Bad Request: {self._provider.losses.get(file_id, LOST)}")
        if len(data) > MOST_DOWN:
            raise Refused(400, "Bad Request: file is too big")
        path = f"files/{file_id}"
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": len(data), "file_path": path}

    async def _set_webhook(self, fields: Fields) -> Any:
        self._provider.hook.clear()
        if fields.get("url"):
            self._provider.hook.update(url=str(fields["url"]), secret=str(fields.get("secret_token", "")))
        await self._provider.wake()
        return True

    async def _delete_webhook(self, _fields: Fields) -> Any:
        return await self._set_webhook({})

    async def _webhook_info(self, _fields: Fields) -> Any:
        hook = self._provider.hook
        info = {
            "url": hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._provider.updates),
        }
        failed = {name: hook[name] for name in ("last_error_date", "last_error_message") if name in hook}
        return info | failed

    async def _get_updates(self, fields: Fields) -> Any:
        """The newest asker is served; the one before hears of it. What is asked beyond is forgotten."""
        provider, offset = self._provider, int(fields.get("offset") or 0)
        if provider.hook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; delete it first")
        provider.asking += 1
        mine = provider.asking
        provider.updates[:] = [
            one for one in provider.updates if one["update_id"] not in provider.handed or one["update_id"] >= offset
        ]
        await provider.wake()
        await self._wait(mine, float(fields.get("timeout") or 0))
        if provider.asking != mine or provider.hook:
            raise Refused(409, "Conflict: terminated by other getUpdates request")
        found = provider.updates[: int(fields.get("limit") or 100)]
        provider.handed.update(one["update_id"] for one in found)
        provider.handings += bool(found)
        await provider.wake()
        return found

    async def _wait(self, mine: int, seconds: float) -> None:
        provider = self._provider
        try:
            async with asyncio.timeout(seconds), provider.changed:
                await provider.changed.wait_for(lambda: provider.updates or provider.hook or provider.asking != mine)
        except TimeoutError:
            pass


async def _fields(request: web.Request) -> Fields:
    if request.content_type == "application/json":
        return {**request.query, **await read_object(request)}
    return {**request.query, **(await request.post())}


def _markup(fields: Fields) -> tuple[list[dict[str, Any]], list[str]]:
    """(buttons with title and value, what the reply keyboard asks for)."""
    given = fields.get("reply_markup")
    markup = json.loads(given) if isinstance(given, str) and given else given or {}
    inline = [button for row in markup.get("inline_keyboard", ()) for button in row]
    for button in inline:
        if "url" not in button and not 1 <= len(button.get("callback_data", "").encode()) <= MOST_DATA:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    keys = [key for row in markup.get("keyboard", ()) for key in row]
    wishes = {"request_contact": "phone", "request_location": "place"}
    asked = [name for key in keys for wish, name in wishes.items() if key.get(wish)]
    typed = [{"title": key["text"], "data": None} for key in keys if not any(key.get(wish) for wish in wishes)]
    return [{"title": one["text"], "data": one.get("callback_data", one.get("url"))} for one in inline] + typed, asked


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
