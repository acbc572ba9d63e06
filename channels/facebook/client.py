"""
The only I/O: the calls of the Graph API that we need, each answer translated into what came of it.

Every call bears the Page's token in a header and the proof that we hold the app's secret; neither is ever logged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import FormData

from channels.facebook.batch import ident, inner, objects
from channels.facebook.errors import translate
from channels.facebook.settings import FacebookSettings
from channels.facebook.signature import appsecret_proof
from channels.facebook.usage import Share, read_usage
from channels.http import ProviderHttp, Reply, Turns
from core.contract.errors import NotLetIn, OutcomeUnknown, TemporarySendError
from core.contract.schema import Attachment

FIELDS = (
    "messages",
    "messaging_postbacks",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "message_reactions",
    "message_edits",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
    "feed",
)
"""What we want to be told of a Page."""
SCOPES = frozenset({"pages_messaging", "pages_manage_metadata"})
"""Without these permissions nothing can be sent or heard."""


@dataclass(frozen=True)
class Sent:
    """What the provider took: its id for the message, and for whom."""

    message_id: str
    recipient_id: str


@dataclass(frozen=True)
class TokenState:
    """What a Page's token is worth. `expires`: aware, None where it has no end; `missing`: permissions it lacks."""

    valid: bool
    expires: datetime | None
    missing: frozenset[str]


class GraphClient:
    """The provider, for all Pages of our app."""

    def __init__(self, settings: FacebookSettings) -> None:
        self._settings = settings
        self._http = ProviderHttp(settings.graph_url, timeout=settings.timeout)
        self._turns = {page: Turns(settings.per_second) for page in settings.pages}
        self._shares = {page: Share() for page in settings.pages}

    async def send(self, page: str, payload: Mapping[str, Any], *, urgent: bool) -> Sent:
        """Hand over one message. Raises SendError; an answer without an id leaves the outcome unknown."""
        headers, share = self._headers(page), self._shares[page]
        share.admit(urgent=urgent)
        await self._turns[page].wait()
        reply = await self._http.post_json(
            self._path(page, "messages"), payload, query=self._proof(page), headers=headers
        )
        share.note(read_usage(reply.headers))
        taken = _answer(reply)
        if not ident(taken.get("message_id")):
            raise OutcomeUnknown("the provider took it without an id for it", provider_code=str(reply.status))
        return Sent(ident(taken["message_id"]), ident(taken.get("recipient_id")))

    async def upload(self, page: str, data: bytes, attachment: Attachment) -> str:
        """Give the provider a file to send along; its id for it. Raises SendError: nothing was sent to anybody."""
        payload = {"attachment": {"type": attachment.kind, "payload": {"is_reusable": False}}}
        form = FormData({"message": json.dumps(payload)})
        form.add_field("filedata", data, filename=attachment.name or "tep", content_type=attachment.media_type)
        path = self._path(page, "message_attachments")
        try:
            reply = await self._http.post_form(path, form, query=self._proof(page), headers=self._headers(page))
            return ident(_answer(reply)["attachment_id"])
        except (OutcomeUnknown, KeyError) as error:
            raise TemporarySendError("the provider did not say whether it took a file") from error

    async def comment(self, page: str, comment_id: str, text: str) -> None:
        """Say something under a comment, for everybody to read. Raises SendError."""
        path, said = self._path(comment_id, "comments"), {"message": text}
        _answer(await self._http.post_json(path, said, query=self._proof(page), headers=self._headers(page)))

    async def name(self, page: str, person: str) -> str:
        """What a person is called on Messenger; empty where the provider keeps it to itself. Raises SendError."""
        query = {"fields": "first_name,last_name", **self._proof(page)}
        told = _answer(await self._http.get(self._path(person), query=query, headers=self._headers(page)))
        parts = (told.get(name) for name in ("last_name", "first_name"))  # in the order of Vietnamese names
        return " ".join(part for part in parts if isinstance(part, str) and part)

    async def inspect_token(self, page: str) -> TokenState:
        """What the provider thinks of a Page's token. Raises SendError."""
        settings = self._settings
        secret = settings.app_secret.get_secret_value()
        headers = {"Authorization": f"Bearer {settings.app_id}|{secret}"}
        reply = await self._http.get(
            self._path("debug_token"), query={"input_token": self._token(page)}, headers=headers
        )
        data = inner(_answer(reply), "data")
        granted = data.get("scopes")
        missing = SCOPES.difference(granted) if isinstance(granted, list) else frozenset[str]()
        ends = [_end(data.get(name)) for name in ("expires_at", "data_access_expires_at")]
        return TokenState(data.get("is_valid") is True, min(filter(None, ends), default=None), missing)

    async def is_subscribed(self, page: str) -> bool:
        """Whether this Page's events come to our app: the provider ends that after an hour of failures."""
        reply = await self._http.get(
            self._path(page, "subscribed_apps"), query=self._proof(page), headers=self._headers(page)
        )
        return any(ident(app.get("id")) == self._settings.app_id for app in objects(_answer(reply).get("data")))

    async def subscribe(self, page: str) -> None:
        """Have this Page's events sent to our app (again). Raises SendError."""
        fields = {"subscribed_fields": ",".join(FIELDS)}
        path = self._path(page, "subscribed_apps")
        _answer(await self._http.post_form(path, fields, query=self._proof(page), headers=self._headers(page)))

    async def download(self, url: str, *, most: int) -> bytes:
        """A file that a citizen sent; nobody's token goes with it."""
        return await self._http.download(url, hosts=self._settings.media_hosts, most=most)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    def _path(self, *parts: str) -> str:
        return "/" + "/".join((self._settings.version, *parts))

    def _token(self, page: str) -> str:
        token = self._settings.pages.get(page)
        if token is None:
            raise NotLetIn("no token is configured for this Page")
        return token.get_secret_value()

    def _headers(self, page: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token(page)}"}

    def _proof(self, page: str) -> dict[str, str]:
        return {"appsecret_proof": appsecret_proof(self._token(page), secret=self._settings.secrets[0])}


def _answer(reply: Reply) -> Mapping[str, Any]:
    """The body of a success. Raises SendError for everything else."""
    body = reply.json()
    if not reply.ok or "error" in body:
        raise translate(body, status=reply.status, usage=read_usage(reply.headers))
    return body


def _end(seconds: object) -> datetime | None:
    """When it ends; 0 means never."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < 10**11 else None
