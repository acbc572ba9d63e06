"""
The calls to eSMS, and what its codes mean (developers.esms.vn).

`RequestId` is the outbox id: within 24 hours eSMS takes it once, so that whatever was cut off may simply be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.http import ProviderHttp
from channels.sms.carrier import Submission, Table, failure
from channels.sms.phones import national
from channels.sms.segments import Alphabet, alphabet_of
from channels.sms.settings import EsmsSettings
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    NotLetIn,
    OutcomeUnknown,
    QuotaSpent,
    RecipientUnreachable,
    TemporarySendError,
    Throttled,
)

SERVICE = "/MainService.svc/json"
ACCEPTED = frozenset({"100", "124"})
"""Taken; taken already under this RequestId."""
ERRORS: Table = {
    "101": NotLetIn,
    "102": NotLetIn,
    "103": QuotaSpent,
    "104": ChannelMisconfigured,
    "108": RecipientUnreachable,
    "118": MessageInvalid,
    "119": RecipientUnreachable,
    "120": MessageInvalid,
    "140": ChannelMisconfigured,
    "143": ChannelMisconfigured,
    "146": MessageInvalid,
    "160": Throttled,
    "177": ChannelMisconfigured,
    "201": MessageInvalid,
}


class EsmsClient:
    """One account. `callback` is the public address where eSMS tells what became of a message."""

    def __init__(self, settings: EsmsSettings, *, callback: str) -> None:
        self._settings = settings
        self._callback = callback
        self._http = ProviderHttp(settings.base_url, timeout=settings.timeout)

    async def send(self, submission: Submission) -> str:
        """Hand over one message; returns our own id, by which receipts name it. Raises SendError."""
        try:
            reply = await self._http.post_json(f"{SERVICE}/SendMultipleMessage_V4_post_json/", self._body(submission))
            code = str(reply.json().get("CodeResult", "")) if reply.ok else ""
        except OutcomeUnknown as error:
            raise TemporarySendError("cut off; to be repeated under the same RequestId", provider_code="cut") from error
        if code not in ACCEPTED:
            raise failure(ERRORS, code, status=reply.status)
        return submission.id

    async def status_of(self, request_id: str) -> Mapping[str, Any]:
        """What became of a message, as eSMS tells it in its calls to us. Raises SendError."""
        query = {
            "RefId": request_id,
            "ApiKey": self._settings.api_key.get_secret_value(),
            "SecretKey": self._settings.secret_key.get_secret_value(),
        }
        return (await self._http.get(f"{SERVICE}/GetSendStatus", query=query)).json()

    async def balance(self) -> int:
        """Đồng left in the account. Raises SendError."""
        keys = {
            "ApiKey": self._settings.api_key.get_secret_value(),
            "SecretKey": self._settings.secret_key.get_secret_value(),
        }
        reply = await self._http.post_json(f"{SERVICE}/GetBalance_json", keys)
        answer = reply.json()
        code = str(answer.get("CodeResponse", ""))
        if not reply.ok or code != "100":
            raise failure(ERRORS, code, status=reply.status)
        try:
            return int(answer.get("Balance", ""))
        except (ValueError, TypeError):
            raise ConnectionFailed("no balance in the answer", provider_code=code) from None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    def _body(self, submission: Submission) -> dict[str, str]:
        settings = self._settings
        return {
            "ApiKey": settings.api_key.get_secret_value(),
            "SecretKey": settings.secret_key.get_secret_value(),
            "Phone": national(submission.to),
            "Content": submission.text,
            "Brandname": settings.sender,
            "SmsType": settings.sms_type,
            "IsUnicode": str(int(alphabet_of(submission.text) is Alphabet.UCS2)),
            "Sandbox": str(int(settings.sandbox)),
            "RequestId": submission.id,
            "CallbackUrl": self._callback,
            "campaignid": submission.purpose,
        }
