"""The web side of the link to the telephony process: pages' commands out, news in, connected again by itself."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Protocol

import structlog
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, UnixConnector, WSMsgType, web

from channels.call_center.agents.messages import Dial, Leave, SignIn
from channels.call_center.agents.news import NEWS, Board, CallCard, News, Refused, Status
from channels.call_center.agents.owed import ShowFloor, WebWord
from channels.tasks import ended
from core.contract.schema import new_id
from gateway.lines import short_path

log = structlog.get_logger()
AGAIN_S = 1.0
ANSWER_S = 5.0
AWAY = "away"


class Page(Protocol):
    """One window with the telephone."""

    def hear(self, news: News | None) -> None:
        """News; None: the telephony process is away. Once it is back, a status comes."""

    def replaced(self) -> None:
        """The same agent has opened another window."""


class PhoneLink:
    """
    One for a web process. Each agent has one page; a newer one takes the place of the one before.

    Nothing is kept for a telephony process that is away: whatever a page wants then, it is told so, and when the
    process is back every page is signed in again.
    """

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._web: ClientWebSocketResponse | None = None
        self._pages: dict[str, tuple[SignIn, Page]] = {}
        self._cards: dict[str, dict[str, CallCard]] = {}
        self._wrapped: dict[str, CallCard] = {}
        self._asked: dict[str, asyncio.Future[Board]] = {}
        self._dialling: dict[str, asyncio.Future[str]] = {}
        self._keeping: asyncio.Task[None] | None = None

    async def run(self, _app: web.Application) -> None:
        """Signal `on_startup`: connect as long as we live."""
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self, _app: web.Application) -> None:
        """Signal `on_cleanup`: calls go on without us."""
        if self._keeping is not None:
            await ended(self._keeping)

    async def open(self, agent: SignIn, page: Page) -> bool:
        """A page is there. False where the telephony process is away."""
        before = self._pages.get(agent.agent)
        self._pages[agent.agent] = (agent, page)
        if before is not None:
            before[1].replaced()
        return await self.send(agent)

    async def close(self, agent: str, page: Page, *, signed_out: bool = False) -> None:
        """A page is gone, for good where `signed_out`; nothing if a newer one has taken its place."""
        known = self._pages.get(agent)
        if known is not None and known[1] is page:
            del self._pages[agent]
            await self.send(Leave(agent=agent, signed_out=signed_out))

    async def send(self, command: WebWord) -> bool:
        """Pass a command on; False where the telephony process is away."""
        if self._web is None or self._web.closed:
            return False
        try:
            await self._web.send_str(command.model_dump_json())
        except (ConnectionError, ClientError):
            return False
        return True

    def card(self, agent: str, call: str) -> CallCard | None:
        """A call that rings for an agent, that they have, or that they wrote up last, by the id of its record."""
        return self._cards.get(agent, {}).get(call)

    @property
    def attended(self) -> bool:
        """Whether somebody answers calls here."""
        return bool(self._pages)

    async def floor(self) -> Board | None:
        """Who is there, who talks, who waits, as of now; None where the telephony process is away."""
        ask = new_id()
        told = self._asked[ask] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_S):
                return await told if await self.send(ShowFloor(ask=ask)) else None
        except TimeoutError:
            return None
        finally:
            del self._asked[ask]

    async def dial(self, command: Dial) -> str:
        """Call somebody for an agent, wherever their page is: empty where it rings now, else why not."""
        told = self._dialling[command.agent] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_S):
                return await told if await self.send(command) else AWAY
        except TimeoutError:
            return AWAY
        finally:
            self._dialling.pop(command.agent, None)

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(ClientError, OSError), short_path(self._socket) as reachable:
                async with (
                    ClientSession(connector=UnixConnector(reachable)) as session,
                    session.ws_connect("http://telephony/agents", heartbeat=10) as self._web,
                ):
                    await self._meet(self._web)
            self._web = None
            for _agent, page in list(self._pages.values()):
                page.hear(None)
            await asyncio.sleep(AGAIN_S)

    async def _meet(self, connection: ClientWebSocketResponse) -> None:
        for agent, _page in list(self._pages.values()):
            await self.send(agent)
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                self._tell(NEWS.validate_json(message.data))

    def _tell(self, news: News) -> None:
        if isinstance(news, Status):
            if news.wrapping is not None:  # it stays theirs when the time for notes is up
                self._wrapped[news.agent] = news.wrapping
            cards = (self._wrapped.get(news.agent), news.ringing, news.call)
            self._cards[news.agent] = {card.about or card.call: card for card in cards if card is not None}
        if isinstance(news, Board) and (asked := self._asked.get(news.agent)) is not None and not asked.done():
            asked.set_result(news)
        known, waiting = self._pages.get(news.agent), self._dialling.get(news.agent)
        if waiting is not None and not waiting.done() and (began := _of_dialling(news)) is not None:
            waiting.set_result(began)
        if known is not None:
            known[1].hear(news)


def _of_dialling(news: News) -> str | None:
    """What news say of a call that was to begin: empty: it rings; why not; None: nothing."""
    if isinstance(news, Refused):
        return news.why if news.command == "dial" else None
    return "" if isinstance(news, Status) and news.call is not None and news.call.dialling else None


LINK = web.AppKey("phone_link", PhoneLink)
"""The link of this application."""
