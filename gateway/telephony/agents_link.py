"""
Where web processes meet the people who answer: a Unix socket of the telephony process, one websocket for each of them.

Commands of pages come in, news for pages go out, as JSON. Whoever may open the socket is trusted (mode 0600): the web
process writes itself who a page belongs to. A web process that restarts finds everything as it was.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from channels.call_center.agents.commands import Commands
from channels.call_center.agents.news import Board, News, Status
from channels.call_center.agents.owed import WEB_WORDS
from channels.tasks import let_go
from gateway.lines import serve_privately

log = structlog.get_logger()
PATH = "/agents"
LONGEST = 64 * 1024
SLOW_S = 10.0


class Untold:
    """
    What one web process has not been told yet, the oldest first; of whole states only the newest.

    A call that is taken changes the status of all who talk: where the web process is busy, a hundred calls would leave
    megabytes of what is true no longer.
    """

    def __init__(self) -> None:
        self._news: dict[object, News] = {}
        self._some = asyncio.Event()

    def add(self, news: News) -> None:
        """To be told after everything else."""
        key: object = (news.tell, news.agent) if isinstance(news, Status | Board) else object()
        self._news.pop(key, None)
        self._news[key] = news
        self._some.set()

    async def next(self) -> News:
        """What is to be told now; waits for it."""
        await self._some.wait()
        news = self._news.pop(next(iter(self._news)))
        if not self._news:
            self._some.clear()
        return news


class AgentsLink:
    """Tells every connected web process every news; each finds the pages that it concerns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._commands: Commands | None = None
        self._webs: dict[web.WebSocketResponse, Untold] = {}
        self._runner: web.AppRunner | None = None

    async def start(self, commands: Commands) -> None:
        """Listen; a socket left by a process before us is replaced."""
        self._commands = commands
        app = web.Application()
        app.router.add_get(PATH, self._meet)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await serve_privately(self._runner, self._path)

    async def stop(self) -> None:
        """Say good-bye to the web processes; they come back when we do."""
        for socket in list(self._webs):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._path.unlink(missing_ok=True)

    def tell(self, news: News) -> None:
        """Pass news on; a web process that takes none for long is left to itself."""
        for untold in self._webs.values():
            untold.add(news)

    async def _meet(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=SLOW_S, max_msg_size=LONGEST)
        await socket.prepare(request)
        self._webs[socket] = Untold()
        telling = asyncio.create_task(self._keep_telling(socket, self._webs[socket]))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heed(message.data)
        finally:
            del self._webs[socket]
            await let_go(telling)
        return socket

    def _heed(self, written: str) -> None:
        try:
            command = WEB_WORDS.validate_json(written)
        except ValidationError as error:
            log.warning("agent_command_unread", reason=error.errors(include_input=False)[0]["type"])
            return
        if self._commands is not None:
            self._commands.heed(command)

    async def _keep_telling(self, socket: web.WebSocketResponse, untold: Untold) -> None:
        while True:
            written = (await untold.next()).model_dump_json()
            async with asyncio.timeout(SLOW_S):
                await socket.send_str(written)
