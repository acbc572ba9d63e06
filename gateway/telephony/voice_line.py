"""
The line at Twilio on the telephony side: what the web process asks about its calls, and where their sound arrives.

Both by Unix sockets that only we may open; what comes to the port of streams, where one is set, has to be signed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from channels.call_center.media.engine import Engine
from channels.call_center.twilio.client import VoiceClient
from channels.call_center.twilio.forms import Arrived, News
from channels.call_center.twilio.listener import StreamListener
from channels.call_center.twilio.trunk import NotTaken, TwilioTrunk
from gateway.lines import LineServer, forget, serve_privately
from gateway.settings import Settings
from gateway.settings.call_twilio import voice_settings
from gateway.telephony.paths import STREAMS, VOICE, node_socket


class VoiceLine:
    """Answers the web side: `call`, `after`, `told`. What cannot be done is an `error`: full, refused, gone."""

    def __init__(self, trunk: TwilioTrunk) -> None:
        self._trunk = trunk

    async def answer(self, line: bytes) -> dict[str, Any]:
        """One request."""
        try:
            asked = json.loads(line)
            return await self._do(asked["action"], asked)
        except NotTaken as error:
            return {"error": error.problem}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {"error": "bad_request"}

    async def _do(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        if action == "call":
            arrived = Arrived(str(asked["sid"]), str(asked["caller"]), str(asked["called"]))
            return {"stream": await self._trunk.take(arrived)}
        if action == "after":
            went = asked["dialled"]
            dialled = News(str(asked["sid"]), str(went["status"]), int(went["code"])) if went else None
            return {"stream": self._trunk.after(str(asked["sid"]), dialled=dialled)}
        if action == "told":
            self._trunk.told(News(str(asked["sid"]), str(asked["status"]), int(asked["code"])))
            return {}
        raise ValueError(action)


def voice_trunk(settings: Settings, engine: Engine) -> TwilioTrunk | None:
    """The line at Twilio; None where there is none."""
    ours = voice_settings(settings)
    return None if ours is None else TwilioTrunk(ours, legs=engine, client=VoiceClient(ours))


@asynccontextmanager
async def reached_by_twilio(settings: Settings, trunk: TwilioTrunk | None) -> AsyncIterator[None]:
    """Hear of its calls, and take their sound, for the length of a block. OSError: the port is taken."""
    if trunk is None:
        yield
        return
    data, node, ours = settings.data, settings.call_center.fleet.node, settings.call_center.twilio
    calls = LineServer(node_socket(data, VOICE, node), VoiceLine(trunk).answer)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_streams(StreamListener(trunk), path=node_socket(data, STREAMS, node)))
        if ours.stream_port:
            signed = await _runner(StreamListener(trunk, signed=True))
            stack.push_async_callback(signed.cleanup)
            await web.TCPSite(signed, ours.stream_host, ours.stream_port + node - 1).start()
        await calls.start()
        stack.push_async_callback(calls.stop)
        yield


@asynccontextmanager
async def _streams(listener: StreamListener, *, path: Path) -> AsyncIterator[None]:
    runner = await _runner(listener)
    await serve_privately(runner, path)
    try:
        yield
    finally:
        await runner.cleanup()
        forget(path)


async def _runner(listener: StreamListener) -> web.AppRunner:
    runner = web.AppRunner(listener.app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    return runner
