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
from channels.call_center.agents.news import News
from channels.call_center.agents.owed import WEB_WORDS
from channels.tasks import let_go
from gateway.lines import serve_privately

log = structlog.get_logger()
PATH = "/agents"
LONGEST = 64 * 1024
SLOW_S = 10.0


class AgentsLink:
    """Tells every connected web process every news; each finds the pages that it concerns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._commands: Commands | None = None
        self._webs: dict[web.WebSocketResponse, asyncio.Queue[str]] = {}
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
        written = news.model_dump_json()
        for waiting in self._webs.values():
            waiting.put_nowait(written)

    async def _meet(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=SLOW_S, max_msg_size=LONGEST)
        await socket.prepare(request)
        self._webs[socket] = asyncio.Queue()
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

    async def _keep_telling(self, socket: web.WebSocketResponse, waiting: asyncio.Queue[str]) -> None:
        while True:
            written = await waiting.get()
            async with asyncio.timeout(SLOW_S):
                await socket.send_str(written)
