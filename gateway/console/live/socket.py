"""
`/console/truc-tiep`: the websocket of every open page of staff.

It says `{"tell": "look"}` where something changed, and `{"tell": "here", "at": …, "who": [{"name", "typing"}]}` for
who else looks. Its first word is the page's token (a browser sends cookies to sockets of any site), then what it shows:
`{"at": "talk:ID", "lists": ["case:ID", …], "typing": false}`, again whenever that changes.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import Field, ValidationError

from channels.tasks import let_go
from core.contract.schema import Model, new_id
from core.storage import staff_lists
from gateway.auth import Staff, require_staff, staff_of
from gateway.auth.csrf import csrf_token
from gateway.auth.ending import session_over
from gateway.console.live.hub import HUB, Hub
from gateway.console.live.presence import Here
from gateway.deployment import DEPLOYMENT, Deployment

ADDRESS = "/console/truc-tiep"
LONGEST = 16 * 1024
MOST_LISTED = 60
STRANGER = 4003
"""Close code: the page did not show its token."""
OVER = 4001
"""Close code: whoever opened the page is not signed in any more."""


class Shows(Model):
    """What a page says of itself."""

    at: str = Field(default="", max_length=80, pattern=r"^(|inbox|(case|talk):[0-9a-f]{32})$")
    lists: tuple[str, ...] = Field(default=(), max_length=MOST_LISTED)
    typing: bool = False


@require_staff()
async def speak(request: web.Request) -> web.StreamResponse:
    """As long as the page is open."""
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=LONGEST)
    await socket.prepare(request)
    first = await socket.receive()
    if first.type is not WSMsgType.TEXT or first.data != csrf_token(request):
        await socket.close(code=STRANGER)
        return socket
    await Open(socket, request.app[HUB], staff_of(request), request.app[DEPLOYMENT]).lead()
    return socket


class Open:
    """One open page, as the hub knows it."""

    def __init__(self, socket: web.WebSocketResponse, hub: Hub, staff: Staff, deployment: Deployment) -> None:
        self._socket, self._hub, self._staff, self._deployment = socket, hub, staff, deployment
        self._news = asyncio.Event()
        self._look, self._met = False, set[str]()
        self.here = Here(page=new_id(), user=staff.id)
        self.lists: frozenset[str] = frozenset()

    async def lead(self) -> None:
        """Until the page goes."""
        telling = asyncio.create_task(self._keep_telling())
        ending = asyncio.create_task(self._end_with_session())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._heed(message.data)
        finally:
            self._hub.close(self)
            await let_go(telling, ending)

    def look(self) -> None:
        """Something that the page shows has changed; many changes at once are one."""
        self._look = True
        self._news.set()

    def meet(self, ref: str) -> None:
        """Somebody came to, left, or began to write there."""
        self._met.add(ref)
        self._news.set()

    def _heed(self, written: str) -> None:
        try:
            shows = Shows.model_validate_json(written)
        except ValidationError:
            return
        lists, before = frozenset(shows.lists), self.here
        self.here = before.model_copy(update={"at": shows.at, "typing": shows.typing})
        if (shows.at, lists) == (before.at, self.lists):
            self._hub.write(self)
            return
        self.lists = lists
        self._hub.tell(self)

    async def _keep_telling(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            look, self._look = self._look, False
            met, self._met = self._met, set()
            if look:
                await self._socket.send_str(json.dumps({"tell": "look"}))
            for ref in sorted(met):
                await self._socket.send_str(json.dumps(await self._told(ref)))

    async def _end_with_session(self) -> None:
        await session_over(self._deployment, self._staff)
        await self._socket.close(code=OVER)

    async def _told(self, ref: str) -> dict[str, Any]:
        """Who else is there, by name."""
        there = {user: typing for user, typing in self._hub.presence.at(ref).items() if user != self.here.user}
        read = partial(staff_lists.user_names, ids=list(there))
        names = await self._deployment.database.read(read) if there else {}
        who = [{"name": names.get(user, ""), "typing": typing} for user, typing in there.items()]
        return {"tell": "here", "at": ref, "who": sorted(who, key=lambda one: str(one["name"]))}
