"""
The provider's interface, one method a call, with whatever token stands; every failure is a SendError.

Only handing over a message can end in OutcomeUnknown. Whatever can be repeated without anybody noticing (asking,
uploading, renewing tokens) is ConnectionFailed then.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import aiohttp

from channels.http import ProviderHttp, Reply
from channels.zalo.errors import EXPIRED, code_of, failure
from channels.zalo.oauth import OAuth
from channels.zalo.settings import ZaloSettings
from channels.zalo.signature import proof_of
from channels.zalo.tokens import TokenKeeper
from core.contract.errors import ConnectionFailed, NeedsReauth, OutcomeUnknown, ProviderRefused
from core.contract.ports import TokenStore

CHAT = "/v3.0/oa/message/cs"
VISITOR_CHAT = "/v2.0/oa/message"
QUOTA = "/v3.0/oa/quota/message"
TEMPLATE = "/message/template"
ACCOUNT = "/v2.0/oa/getoa"
PROFILE = "/v3.0/oa/user/detail"
RECENT = "/v2.0/oa/listrecentchat"
CONVERSATION = "/v2.0/oa/conversation"
UPLOADS = {"image": "/v2.0/oa/upload/image", "gif": "/v2.0/oa/upload/gif", "file": "/v2.0/oa/upload/file"}
PAGE = 10
"""Messages that the provider lists at once."""

Ask = Callable[[Mapping[str, str]], Awaitable[Reply]]


class ZaloApi:
    """One official account at the provider."""

    def __init__(self, settings: ZaloSettings, store: TokenStore, *, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._api = ProviderHttp(settings.api_url, timeout=settings.seconds)
        self._templates = ProviderHttp(settings.template_url, timeout=settings.seconds)
        self._tokens = ProviderHttp(settings.oauth_url, timeout=settings.seconds)
        self.oauth = OAuth(settings, self._tokens)
        self.keeper = TokenKeeper(store, self.oauth, account=settings.oa_id, works=self._works, now=now)

    async def message(self, payload: Mapping[str, Any], *, path: str = CHAT) -> str:
        """Hand over one message of a chat; the provider's id for it."""
        answer = await self._asked(lambda headers: self._api.post_json(path, payload, headers=headers))
        return _id(answer, "message_id")

    async def template(self, payload: Mapping[str, Any]) -> str:
        """Hand over one message by phone number; the provider's id for it."""
        answer = await self._asked(lambda headers: self._templates.post_json(TEMPLATE, payload, headers=headers))
        return _id(answer, "msg_id")

    async def upload(self, sort: str, data: bytes, *, name: str, media_type: str) -> str:
        """Bring a file over; what it is called there, for a few days at most."""

        async def ask(headers: Mapping[str, str]) -> Reply:
            form = aiohttp.FormData()
            form.add_field("file", data, filename=name or "tep", content_type=media_type)
            return await self._api.post_form(UPLOADS[sort], form, headers=headers)

        answer = await self._repeatable(ask)
        return _id(answer, "token" if sort == "file" else "attachment_id")

    async def quota_left(self) -> int | None:
        """Messages beyond the free window that are paid already; None where the provider does not say."""
        wanted = {"quota_owner": "OA", "product_type": "cs"}
        answer = await self._repeatable(lambda headers: self._api.post_json(QUOTA, wanted, headers=headers))
        data = answer.get("data")
        listed = [one for one in (data if isinstance(data, list) else [data]) if isinstance(one, dict)]
        left = [int(one["remain"]) for one in listed if str(one.get("remain", "")).isdecimal()]
        return sum(left) if left else None

    async def account(self) -> Mapping[str, Any]:
        """Our own official account: the harmless question."""
        return await self._repeatable(lambda headers: self._api.get(ACCOUNT, headers=headers))

    async def display_name(self, user: str) -> str:
        """What a person calls themselves."""
        query = {"data": json.dumps({"user_id": user}, separators=(",", ":"))}
        answer = await self._repeatable(lambda headers: self._api.get(PROFILE, query=query, headers=headers))
        data = answer.get("data")
        name = data.get("display_name") if isinstance(data, dict) else None
        return name if isinstance(name, str) else ""

    async def recent_chats(self, *, offset: int) -> Sequence[Mapping[str, Any]]:
        """The last message of each chat, the newest first, ten at a time."""
        return await self._listed(RECENT, {"offset": offset, "count": PAGE})

    async def conversation(self, user: str, *, offset: int) -> Sequence[Mapping[str, Any]]:
        """The messages of one chat, the newest first, ten at a time."""
        return await self._listed(CONVERSATION, {"user_id": user, "offset": offset, "count": PAGE})

    async def download(self, source: str, *, most: int) -> bytes:
        """A file that a citizen sent; the provider's plain-http links are asked for over https."""
        secure = source if self._api.at_home else source.replace("http://", "https://", 1)
        return await self._api.download(secure, hosts=self._settings.media_hosts, most=most)

    async def close(self) -> None:
        """Let go of every connection, not in the middle of a renewal."""
        await self.keeper.settle(self._settings.seconds)
        for http in (self._api, self._templates, self._tokens):
            await http.close()

    async def _listed(self, path: str, wanted: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        query = {"data": json.dumps(wanted, separators=(",", ":"))}
        answer = await self._repeatable(lambda headers: self._api.get(path, query=query, headers=headers))
        data = answer.get("data")
        return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []

    async def _repeatable(self, ask: Ask) -> Mapping[str, Any]:
        try:
            return await self._asked(ask)
        except OutcomeUnknown as error:
            raise ConnectionFailed("no answer to what can be asked again", provider_code=error.provider_code) from error

    async def _asked(self, ask: Ask) -> Mapping[str, Any]:
        """With the token that stands; refused, with the next one, and then no more."""
        tokens = await self.keeper.usable()
        answer = await self._answer(ask, tokens.access)
        if code_of(answer) in EXPIRED:
            tokens = await self.keeper.after_refusal(tokens)
            answer = await self._answer(ask, tokens.access)
        code = code_of(answer)
        if code in EXPIRED:
            await self.keeper.give_up(tokens)
            raise NeedsReauth("refused with a fresh token", provider_code=str(code))
        if code:
            raise failure(code, now=self._now())
        return answer

    async def _answer(self, ask: Ask, access: str) -> Mapping[str, Any]:
        reply = await ask(self._headers(access))
        if reply.status >= 500:
            raise OutcomeUnknown("the provider failed", provider_code=str(reply.status))
        answer = reply.json()
        if not reply.ok and not code_of(answer):
            raise ProviderRefused("refused without a code", provider_code=str(reply.status))
        return answer

    async def _works(self, access: str) -> bool:
        """Whether the provider takes this access token. ConnectionFailed where it does not say."""
        try:
            answer = await self._answer(lambda headers: self._api.get(ACCOUNT, headers=headers), access)
        except OutcomeUnknown as error:
            raise ConnectionFailed("no answer to the probe") from error
        return code_of(answer) not in EXPIRED

    def _headers(self, access: str) -> Mapping[str, str]:
        secret = self._settings.app_secret.get_secret_value()
        proof = {"appsecret_proof": proof_of(access, app_secret=secret)} if self._settings.proves_calls else {}
        return {"access_token": access} | proof


def _id(answer: Mapping[str, Any], name: str) -> str:
    """Taken without an id: it went out, and nobody can match what is told of it."""
    data = answer.get("data")
    found = data.get(name) if isinstance(data, dict) else None
    if not found:
        raise OutcomeUnknown("taken without an id")
    return str(found)
