"""
The calls to Twilio's REST interface, and what its errors mean.

https://www.twilio.com/docs/api/errors. Twilio has no idempotency key: what was cut off behind the request is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from channels.sms.carrier import Submission, Table, failure, taken
from channels.sms.settings import TwilioSettings
from channels.twilio import TwilioRest, code_of
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    NeedsReauth,
    RecipientOptedOut,
    RecipientUnreachable,
    Throttled,
)

LISTED = 50
"""Messages to one number that are looked through."""
PASSWORD_SECONDS = 300
"""A one-time password that comes later is of no use to anybody."""
ERRORS: Table = {
    "20003": NeedsReauth,
    "20404": ChannelMisconfigured,
    "20429": Throttled,
    "21211": RecipientUnreachable,
    "21212": ChannelMisconfigured,
    "21408": ChannelMisconfigured,
    "21602": MessageInvalid,
    "21606": ChannelMisconfigured,
    "21610": RecipientOptedOut,
    "21612": RecipientUnreachable,
    "21614": RecipientUnreachable,
    "21617": MessageInvalid,
}


class TwilioClient:
    """One account. `callback` is the public address where Twilio tells what became of a message."""

    def __init__(self, settings: TwilioSettings, *, callback: str) -> None:
        self._settings = settings
        self._callback = callback
        self._rest = TwilioRest(settings.account, base_url=settings.base_url, timeout=settings.timeout)

    async def send(self, submission: Submission) -> str:
        """Hand over one message; returns its sid. Raises SendError."""
        reply = await self._rest.post("/Messages.json", self._form(submission))
        if not reply.ok:
            raise failure(ERRORS, code_of(reply), status=reply.status)
        return taken(reply.json().get("sid"))

    async def messages_to(self, number: str) -> Sequence[Mapping[str, Any]]:
        """What was sent to a number, the newest first. Raises SendError; it may be asked again."""
        query = {"To": number, "PageSize": str(LISTED)}
        reply = await self._rest.get("/Messages.json", query=query)
        if not reply.ok:
            raise failure(ERRORS, code_of(reply), status=reply.status)
        listed = reply.json().get("messages")
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    async def account_status(self) -> str:
        """ "active", or what is wrong with the account. Raises SendError."""
        reply = await self._rest.get(".json")
        if not reply.ok:
            raise failure(ERRORS, code_of(reply), status=reply.status)
        return str(reply.json().get("status", ""))

    async def download(self, url: str, *, most: int) -> bytes:
        """A file of an MMS; only Twilio's own hosts are asked, and only the first hears who we are."""
        return await self._rest.download(url, hosts=self._settings.media_hosts, most=most)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._rest.close()

    def _form(self, submission: Submission) -> dict[str, str]:
        sender = self._settings.sender
        form = {
            "To": submission.to,
            "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
            "Body": submission.text,
            "StatusCallback": self._callback,
            "SmartEncoded": "false",  # what is sent is what we measured
        }
        return form | ({"ValidityPeriod": str(PASSWORD_SECONDS)} if submission.purpose == "otp" else {})
