"""`/console/tong-dai`: the telephone of one agent, and the websocket of its page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import ValidationError

from channels.call_center.agents.messages import COMMANDS, Command, Dial, Supervise, Take
from channels.call_center.agents.news import Board, News, Refused
from channels.tasks import let_go
from core.service.reading import CaseReader, Wanted
from core.service.reading.views import ContactView, ConversationLine
from gateway.auth import Staff, staff_of
from gateway.auth.csrf import csrf_token
from gateway.auth.ending import session_over
from gateway.call_notes import wrap_up_codes
from gateway.console.phone.board import for_supervisors, note, supervises, with_names
from gateway.console.phone.link import LINK, PhoneLink
from gateway.console.phone.seating import sign_in_of
from gateway.console.phone.turns import TURNS, Turns
from gateway.console.shared import line_of, member_of, reader_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.portal.on_behalf import RECEPTION
from gateway.roles import member_of as member_behind

PAGE = "/console/tong-dai"
LONGEST = 32 * 1024
MOST_TALKS = 5
ELSEWHERE = 4001
"""Close code: the agent has opened the telephone in another window."""
ENDED = 4002
"""Close code: the agent is signed in no more."""
STRANGER = 4003
"""Close code: the page did not show its token."""


@require_caretaker
async def show_phone(request: web.Request) -> web.StreamResponse:
    """The page; everything on it comes over its websocket."""
    settings = request.app[DEPLOYMENT].settings
    codes = wrap_up_codes(settings)
    return show(request, "phone.html", supervises=supervises(staff_of(request), settings), codes=codes)


@require_caretaker
async def show_caller(request: web.Request) -> web.StreamResponse:
    """
    What is known of a number that calls: who, open cases first, the last conversations; masked, as lists are.

    Whoever opens a case or a conversation from here is logged there.
    """
    posted = await request.post()
    number, call = line_of(posted.get("so")), line_of(posted.get("cuoc-goi"))
    reader, member = reader_of(request), member_of(request)
    found = await reader.search(member, Wanted(number), after=None) if number else None
    callers = await reader.callers(number, member) if number else ()
    return show(
        request,
        "_caller.html",
        number=number,
        call=call,
        writes=staff_of(request).may(RECEPTION),
        rows=sorted(found.items if found else (), key=lambda line: not line.open),
        callers=callers,
        talks=talks_of(callers),
    )


def talks_of(callers: Sequence[ContactView]) -> list[ConversationLine]:
    """Their last conversations, the newest first."""
    talks = {talk.id: talk for caller in callers for talk in caller.conversations}
    return sorted(talks.values(), key=lambda talk: talk.last_message_at, reverse=True)[:MOST_TALKS]


@require_caretaker
async def speak(request: web.Request) -> web.StreamResponse:
    """The page's websocket. Its first word is the page's token: a browser sends cookies to sockets of any site."""
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=LONGEST)
    await socket.prepare(request)
    first = await socket.receive()
    if first.type is not WSMsgType.TEXT or first.data != csrf_token(request):
        await socket.close(code=STRANGER)
        return socket
    given = request.app
    await Talk(socket, staff_of(request), given[LINK], given[DEPLOYMENT], given[TURNS], reader_of(request)).lead()
    return socket


class Talk:
    """One page's conversation with the telephony process."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        staff: Staff,
        link: PhoneLink,
        deployment: Deployment,
        turns: Turns,
        reader: CaseReader,
    ) -> None:
        self._socket, self._link, self._staff, self._deployment = socket, link, staff, deployment
        self._turns, self._reader = turns, reader
        self._supervises = supervises(staff, deployment.settings)
        self._news: asyncio.Queue[News | None] = asyncio.Queue()
        self._closing: asyncio.Future[bool] | None = None
        self._signed_out = False

    async def lead(self) -> None:
        """Until the page goes, or a newer one comes."""
        if not await self._link.open(await sign_in_of(self._deployment, self._staff), self):
            self.hear(None)
        telling = asyncio.create_task(self._keep_telling())
        watching = asyncio.create_task(self._until_signed_out())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._heed(message.data)
        finally:
            await self._link.close(self._staff.id, self, signed_out=self._signed_out)
            await let_go(telling, watching)

    def hear(self, news: News | None) -> None:
        """News for this page; None: the telephony process is away."""
        self._news.put_nowait(news)

    def replaced(self) -> None:
        """The same agent has opened another window."""
        self._closing = asyncio.ensure_future(self._socket.close(code=ELSEWHERE))

    async def _until_signed_out(self) -> None:
        """Nobody hears callers who has left: the browser's sound ends with the page's connection."""
        await session_over(self._deployment, self._staff, may=self._may)
        self._signed_out = True
        await self._socket.close(code=ENDED)

    def _may(self, staff: Staff) -> bool:
        """Whether they answer calls as before, and take part in others' where this page lets them."""
        also = not self._supervises or supervises(staff, self._deployment.settings)
        return also and self._reader.hears(member_behind(staff))

    async def _keep_telling(self) -> None:
        while True:
            await self._socket.send_json(await self._told(await self._news.get()))

    async def _told(self, news: News | None) -> dict[str, Any]:
        if news is None:
            return {"tell": "away"}
        if isinstance(news, Board):
            return await with_names(news, self._deployment)
        return news.model_dump(mode="json", exclude={"agent"})

    async def _heed(self, written: str) -> None:
        command = self._read(written)
        if command is None:
            self._refuse("", "unread")
            return
        if isinstance(command, Dial) or (for_supervisors(command) and not self._supervises):
            self._refuse(command.do, "not_allowed")
            return
        if isinstance(command, Supervise):
            await note(command, self._deployment)
        if isinstance(command, Take):
            await self._turns.taken(command.call, by=self._staff.id)
        if not await self._link.send(command):
            self._refuse(command.do, "away")

    def _read(self, written: str) -> Command | None:
        """Who a page belongs to is never what the page says."""
        try:
            told = json.loads(written)
            return COMMANDS.validate_python({**told, "agent": self._staff.id})
        except (ValueError, TypeError, ValidationError):
            return None

    def _refuse(self, command: str, why: str) -> None:
        self._news.put_nowait(Refused(agent=self._staff.id, command=command, why=why))
