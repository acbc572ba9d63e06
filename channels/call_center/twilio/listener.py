"""
Where streams arrive in the telephony process: websockets with a name that is good once.

Twilio signs each over the address that it was told; that is checked where it comes in, here or by the web process.
"""

from __future__ import annotations

import structlog
from aiohttp import WSMsgType, web

from channels.base import same
from channels.call_center.twilio import messages
from channels.call_center.twilio.call import TwilioCall
from channels.call_center.twilio.forms import at_status
from channels.call_center.twilio.stream import Stream
from channels.call_center.twilio.trunk import TwilioTrunk
from channels.twilio import HEADER, check
from core.contract.errors import PayloadInvalid, SignatureInvalid

log = structlog.get_logger()
LONGEST = 64 * 1024
SILENT_S = 30.0
"""Twilio sends fifty messages a second, silence too: after so many without one the stream is dead."""
BEFORE_START_S = 5.0
CLOSING_S = 2.0


class StreamListener:
    """Takes the streams of one trunk. `signed`: by Twilio itself; otherwise whoever passes them on has looked."""

    def __init__(self, trunk: TwilioTrunk, *, signed: bool = False) -> None:
        self._trunk, self._signed = trunk, signed

    def app(self) -> web.Application:
        """To be served wherever streams come to."""
        app = web.Application()
        app.router.add_get("/{token}", self._meet)
        app.router.add_get("/{before:.*}/{token}", self._meet)  # a proxy that leaves the public path as it is
        return app

    async def _meet(self, request: web.Request) -> web.WebSocketResponse:
        token = request.match_info["token"]
        if self._signed:
            self._verify(request, token)
        call = self._trunk.claim(token)
        if call is None:
            log.warning("stream_refused", reason="name")
            raise web.HTTPNotFound
        socket = _opened()
        await socket.prepare(request)
        try:
            await self._carry(call, socket)
        except (PayloadInvalid, TimeoutError) as error:
            log.warning("stream_broken_off", call=call.id, reason=str(error) or type(error).__name__)
        await socket.close()
        return socket

    def _verify(self, request: web.Request, token: str) -> None:
        settings, given = self._trunk.settings, request.headers.get(HEADER, "")
        try:
            check(given, url=settings.stream(token), body=b"", fields={}, tokens=settings.account.tokens)
        except SignatureInvalid:
            log.warning("stream_refused", reason="signature")
            raise web.HTTPForbidden from None

    async def _carry(self, call: TwilioCall, socket: web.WebSocketResponse) -> None:
        """Until the stream is over, whoever ends it. Raises: PayloadInvalid."""
        started = await self._started(call, socket)
        if started is None:
            return
        stream = Stream(started.stream, socket.send_str, hang_up=socket.close)
        call.carry(stream)
        try:
            await self._follow(call, stream, socket)
        finally:
            call.lost(stream)
            await stream.close()

    async def _started(self, call: TwilioCall, socket: web.WebSocketResponse) -> messages.Started | None:
        """The start of our call's stream; None where somebody else's comes, or nothing."""
        said: messages.Said | None = None
        while said is None:
            message = await socket.receive(BEFORE_START_S)
            if message.type is not WSMsgType.TEXT:
                return None
            said = messages.read(message.data)
        ours = isinstance(said, messages.Started) and same(said.account, self._trunk.settings.account.sid)
        if not (isinstance(said, messages.Started) and ours and self._trunk.name_call(call, said.call)):
            raise PayloadInvalid("not the stream of this call")
        return said

    async def _follow(self, call: TwilioCall, stream: Stream, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            match messages.read(message.data):
                case messages.Sound(payload):
                    call.heard(payload)
                case messages.Key(key):
                    call.press(key)
                case messages.Played(name):
                    stream.played(name)
                case messages.Stopped():
                    if not call.is_elsewhere:
                        call.told(at_status(call.id, "completed"))
                    return
                case _:
                    pass


def _opened() -> web.WebSocketResponse:
    """Nothing is packed: fifty messages a second are small, and sound does not shrink."""
    return web.WebSocketResponse(timeout=CLOSING_S, receive_timeout=SILENT_S, max_msg_size=LONGEST, compress=False)
