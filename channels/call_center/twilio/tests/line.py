"""A line at Twilio without a gateway: the trunk, its hooks as thin as can be, the sandbox, and the media engine."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from pydantic import SecretStr

from channels.base import first_of, read_form
from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tests.rig import Tones
from channels.call_center.ports import Call
from channels.call_center.sandbox import VoiceSandbox, World
from channels.call_center.twilio import forms, twiml
from channels.call_center.twilio.client import VoiceClient
from channels.call_center.twilio.listener import StreamListener
from channels.call_center.twilio.settings import VoiceSettings
from channels.call_center.twilio.trunk import NotTaken, TwilioTrunk
from channels.twilio import Account
from tests.support.servers.ports import free_port

ACCOUNT, TOKEN, NUMBER = "AC00000000000000000000000000000001", "auth-token-for-tests", "+15005550009"
AN = "+84900000001"
PUBLIC = "https://gw.example.vn"
HOOKS = f"{PUBLIC}/hooks/twilio/{ACCOUNT}"


def settings(base_url: str = "http://127.0.0.1:9", **changes: object) -> VoiceSettings:
    """A line whose calls go to the sandbox, or nowhere."""
    usual = {
        "account": Account(ACCOUNT, SecretStr(TOKEN)),
        "numbers": (NUMBER,),
        "hooks": HOOKS,
        "streams": HOOKS.replace("https", "wss") + "/stream",
        "base_url": base_url,
        "timeout": 5.0,
    }
    return VoiceSettings(**(usual | changes))  # type: ignore[arg-type]


@dataclass
class Line:
    """Both ends of it."""

    trunk: TwilioTrunk
    twilio: VoiceSandbox

    async def taken(self) -> Call:
        """The next call that came in."""
        incoming = self.trunk.incoming()
        call = await asyncio.wait_for(anext(incoming), 10)
        await incoming.aclose()
        return call


@asynccontextmanager
async def a_line(**changes: object) -> AsyncIterator[Line]:
    """A line whose calls nobody leads but the test."""
    port = free_port()
    world = World(ACCOUNT, TOKEN, NUMBER, public_url=PUBLIC, gateway=f"http://127.0.0.1:{port}", patience=0.05)
    twilio = VoiceSandbox(world)
    await twilio.start()
    engine = Engine("127.0.0.1", range(0), Tones(), settings=MediaSettings(latest_ms=math.inf))
    await engine.start()
    ours = settings(twilio.url, **changes)
    trunk = TwilioTrunk(ours, legs=engine, client=VoiceClient(ours))
    await trunk.start()
    app = StreamListener(trunk, signed=True).app()
    app.router.add_post("/{before:.*}/{hook}", _hooks(trunk))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield Line(trunk, twilio)
    finally:
        await trunk.stop()
        await runner.cleanup()
        await twilio.stop()
        await engine.stop()


def _hooks(trunk: TwilioTrunk) -> object:
    async def answer(request: web.Request) -> web.Response:
        form = first_of(read_form(await request.read()))
        hook, sid = request.match_info["hook"], forms.call_of(form)
        try:
            if hook == "voice":
                return _document(twiml.connect(trunk.settings, await trunk.take(forms.arrived(form))))
            if hook == "after":
                stream = trunk.after(sid, dialled=forms.dialled(form))
                return _document(twiml.connect(trunk.settings, stream) if stream else twiml.hang_up())
            trunk.told(forms.news(form))
        except NotTaken as error:
            return _document(twiml.reject("busy" if error.problem == "full" else "rejected"))
        return web.Response(status=204)

    return answer


def _document(text: str) -> web.Response:
    return web.Response(text=text, content_type=twiml.MEDIA_TYPE)
