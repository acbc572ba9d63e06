"""Twilio's side: the Messages resource, signed hooks, pictures behind a password."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import encode_basic_auth, web

from channels.playing import twilio_signature
from channels.sms.sandbox.moods import Mood
from channels.sms.sandbox.network import Network
from channels.sms.sandbox.phones import Shown, digits

ACCOUNT = "/2010-04-01/Accounts/{account}"
ERRORS = {
    Mood.THROTTLED: (429, 20429),
    Mood.ERROR: (500, 20500),
    Mood.REFUSE: (400, 21211),
    Mood.OPTED_OUT: (400, 21610),
    Mood.WRONG_KEY: (401, 20003),
    Mood.NO_MONEY: (403, 20005),
}


class TwilioSide:
    """One account."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._files: dict[str, tuple[bytes, str]] = {}
        self._made: dict[str, str] = {}

    def routes(self) -> list[web.RouteDef]:
        """What the gateway, and the published client, may call."""
        return [
            web.post(f"{ACCOUNT}/Messages.json", self._create),
            web.get(f"{ACCOUNT}/Messages.json", self._list),
            web.get(f"{ACCOUNT}.json", self._account),
            web.get(f"{ACCOUNT}/Media/{{id}}", self._file),
        ]

    async def say(self, number: str, text: str, photo: bytes | None, *, base_url: str) -> int:
        """A citizen writes; the status the gateway answered."""
        files: dict[str, str] = {}
        if photo is not None:
            name = "ME" + secrets.token_hex(16)
            self._files[name] = (photo, "image/jpeg")
            account = ACCOUNT.format(account=self._network.secrets.account_sid)
            files = {"MediaUrl0": f"{base_url}{account}/Media/{name}", "MediaContentType0": "image/jpeg"}
        fields = {
            "MessageSid": "SM" + secrets.token_hex(16),
            "AccountSid": self._network.secrets.account_sid,
            "From": f"+{number}",
            "To": self._network.number,
            "Body": text,
            "NumSegments": "1",
            "NumMedia": str(len(files) // 2),
            **files,
        }
        statuses = [await self._post(self._network.hook, fields) for _ in self._network.in_order([None])]
        return statuses[-1]

    async def _create(self, request: web.Request) -> web.Response:
        network, form = self._network, await request.post()
        if not self._knows(request) or network.mood in ERRORS:
            return _error(*ERRORS[network.mood if self._knows(request) else Mood.WRONG_KEY])
        message = network.phones.keep(
            str(form["To"]),
            str(form.get("From") or form.get("MessagingServiceSid")),
            str(form["Body"]),
            named=f"SM{network.phones.next_id():032x}",
        )
        self._made[message.id] = format_datetime(datetime.now(UTC))
        if network.mood is Mood.CUT_AFTER:
            assert request.transport is not None
            request.transport.abort()
        if network.mood is Mood.BROKEN:
            return web.Response(text="<html>Bad gateway</html>", status=201)
        if "StatusCallback" in form and network.reports:
            network.later(self._report(str(form["StatusCallback"]), message.id, message.to))
        said = {"sid": message.id, "status": "queued", "body": message.text, "num_segments": str(message.segments)}
        rest: dict[str, Any] = {"error_code": None, "to": str(form["To"]), "from": message.sender, "num_media": "0"}
        return web.json_response(said | rest, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        """The newest first, one page."""
        if not self._knows(request):
            return _error(401, 20003)
        to, most = request.query.get("To", ""), int(request.query.get("PageSize", "50"))
        found = [one for one in reversed(self._network.phones.shown) if not to or one.to == digits(to)]
        messages = [self._listed(one) for one in found[:most]]
        return web.json_response({"messages": messages, "page": 0, "page_size": most, "next_page_uri": None})

    def _listed(self, message: Shown) -> dict[str, Any]:
        ends = "undelivered" if self._network.mood is Mood.UNDELIVERED else "delivered"
        said = {"sid": message.id, "status": ends, "body": message.text, "to": f"+{message.to}"}
        made = self._made[message.id]
        return said | {"from": message.sender, "error_code": None, "date_created": made, "date_sent": made}

    async def _report(self, url: str, sid: str, to: str) -> None:
        ends = [("undelivered", "30003")] if self._network.mood is Mood.UNDELIVERED else [("delivered", "")]
        for status, error in self._network.in_order([("queued", ""), ("sent", ""), *ends]):
            fields = {"MessageSid": sid, "MessageStatus": status, "To": f"+{to}", "From": self._network.number}
            account = {"AccountSid": self._network.secrets.account_sid}
            await self._post(url, fields | account | ({"ErrorCode": error} if error else {}))

    async def _post(self, url: str, fields: dict[str, str]) -> int:
        signature = twilio_signature(self._network.secrets.auth_token, url, fields)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        status, _ = await self._network.call("POST", url, data=urlencode(fields).encode(), headers=headers)
        return status

    async def _account(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return _error(401, 20003)
        return web.json_response({"sid": request.match_info["account"], "status": "active", "type": "Full"})

    async def _file(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return _error(401, 20003)
        if request.match_info["id"] not in self._files:
            return _error(404, 20404)
        data, media_type = self._files[request.match_info["id"]]
        return web.Response(body=data, content_type=media_type)

    def _knows(self, request: web.Request) -> bool:
        """Basic authentication with the account's own token."""
        own = self._network.secrets
        return request.headers.get("Authorization") == encode_basic_auth(own.account_sid, own.auth_token)


def _error(status: int, code: int) -> web.Response:
    headers = {"Retry-After": "3"} if status == 429 else {}
    return web.json_response({"code": code, "message": "sandbox", "status": status}, status=status, headers=headers)
