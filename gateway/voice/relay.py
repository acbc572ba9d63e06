"""Passes a stream on to the telephony process that awaits it: the public address is the web side's."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import aiohttp
import structlog
from aiohttp import WSMsgType, web

from channels.tasks import let_go
from gateway.lines import short_path

log = structlog.get_logger()
LONGEST = 64 * 1024
OPENING_S = 5.0
Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def relay(request: web.Request, *, to: Path, token: str) -> web.StreamResponse:
    """Both ways until either side has enough. 404: nobody awaits it. 503: nobody is there."""
    with short_path(to) as reachable:
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(reachable)) as session:
            try:
                async with asyncio.timeout(OPENING_S):
                    inner = await session.ws_connect(f"http://telephony/{token}", max_msg_size=LONGEST)
            except aiohttp.WSServerHandshakeError as error:
                return web.Response(status=error.status)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("stream_not_passed_on", why=type(error).__name__)
                return web.Response(status=503)
            outer = web.WebSocketResponse(max_msg_size=LONGEST, compress=False)
            await outer.prepare(request)
            ways = [asyncio.create_task(_pass_on(outer, inner)), asyncio.create_task(_pass_on(inner, outer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await let_go(*ways)
                with suppress(ConnectionError, RuntimeError):
                    await asyncio.gather(inner.close(), outer.close())
            return outer


async def _pass_on(origin: Socket, to: Socket) -> None:
    with suppress(ConnectionError, RuntimeError):  # the other side has gone in this moment
        async for message in origin:
            if message.type is WSMsgType.TEXT:
                await to.send_str(message.data)
