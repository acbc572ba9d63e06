"""The sandbox as a service: calls of citizens, and the REST interface by which the gateway calls them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import encode_basic_auth, web
from multidict import MultiDictProxy

from channels.call_center.sandbox.carrying_out import Carrying, fields_of
from channels.call_center.sandbox.phone import Phone
from channels.call_center.sandbox.world import Answer, World

HOST = "127.0.0.1"
ACCOUNT = "/2010-04-01/Accounts/{account}"
RINGS_S = 0.05


@dataclass
class Line:
    """One call of ours to or from a telephone. `told` are the status callbacks that are wanted, and where."""

    phone: Phone
    carrying: Carrying
    callback: str
    events: frozenset[str]
    task: asyncio.Task[str] | None = None
    again: str | None = None

    def take_again(self) -> str | None:
        """The document that was put in the place of the one before, once."""
        document, self.again = self.again, None
        return document


@dataclass
class VoiceSandbox:
    """Use `start` and `stop`. `rung`: telephones that the gateway called and that were taken off."""

    world: World
    rung: asyncio.Queue[Phone] = field(default_factory=asyncio.Queue)
    lines: dict[str, Line] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _runner: web.AppRunner | None = None

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
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def call(self, number: str = "+84900000001") -> Phone:
        """Somebody calls our number; what becomes of it is seen in the telephone."""
        phone = Phone(number, self.world.number)
        callback = self.world.status_hook
        self._begin(Line(phone, Carrying(self.world, phone), callback, frozenset({"completed"})))
        return phone

    def line(self, phone: Phone) -> Line:
        """The call of a telephone."""
        return self.lines[phone.sid]

    def _begin(self, line: Line, document: str | None = None) -> None:
        self.lines[line.phone.sid] = line
        task = asyncio.create_task(self._lead(line, document))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _lead(self, line: Line, document: str | None) -> None:
        phone = line.phone
        if phone.direction == "inbound":
            document = await line.carrying.ask(self.world.voice_hook)
            phone.status = "in-progress"
        elif not await self._is_taken(line):
            return
        await self._carry_out(line, document)
        phone.over.set()
        await self._tell(line, "completed")

    async def _carry_out(self, line: Line, document: str | None) -> None:
        """Until the documents end, the telephone is put down, or the gateway ends it; it may put in another one."""
        while True:
            line.task = asyncio.create_task(line.carrying.run(document))
            gone = asyncio.create_task(line.phone.gone.wait())
            await asyncio.wait({line.task, gone}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            await self._let_finish(line)
            document = line.take_again()
            if document is None:
                line.phone.status = line.task.result() if _has_result(line.task) else "completed"
                return

    async def _let_finish(self, line: Line) -> None:
        """A message that is being left is kept when its caller hangs up; everything else is broken off."""
        assert line.task is not None
        recording = line.phone.gone.is_set() and line.phone.verbs[-1:] == ["Record"]
        if not line.task.done() and not recording:
            line.task.cancel()
        await asyncio.wait({line.task})

    async def _is_taken(self, line: Line) -> bool:
        await self._tell(line, "ringing")
        await asyncio.sleep(RINGS_S)
        answer = self.world.answers.get(line.phone.number, self.world.otherwise)
        if line.phone.over.is_set():
            answer = Answer.NOBODY
        line.phone.status = str(answer)
        if answer is not Answer.TAKEN:
            line.phone.over.set()
            await self._tell(line, "completed")
            return False
        await self._tell(line, "answered")
        self.rung.put_nowait(line.phone)
        return True

    async def _tell(self, line: Line, event: str) -> None:
        if line.callback and event in line.events:
            code = {"SipResponseCode": "404"} if line.phone.status == "failed" else {}
            await self.world.post(line.callback, fields_of(self.world, line.phone) | code)

    async def _create(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        asked = {name: str(value) for name, value in form.items()}
        self.asked.append(asked)
        phone = Phone(asked["To"], asked["From"], direction="outbound-api", status="queued")
        if not asked["To"].startswith("+"):
            return web.json_response({"code": 21211, "message": "sandbox", "status": 400}, status=400)
        events = frozenset(str(one) for one in form.getall("StatusCallbackEvent", []))
        line = Line(phone, Carrying(self.world, phone), asked.get("StatusCallback", ""), events)
        self._begin(line, asked["Twiml"])
        return web.json_response(self._shown(phone), status=201)

    async def _read(self, request: web.Request) -> web.Response:
        await self._form(request)
        return web.json_response(self._shown(self._found(request).phone))

    async def _change(self, request: web.Request) -> web.Response:
        form, line = await self._form(request), self._found(request)
        if line.phone.over.is_set():
            return web.json_response({"code": 21220, "message": "sandbox", "status": 400}, status=400)
        line.again = str(form["Twiml"]) if "Twiml" in form else None
        if form.get("Status") == "completed" and line.task is None:
            line.phone.over.set()
        if line.task is not None:
            line.task.cancel()
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
        if request.headers.get("Authorization") != encode_basic_auth(own.account, own.token):
            raise web.HTTPUnauthorized(text='{"code": 20003}', content_type="application/json")
        if request.match_info["account"] != own.account:
            raise web.HTTPNotFound(text='{"code": 20404}', content_type="application/json")
        return await request.post()

    def _found(self, request: web.Request) -> Line:
        if request.match_info["sid"] not in self.lines:
            raise web.HTTPNotFound(text='{"code": 20404}', content_type="application/json")
        return self.lines[request.match_info["sid"]]

    def _shown(self, phone: Phone) -> dict[str, Any]:
        return {"sid": phone.sid, "status": phone.status, "to": phone.number, "from": phone.other}


def _has_result(task: asyncio.Task[str]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
