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
from gateway.deployment import Deployment
from tests.gateway.console.office import Desk
from tests.support.waiting import until

PASSWORD = "bốn mùa hoa nở ven sông"
SIGN_IN, CALLS, TELEPHONE = "/console/dang-nhap", "/console/cuoc-goi", "/console/tong-dai"
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
            display_name=f"Tiếp nhận viên {number + 1}",
            password=PASSWORD,
            grants=[("receptionist", "")],
            now=deployment.now(),
        )


@dataclass
class Agent:
    """
    One agent. `status` is what their page shows; `refused` why the last call did not begin, or reached nobody.

    `rang_at`: when a call last came up on the page, by the loop's clock.
    """

    desk: Desk
    socket: ClientWebSocketResponse
    page: Page
    form: Mapping[str, str]
    status: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    heard_s: float = 0.0
    heard_calls: int = 0
    rang_at: float = 0.0

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

    async def open_up(self) -> None:
        """Be free for calls."""
        await self.socket.send_json({"do": "choose", "state": "available"})
        await until(lambda: self.status["state"] == "available" or self.refused, "the agent is free")
        assert not self.refused, self.refused

    async def take(self) -> None:
        """Answer the call that rings."""
        await until(lambda: self.status["ringing"], "a call rings")
        await self.socket.send_json({"do": "take", "call": self.status["ringing"]["call"]})
        await until(lambda: self.talks, "the agent talks")

    async def finish(self) -> None:
        """The call is over, or shall be; free again."""
        if self.talks:
            await self.socket.send_json({"do": "hang_up"})
        await self._free()

    async def follow(self) -> None:
        """Keep `status` as the page would show it."""
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            told = message.json()
            if told["tell"] == "status":
                if told["ringing"] and not self.status.get("ringing"):
                    self.rang_at = asyncio.get_running_loop().time()
                self.status = told
            elif told["tell"] == "refused":
                self.refused = told["why"]
            elif told["tell"] == "answer":
                await self.page.take(told["sdp"])

    async def listen(self) -> None:
        """Count the sound of a talk that is no silence; while it rings there is a tone of ours."""
        track = await self.page.track
        while True:
            frame: Any = await track.recv()
            samples = memoryview(bytes(frame.planes[0])).cast("h")[: frame.samples]
            if self.talks and max(samples, default=0) > _LOUD:
                self.heard_s += FRAME_MS / 1000


@asynccontextmanager
async def sitting(url: str, number: int, page: Page | None = None) -> AsyncIterator[Agent]:
    """Signed in, microphone on. With a `page` of another kind nobody listens to what comes."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        desk, listens = Desk(url, client), page is None
        page = page or Page()
        stack.push_async_callback(page.peer.close)
        entered = await desk.send(SIGN_IN, SIGN_IN, login=login(number), password=PASSWORD)
        assert entered.status == 303, entered.text
        shown = await desk.get(TELEPHONE)
        socket = await stack.enter_async_context(client.ws_connect(url + TELEPHONE + "/kenh"))
        await socket.send_str(shown.text.partition('data-token="')[2].partition('"')[0])
        agent = Agent(desk, socket, page, next(iter(shown.forms().values())))
        works = [agent.follow(), agent.listen()] if listens else [agent.follow()]
        tasks = [asyncio.create_task(work) for work in works]
        stack.push_async_callback(_end, tasks)
        await until(lambda: agent.status, "the page is told where its agent stands")
        await socket.send_json({"do": "offer", "sdp": await page.offer()})
        await until(lambda: agent.status["sound"], "sound")
        yield agent


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
