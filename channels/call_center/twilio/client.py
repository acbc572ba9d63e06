"""
Twilio's REST interface for calls, and what its errors mean. https://www.twilio.com/docs/voice/api/call-resource

There is no idempotency key: of a call that was cut off behind the request nobody knows whether it rings. Its stream
has no name that we know, so nobody would hear anything; whoever takes it off is thanked by a hang-up.
"""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

from channels.call_center.ports import CallFailed
from channels.call_center.twilio import twiml
from channels.call_center.twilio.settings import VoiceSettings
from channels.http import Reply
from channels.twilio import MEDIA_HOSTS, TwilioRest, code_of
from core.contract.errors import SendError, TemporarySendError, Throttled

REFUSED: Mapping[str, int] = {
    "20003": 401,
    "20429": 503,
    "21201": 404,
    "21205": 500,
    "21210": 403,
    "21211": 404,
    "21212": 403,
    "21214": 404,
    "21215": 403,
    "21216": 403,
    "21217": 404,
    "21219": 403,
}
"""Codes of https://www.twilio.com/docs/api/errors → SIP's; what is missing says something of the line."""
EVENTS = ("ringing", "answered", "completed")
GONE = 404


class VoiceClient:
    """One account's calls and recordings."""

    def __init__(self, settings: VoiceSettings) -> None:
        self._settings = settings
        self._rest = TwilioRest(settings.account, base_url=settings.base_url, timeout=settings.timeout)

    async def call(self, to: str, *, shown: str, twiml: str, ring_s: float) -> str:
        """Ring somebody; the call's sid. Raises: CallFailed."""
        fields = aiohttp.FormData({"To": to, "From": shown, "Twiml": twiml, "Timeout": str(int(ring_s))})
        fields.add_field("StatusCallback", self._settings.hook("status"))
        for event in EVENTS:
            fields.add_field("StatusCallbackEvent", event)
        try:
            reply = await self._rest.post("/Calls.json", fields)
            if reply.ok and (sid := reply.json().get("sid")):
                return str(sid)
        except Throttled as error:
            raise CallFailed(503, "Twilio wants us to be slower") from error
        except SendError as error:
            raise CallFailed(0, error.code) from error
        raise CallFailed(REFUSED.get(code_of(reply), 503), f"Twilio {code_of(reply)}")

    async def status(self, sid: str) -> str:
        """How far a call is, in Twilio's words. Raises SendError."""
        return str((await self._rest.get(f"/Calls/{sid}.json")).json().get("status", ""))

    async def change(self, sid: str, **fields: str) -> bool:
        """Do something else with a call (`Status`, `Twiml`); False where it is over. Raises SendError."""
        reply = await self._rest.post(f"/Calls/{sid}.json", fields)
        if reply.status >= 500:
            raise TemporarySendError("Twilio has trouble", provider_code=str(reply.status))
        return reply.ok

    async def put_through(self, sid: str, to: str, *, ring_s: int) -> bool:
        """Connect somebody who is on the line with another number; False where the call is over. Raises SendError."""
        return await self.change(sid, Twiml=twiml.dial(self._settings, to, ring_s=ring_s))

    async def account_status(self) -> str:
        """ "active", or what is wrong. Raises SendError."""
        reply = await self._rest.get(".json")
        return str(reply.json().get("status", "")) if reply.ok else code_of(reply)

    async def recording(self, sid: str, *, most: int) -> bytes:
        """A message that Twilio took for us (WAV). Raises SendError."""
        return await self._rest.download(f"/Recordings/{sid}.wav", hosts=MEDIA_HOSTS, most=most)

    async def forget(self, sid: str) -> None:
        """Delete a recording there: it lies here now. Raises SendError."""
        reply: Reply = await self._rest.delete(f"/Recordings/{sid}.json")
        if not reply.ok and reply.status != GONE:
            raise TemporarySendError("the recording was not deleted", provider_code=code_of(reply))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._rest.close()
