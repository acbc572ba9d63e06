"""The two Vietnamese gateways' side: eSMS.vn and SpeedSMS."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from aiohttp import encode_basic_auth, web

from channels.playing import read_object
from channels.sms.sandbox.moods import Mood
from channels.sms.sandbox.network import Network
from channels.sms.sandbox.phones import Shown

VIETNAM = timezone(timedelta(hours=7))
ESMS = "/MainService.svc/json"
SPEEDSMS = "/index.php"
ESMS_ERRORS = {
    Mood.THROTTLED: "160",
    Mood.REFUSE: "119",
    Mood.OPTED_OUT: "120",
    Mood.WRONG_KEY: "101",
    Mood.NO_MONEY: "103",
}
SPEEDSMS_ERRORS = {
    Mood.ERROR: "500",
    Mood.REFUSE: "105",
    Mood.OPTED_OUT: "105",
    Mood.WRONG_KEY: "008",
    Mood.NO_MONEY: "300",
}


class EsmsSide:
    """Takes each RequestId once; tells what became of a message by GET."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._taken: dict[str, Shown] = {}

    def routes(self) -> list[web.RouteDef]:
        """What the gateway may call."""
        return [
            web.post(f"{ESMS}/SendMultipleMessage_V4_post_json/", self._send),
            web.post(f"{ESMS}/GetBalance_json", self._balance),
            web.get(f"{ESMS}/GetSendStatus", self._status),
        ]

    async def say(self, number: str, text: str) -> int:
        """A citizen writes to the short number; the status the gateway answered."""
        now = datetime.now(VIETNAM)
        fields = {
            "sender": number,
            "content": text,
            "serviceNumber": self._network.number,
            "keyword": text.partition(" ")[0],
            "cpid": "CP1",
            "smsid": secrets.token_hex(8),
            "receiverTime": f"{now:%Y%m%d%H%M%S}",
        }
        fields["sign"] = self._sign(fields)
        url = f"{self._network.hook}?{urlencode(fields)}"
        return [(await self._network.call("GET", url))[0] for _ in self._network.in_order([None])][-1]

    def _sign(self, fields: dict[str, str]) -> str:
        signed = "".join(fields[name] for name in ("cpid", "smsid", "content", "receiverTime"))
        own = (signed + self._network.secrets.private_key).encode()
        return base64.b64encode(hashlib.md5(own, usedforsecurity=False).digest()).decode()

    async def _send(self, request: web.Request) -> web.Response:
        network, wanted = self._network, await read_object(request)
        if network.mood is Mood.ERROR:
            return web.Response(status=500)
        if not self._knows(wanted) or network.mood in ESMS_ERRORS:
            code = ESMS_ERRORS.get(network.mood, "101") if self._knows(wanted) else "101"
            return web.json_response({"CodeResult": code, "ErrorMessage": "sandbox"})
        request_id = wanted["RequestId"]
        if request_id in self._taken:
            return web.json_response({"CodeResult": "124", "ErrorMessage": "RequestId is not unique"})
        sms_id = secrets.token_hex(16) + "250"
        message = network.phones.keep(
            wanted["Phone"], wanted["Brandname"], wanted["Content"], named=sms_id, request_id=request_id
        )
        self._taken[request_id] = message
        if network.mood is Mood.CUT_AFTER:
            assert request.transport is not None
            request.transport.abort()
        if network.mood is Mood.BROKEN:
            return web.Response(text="Server Error in '/' Application.")
        if network.reports:
            network.later(self._report(wanted["CallbackUrl"], message))
        return web.json_response({"CodeResult": "100", "CountRegenerate": 0, "SMSID": sms_id}, content_type="text/html")

    async def _report(self, url: str, message: Shown) -> None:
        failed = self._network.mood is Mood.UNDELIVERED
        for status in self._network.in_order(["7", "5"]):
            done = status == "5"
            fields = {
                "SMSID": message.id,
                "RequestId": message.request_id,
                "SendStatus": status,
                "SendSuccess": str(int(done and not failed)),
                "SendFailed": str(int(done and failed)),
                "TypeId": "2",
                "telcoid": "1",
                "phonenumber": message.to,
                "partnerids": "",
                "error_info": "thuê bao không liên lạc được" if done and failed else "",
            }
            await self._network.call("GET", f"{url}?{urlencode(fields)}")

    async def _status(self, request: web.Request) -> web.Response:
        if not self._knows(dict(request.query)):
            return web.json_response({"CodeResponse": "101"})
        message = self._taken.get(request.query["RefId"])
        if message is None:
            return web.json_response({"CodeResponse": "99", "ErrorMessage": "sandbox"})
        ends = {"SendStatus": 5, "SendSuccess": 1, "SendFailed": 0, "TotalSent": 1, "TotalReceiver": 1}
        return web.json_response({"CodeResponse": "100", "SMSID": message.id, **ends})

    async def _balance(self, request: web.Request) -> web.Response:
        if not self._knows(await read_object(request)):
            return web.json_response({"CodeResponse": "101", "Balance": 0})
        balance = 0 if self._network.mood is Mood.NO_MONEY else 1_500_000
        return web.json_response({"CodeResponse": "100", "Balance": balance, "UserID": 7}, content_type="text/html")

    def _knows(self, wanted: dict[str, Any]) -> bool:
        own = self._network.secrets
        return (wanted.get("ApiKey"), wanted.get("SecretKey")) == (own.api_key, own.secret_key)


class SpeedSmsSide:
    """Gives messages of citizens no id; tells what became of a message by POST."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def routes(self) -> list[web.RouteDef]:
        """What the gateway may call."""
        return [web.post(f"{SPEEDSMS}/sms/send", self._send), web.get(f"{SPEEDSMS}/user/info", self._info)]

    async def say(self, number: str, text: str) -> int:
        """A citizen writes; the status the gateway answered."""
        event = {"type": "sms", "phone": number, "content": text}
        return [await self._post(event) for _ in self._network.in_order([None])][-1]

    async def _send(self, request: web.Request) -> web.Response:
        network, wanted = self._network, await read_object(request)
        if network.mood is Mood.THROTTLED:
            return web.Response(status=429, headers={"Retry-After": "3"})
        if not self._knows(request) or network.mood in SPEEDSMS_ERRORS:
            code = SPEEDSMS_ERRORS.get(network.mood, "008") if self._knows(request) else "008"
            return web.json_response({"status": "error", "code": code, "message": "sandbox"})
        transaction = network.phones.next_id()
        message = network.phones.keep(wanted["to"][0], wanted["sender"], wanted["content"], named=str(transaction))
        if network.mood is Mood.CUT_AFTER:
            assert request.transport is not None
            request.transport.abort()
        if network.mood is Mood.BROKEN:
            return web.Response(text="")
        if network.reports:
            network.later(self._report(transaction, message.to))
        data = {"tranId": transaction, "totalSMS": message.segments, "totalPrice": 250, "invalidPhone": []}
        return web.json_response({"status": "success", "code": "00", "data": data})

    async def _report(self, transaction: int, to: str) -> None:
        status = -1 if self._network.mood is Mood.UNDELIVERED else 0
        for _ in self._network.in_order([None]):
            await self._post({"type": "report", "tranId": transaction, "phone": to, "status": status})

    async def _post(self, event: dict[str, Any]) -> int:
        import json

        body = json.dumps(event, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        return (await self._network.call("POST", self._network.hook, data=body, headers=headers))[0]

    async def _info(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return web.json_response({"status": "error", "code": "008", "message": "sandbox"})
        balance = 0 if self._network.mood is Mood.NO_MONEY else 1_500_000
        return web.json_response({"status": "success", "data": {"balance": balance, "currency": "VND"}})

    def _knows(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == encode_basic_auth(self._network.secrets.token, "x")
