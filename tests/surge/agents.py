"""People who call back whoever is owed a call, each at a telephone of their own: the page without its looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from channels.call_center.media.g711 import FRAME_MS
from channels.call_center.webrtc.tests.pages import Page
from core.identity.passwords import Passwords
from gateway.auth.accounts import create_user
from gateway.auth.door import Hashing
from gateway.console.phone.page import PAGE
from gateway.deployment import Deployment
from tests.gateway.console.office import Desk
from tests.support.waiting import until

PASSWORD = "bốn mùa hoa nở ven sông"
SIGN_IN, CALLS = "/console/dang-nhap", "/console/cuoc-goi"
TRIES = 3
"""As often as a reporter is called (QB-QD.III.1.1b)."""
_LOUD = 1000
_ENOUGH_S = 0.5
"""So much of the citizen's voice is heard before the agent hangs up."""


def login(number: int) -> str:
    """Of one of them."""
    return f"tiep-nhan-{number}"


async def employ(deployment: Deployment, count: int) -> None:
    """So many receptionists, who can sign in."""
    hashing = Hashing(Passwords())
    for number in range(count):
        await create_user(
            deployment.database,
            hashing,
            login=login(number),
            display_name=f"Nguyễn Văn {number}",
            password=PASSWORD,
            grants=[("receptionist", "")],
            now=deployment.now(),
        )


@dataclass
class Agent:
    """One agent. `status` is what their page shows; `refused` why the last call did not begin, or reached nobody."""

    desk: Desk
    socket: ClientWebSocketResponse
    page: Page
    form: Mapping[str, str]
    status: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    heard_s: float = 0.0
    heard_calls: int = 0

    async def call_back(self, call: str) -> None:
        """Click, talk once somebody answers, hang up; done when the agent is free again."""
        self.heard_s, self.refused = 0.0, ""
        answer = await self.desk.post(f"{CALLS}/{call}/goi", dict(self.form))
        if answer.status != 303:
            raise AssertionError(answer.text.partition("<main")[2][:500])
        await until(lambda: self.talks or self.refused, "somebody answers, or does not")
        if not self.refused:
            await until(lambda: self.heard_s >= _ENOUGH_S or not self.talks, "the citizen is heard")
            self.heard_calls += self.heard_s >= _ENOUGH_S
            await self.socket.send_json({"do": "hang_up"})
        await self._free()

    @property
    def talks(self) -> bool:
        """Whether a call is up."""
        call = self.status.get("call")
        return call is not None and not call["dialling"]

    async def _free(self) -> None:
        await until(lambda: self.status["call"] is None, "the call is over")
        if self.status["state"] == "wrap_up":
            await self.socket.send_json({"do": "wrapped_up"})
        await until(lambda: self.status["state"] != "wrap_up", "the notes are done")

    async def follow(self) -> None:
        """Keep `status` as the page would show it."""
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            told = message.json()
            if told["tell"] == "status":
                self.status = told
            elif told["tell"] == "refused":
                self.refused = told["why"]
            elif told["tell"] == "answer":
                await self.page.take(told["sdp"])

    async def listen(self) -> None:
        """Count the sound that is no silence."""
        track = await self.page.track
        while True:
            frame = await track.recv()
            samples = memoryview(bytes(frame.planes[0])).cast("h")[: frame.samples]
            if max(samples, default=0) > _LOUD:
                self.heard_s += FRAME_MS / 1000


@asynccontextmanager
async def sitting(url: str, number: int) -> AsyncIterator[Agent]:
    """Signed in, microphone on."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        desk, page = Desk(url, client), Page()
        stack.push_async_callback(page.peer.close)
        entered = await desk.send(SIGN_IN, SIGN_IN, login=login(number), password=PASSWORD)
        assert entered.status == 303, entered.text
        shown = await desk.get(PAGE)
        socket = await stack.enter_async_context(client.ws_connect(url + PAGE + "/kenh"))
        await socket.send_str(shown.text.partition('data-token="')[2].partition('"')[0])
        agent = Agent(desk, socket, page, next(iter(shown.forms().values())))
        tasks = [asyncio.create_task(work) for work in (agent.follow(), agent.listen())]
        stack.push_async_callback(_end, tasks)
        await until(lambda: agent.status, "the page is told where its agent stands")
        await socket.send_json({"do": "offer", "sdp": await page.offer()})
        await until(lambda: agent.status["sound"], "sound")
        yield agent


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
