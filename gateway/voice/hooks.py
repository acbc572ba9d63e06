"""
`/hooks/twilio/<account>/…`: what Twilio asks about calls.

| path | when | answer |
|---|---|---|
| voice | somebody calls | a stream to the telephony process; without one, a request to leave a message |
| stream/<name> | the sound of a call (websocket) | passed on |
| after | a stream is over, or a transfer | the next stream, the end, or a message |
| gather, recorded | a number was typed, a message was spoken | the message, thanks |
| recording, status | a message is there; how far a call is | nothing to say |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from channels.base import first_of, read_form, same
from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL
from channels.call_center.twilio import forms, twiml
from channels.call_center.twilio.settings import VoiceSettings
from channels.call_center.twilio.tokens import node_of
from channels.twilio import HEADER, check
from core.contract.errors import SignatureInvalid
from core.contract.ports import HookedChannel, RawDelivery
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.hooks import read_body, split_or_quarantine
from gateway.settings.call_twilio import voice_settings
from gateway.telephony.paths import STREAMS, VOICE, node_socket, node_sockets
from gateway.telephony.peers import Away, Peers
from gateway.voice.captures import Captures
from gateway.voice.relay import relay

log = structlog.get_logger()
PATIENCE_S = 5.0
"""Twilio waits fifteen seconds, then the caller hears that something is wrong."""
LONGEST_FORM = 64 * 1024


def setup_voice(app: web.Application) -> None:
    """Mount the hooks, where there is a line at Twilio."""
    deployment = app[DEPLOYMENT]
    settings, channel = voice_settings(deployment.settings), deployment.channels.get(CHANNEL)
    if settings is None or not isinstance(channel, CallCenterChannel):
        return
    hooks = VoiceHooks(deployment, settings, Captures(deployment.inbox, channel))
    below = "/hooks/twilio/{account}"
    posts = ("voice", "after", "gather", "recorded", "recording", "status")
    app.add_routes([web.post(f"{below}/{name}", getattr(hooks, name)) for name in posts])
    app.router.add_get(f"{below}/stream/{{name}}", hooks.stream)


class VoiceHooks:
    """The hooks of one line. `captures` takes what has to be heard without us."""

    def __init__(self, deployment: Deployment, settings: VoiceSettings, captures: Captures) -> None:
        self._now, self._data = deployment.now, deployment.settings.data
        self._settings, self._captures, self._refusals = settings, captures, deployment.refusals
        self._inbox, self._messages = deployment.inbox, _messages_of(deployment, settings)
        self._lines = Peers(lambda: node_sockets(self._data, VOICE), spread=True)

    async def voice(self, request: web.Request) -> web.Response:
        """Somebody calls."""
        arrived = forms.arrived(await self._form(request))
        said = await self._ask("call", arrived.sid, unless=("full",), caller=arrived.caller, called=arrived.called)
        problem = said.get("error", "")
        if not problem:
            return _twiml(twiml.connect(self._settings, said["stream"]))
        if problem == "refused":
            return _twiml(twiml.reject("rejected"))
        if problem == "full" and self._settings.rejects:
            return _twiml(twiml.reject("busy"))
        return await self._capture(arrived, "full" if problem == "full" else "away")

    async def after(self, request: web.Request) -> web.Response:
        """Sound or a transfer has ended."""
        form = await self._form(request)
        arrived, went = forms.arrived(form), forms.dialled(form)
        if (news := forms.news(form)).is_over:
            await self._tell(news)
            return _twiml(twiml.hang_up())
        dialled = {"status": went.status, "code": went.code} if went else None
        said = await self._ask("after", arrived.sid, unless=("gone",), dialled=dialled)
        if "error" not in said:
            stream = said["stream"]
            return _twiml(twiml.connect(self._settings, stream) if stream else twiml.hang_up())
        if forms.is_ours(form) or (went and not went.code):
            return _twiml(twiml.hang_up())
        return await self._capture(arrived, "broken")

    async def gather(self, request: web.Request) -> web.Response:
        """Somebody whose number is withheld typed one."""
        form = await self._form(request)
        await self._captures.number(forms.arrived(form), forms.typed(form), now=self._now())
        return _twiml(twiml.tape(self._settings))

    async def recorded(self, request: web.Request) -> web.Response:
        """A message was spoken; it is told of again when it can be fetched."""
        await self._form(request)
        return _twiml(twiml.thank(self._settings))

    async def recording(self, request: web.Request) -> web.Response:
        """A message can be fetched."""
        form = await self._form(request)
        await self._captures.message(forms.arrived(form), forms.tape_of(form), now=self._now())
        return web.Response(status=204)

    async def status(self, request: web.Request) -> web.Response:
        """How far a call is; or a message (SMS) of the same account, whoever was told to send that here."""
        body, form = await self._read(request)
        if "MessageSid" in form and self._messages is not None:
            await self._keep(body, self._messages)
        else:
            await self._tell(forms.news(form))
        return web.Response(status=204)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The sound of a call: its address is what Twilio signs."""
        name = request.match_info["name"]
        self._check(request, url=self._settings.stream(name))
        node = node_of(name)
        if node is None or not self._is_ours(request):
            raise web.HTTPNotFound
        return await relay(request, to=node_socket(self._data, STREAMS, node), token=name)

    async def _capture(self, arrived: forms.Arrived, why: twiml.Why) -> web.Response:
        log.warning("call_to_be_captured", call=arrived.sid, why=why)
        await self._captures.begin(arrived, now=self._now())
        return _twiml(twiml.capture(self._settings, why, asks_number=not arrived.caller))

    async def _tell(self, news: forms.News) -> None:
        await self._ask("told", news.sid, unless=("gone",), status=news.status, code=news.code)

    async def _ask(self, action: str, sid: str, *, unless: tuple[str, ...], **more: Any) -> dict[str, Any]:
        """What the telephony processes say; `away` where none does."""
        try:
            return await self._lines.ask({"action": action, "sid": sid, **more}, within_s=PATIENCE_S, unless=unless)
        except Away:
            return {"error": "away"}

    async def _keep(self, body: bytes, channel: HookedChannel) -> None:
        delivery = RawDelivery(channel.name, channel.account, body, {}, received_at=self._now())
        items, reason = split_or_quarantine(channel, delivery)
        await self._inbox.accept(delivery, items, quarantine=reason)

    async def _form(self, request: web.Request) -> dict[str, str]:
        return (await self._read(request))[1]

    async def _read(self, request: web.Request) -> tuple[bytes, dict[str, str]]:
        """What Twilio says, proved. Raises: SignatureInvalid, PayloadInvalid."""
        body = await read_body(request, most=LONGEST_FORM)
        fields = read_form(body)
        name = request.path.rpartition("/")[2]
        query = request.raw_path.partition("?")[2]
        self._check(request, url=self._settings.hook(name) + (f"?{query}" if query else ""), body=body, fields=fields)
        form = first_of(fields)
        if not (self._is_ours(request) and same(form.get("AccountSid", ""), self._settings.account.sid)):
            self._refusals.note(CHANNEL)
            raise SignatureInvalid("another account")
        return body, form

    def _is_ours(self, request: web.Request) -> bool:
        return same(request.match_info["account"], self._settings.account.sid)

    def _check(
        self, request: web.Request, *, url: str, body: bytes = b"", fields: Mapping[str, list[str]] | None = None
    ) -> None:
        given, tokens = request.headers.get(HEADER, ""), self._settings.account.tokens
        try:
            check(given, url=url, body=body, fields=fields or {}, tokens=tokens)
        except SignatureInvalid:
            self._refusals.note(CHANNEL)
            raise


def _messages_of(deployment: Deployment, settings: VoiceSettings) -> HookedChannel | None:
    """The channel of the account's messages, where there is one."""
    hook = f"twilio/{settings.account.sid}/sms"
    hooked = (one for one in deployment.channels.values() if isinstance(one, HookedChannel))
    return next((one for one in hooked if one.hook == hook), None)


def _twiml(document: str) -> web.Response:
    return web.Response(text=document, content_type=twiml.MEDIA_TYPE)
