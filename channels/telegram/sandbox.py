"""
Telegram, played: the Bot API, the phones of the citizens, and the way between them.

Speaks the real protocol, so the gateway's own code is what is tried. Moods change how it takes and brings messages.

| method | path | what |
|---|---|---|
| * | /bot<token>/<method>, /file/bot<token>/<path> | the Bot API |
| GET | /phones | every phone with all that stands in its chat |
| POST | /phones/{id}/say | do something there: see `sandbox_phones.act` |
| GET, POST | /mood | mood: one of `Mood`; seconds for slow, retry_after for throttled |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

import aiohttp
from aiohttp import web

from channels.playing import read_object
from channels.telegram.sandbox_api import BotApi, Refused
from channels.telegram.sandbox_phones import CannotDo, Phone, act, utc_now

HOST = "127.0.0.1"
BOT = "7000000001:sandbox-token-for-tests-only-000000"
PROOF = "X-Telegram-Bot-Api-Secret-Token"
_HOOK_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0


class Mood(StrEnum):
    """How the provider behaves."""

    NORMAL = "normal"
    SLOW = "slow"
    THROTTLED = "throttled"
    ERROR = "error"
    BROKEN = "broken"
    CUT = "cut"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"


class TelegramSandbox:
    """The provider as an object: `start`, `stop`, `say`, `phones`, `mood`. Updates are numbered after `first`."""

    def __init__(self, *, token: str = BOT, clock: Callable[[], datetime] = utc_now, first: int = 500_000_000) -> None:
        self.token = token
        self.clock = clock
        number = int(token.partition(":")[0])
        self.bot: Mapping[str, Any] = {
            "id": number,
            "is_bot": True,
            "first_name": "Lắng Nghe",
            "username": "lang_nghe_bot",
        }
        self.mood = Mood.NORMAL
        self.seconds = 1.0
        self.retry_after = 1
        self.phones: dict[int, Phone] = {}
        self.files: dict[str, bytes] = {}
        self.losses: dict[str, str] = {}
        self.hook: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []
        self.handed: set[int] = set()
        self.handings = 0
        self.asking = 0
        self.answered: list[str] = []
        self.changed = asyncio.Condition()
        self.http: tuple[str, int] = (HOST, 0)
        self._last_update = first
        self._runner: web.AppRunner | None = None
        self._courier: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the Bot API is."""
        return f"http://{self.http[0]}:{self.http[1]}"

    async def start(self, *, http_port: int = 0) -> None:
        """Open the port (0: any free one)."""
        self._runner = web.AppRunner(self.app(), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, http_port).start()
        self.http = (HOST, int(self._runner.addresses[0][1]))
        self._courier = asyncio.create_task(self._carry(), name="telegram-sandbox")

    async def stop(self) -> None:
        """Close it."""
        if self._courier is not None:
            self._courier.cancel()
            with suppress(asyncio.CancelledError):
                await self._courier
        if self._runner is not None:
            await self._runner.cleanup()

    def app(self) -> web.Application:
        """Bot API and citizens' side, also to be mounted by others."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes(BotApi(self).routes())
        app.add_routes(
            [
                web.get("/phones", self._list),
                web.post("/phones/{id}/say", self._say),
                web.get("/mood", self._get_mood),
                web.post("/mood", self._set_mood),
            ]
        )
        return app

    def phone(self, number: int, name: str = "Nguyễn Văn An") -> Phone:
        """The phone of this person, there from now on."""
        return self.phones.setdefault(number, Phone(number, name, clock=self.clock))

    async def say(self, number: int, **what: Any) -> int:
        """Do something on a phone; returns the number of the update. Raises CannotDo."""
        return await self.bring(act(self.phone(number), what, self._keep))

    async def bring(self, happening: Mapping[str, Any], *, number: int | None = None) -> int:
        """An update that the bot is to have; with the number of an earlier one it is that one once more."""
        if number is None:
            self._last_update += 1
            number = self._last_update
        self.handed.discard(number)
        self.updates.append({"update_id": number, **happening})
        await self.wake()
        return number

    async def quiet(self) -> None:
        """Wait until the bot has taken, and confirmed, all that was said."""
        async with self.changed:
            await self.changed.wait_for(lambda: not self.updates)

    async def wake(self) -> None:
        """Something changed for whoever waits."""
        async with self.changed:
            self.changed.notify_all()

    def _keep(self, data: bytes) -> str:
        file_id = f"C{len(self.files) + 1:06d}"
        self.files[file_id] = data
        return file_id

    async def weather(self, method: str) -> None:
        """Slow, or refused, as far as what is sent and fetched is concerned."""
        if not method.startswith("send") and method != "getFile":
            return
        if self.mood is Mood.SLOW:
            await asyncio.sleep(self.seconds)
        if self.mood is Mood.THROTTLED:
            wait = self.retry_after
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if self.mood is Mood.ERROR:
            raise Refused(500, "Internal Server Error")

    async def after(self, request: web.Request, answer: web.Response, method: str) -> web.StreamResponse:
        """What was taken may be answered with nonsense, or not at all."""
        if method.startswith("send") and self.mood is Mood.BROKEN:
            return web.Response(text='{"ok": tru', content_type="application/json")
        if method.startswith("send") and self.mood is Mood.CUT and request.transport is not None:
            request.transport.abort()
        return answer

    async def _carry(self) -> None:
        """Bring the updates to the hook, again and again until it says 2xx, with growing pauses."""
        pause = _FIRST_PAUSE
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_HOOK_SECONDS)) as session:
            while True:
                async with self.changed:
                    await self.changed.wait_for(lambda: self.hook and self.updates)
                if self.mood is Mood.OUT_OF_ORDER:
                    await asyncio.sleep(self.seconds)
                waiting = list(self.updates)
                if self.mood is Mood.OUT_OF_ORDER:
                    waiting.reverse()
                taken = [await self._bring_one(session, update) for update in waiting]
                pause = _FIRST_PAUSE if all(taken) else min(pause * 2, _LONGEST_PAUSE)
                if not all(taken):
                    await asyncio.sleep(pause)

    async def _bring_one(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        hook = self.hook
        try:
            for _ in range(2 if self.mood is Mood.DUPLICATE else 1):
                async with session.post(
                    hook["url"], json=update, headers={PROOF: hook["secret"]} if hook["secret"] else None
                ) as answer:
                    problem = "" if answer.ok else f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError, KeyError) as error:
            problem = f"Connection failed: {type(error).__name__}"
        if problem:
            hook.update(last_error_date=int(self.clock().timestamp()), last_error_message=problem)
        elif update in self.updates:
            self.updates.remove(update)
            await self.wake()
        return not problem

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"id": phone.id, "name": phone.name, "blocked": phone.blocked, "shown": phone.shown}
                | {"asked_for": phone.asked_for}
                for phone in self.phones.values()
            ]
        )

    async def _say(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            number = int(request.match_info["id"])
            self.phone(number, str(wanted.pop("name", "Nguyễn Văn An")))
            update = await self.say(number, **wanted)
        except (CannotDo, ValueError, KeyError, TypeError) as error:
            raise web.HTTPBadRequest(text=f"cannot do this: {error}") from error
        return web.json_response({"update_id": update})

    async def _get_mood(self, request: web.Request) -> web.Response:
        told = {"mood": self.mood, "seconds": self.seconds, "retry_after": self.retry_after, "moods": list(Mood)}
        return web.json_response(told)

    async def _set_mood(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            self.mood = Mood(str(wanted.get("mood", self.mood)))
            self.seconds = float(wanted.get("seconds", self.seconds))
            self.retry_after = int(wanted.get("retry_after", self.retry_after))
        except (ValueError, TypeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return await self._get_mood(request)
