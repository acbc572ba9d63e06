"""The calls to SpeedSMS, and what its codes mean (speedsms.vn/sms-api-service). It has no idempotency key."""

from __future__ import annotations

from typing import Any

from aiohttp import encode_basic_auth

from channels.http import ProviderHttp
from channels.sms.carrier import Submission, Table, failure, taken
from channels.sms.phones import international
from channels.sms.settings import SpeedSmsSettings
from core.contract.errors import (
    MessageInvalid,
    NotLetIn,
    QuotaSpent,
    RecipientUnreachable,
    TemporarySendError,
)

ERRORS: Table = {
    "007": NotLetIn,
    "008": NotLetIn,
    "009": NotLetIn,
    "101": MessageInvalid,
    "105": RecipientUnreachable,
    "110": MessageInvalid,
    "113": MessageInvalid,
    "300": QuotaSpent,
    "500": TemporarySendError,
}


class SpeedSmsClient:
    """One account, known by its token."""

    def __init__(self, settings: SpeedSmsSettings) -> None:
        self._settings = settings
        self._http = ProviderHttp(settings.base_url, timeout=settings.timeout)
        self._headers = {"Authorization": encode_basic_auth(settings.token.get_secret_value(), "x")}

    async def send(self, submission: Submission) -> str:
        """Hand over one message; returns its transaction id. Raises SendError."""
        settings, to = self._settings, international(submission.to)
        body = {"to": [to], "content": submission.text, "sms_type": settings.sms_type, "sender": settings.sender}
        reply = await self._http.post_json("/sms/send", body, headers=self._headers)
        if reply.status >= 500:
            raise failure(ERRORS, "", status=reply.status)
        data = self._data(reply.json(), status=reply.status)
        if data.get("invalidPhone"):
            raise RecipientUnreachable("not a number for SpeedSMS", provider_code="invalidPhone")
        return taken(data.get("tranId"))

    async def balance(self) -> int:
        """Đồng left in the account. Raises SendError."""
        reply = await self._http.get("/user/info", headers=self._headers)
        data = self._data(reply.json(), status=reply.status)
        try:
            return int(data.get("balance", ""))
        except (ValueError, TypeError):
            raise TemporarySendError("no balance in the answer") from None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    def _data(self, answer: dict[str, Any], *, status: int) -> dict[str, Any]:
        """What a good answer holds."""
        data = answer.get("data")
        if answer.get("status") != "success" or not isinstance(data, dict):
            raise failure(ERRORS, str(answer.get("code", "")), status=status)
        return data
