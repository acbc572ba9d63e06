"""
The citizen's mail provider, played: a real SMTP server that keeps what it receives, and a small JSON API.

It speaks SMTP in both directions, so the gateway's own code is what is tried. Moods change how it takes mail.

| method | path | what |
|---|---|---|
| GET | /mails?to=… | mails received, oldest first, read as a person's program would show them |
| GET | /mails/{id}/raw | one mail's bytes |
| DELETE | /mails | forget all |
| POST | /send | write to the gateway: from, to, subject, text, html, in_reply_to, attachments, headers; or raw |
| POST | /mails/{id}/reply | answer one mail as its recipient: text (quotes like a Vietnamese mail program) |
| GET, PUT | /mood | mood: one of `Mood`; seconds for slow |
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from enum import StrEnum
from typing import cast

import aiosmtplib
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from channels.email.sandbox_mails import DOMAIN, KeptMail, addresses, delivery_report, write, write_reply
from channels.playing import read_object

HOST = "127.0.0.1"
SEND_SECONDS = 30.0


class Mood(StrEnum):
    """How the provider behaves."""

    NORMAL = "normal"
    SLOW = "slow"
    TEMPORARY = "temporary"
    REFUSE = "refuse"
    FULL = "full"
    ERROR = "error"
    BROKEN = "broken"
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"
    BOUNCE = "bounce"


@dataclass
class MailSandbox:
    """
    The provider as an object: `start`, `stop`, `mails`, `mood`, `send`.

    `gateway` is host and port of the gateway's SMTP server, where the citizens' mails go. `tokens`: access tokens that
    count; where there is such a set, nobody hands over a mail without one (XOAUTH2).
    """

    gateway: tuple[str, int]
    mood: Mood = Mood.NORMAL
    tokens: set[str] | None = None
    seconds: float = 1.0
    mails: list[KeptMail] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    smtp: tuple[str, int] = (HOST, 0)
    http: tuple[str, int] = (HOST, 0)
    _servers: list[asyncio.Server] = field(default_factory=list)
    _runner: web.AppRunner | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _last_id: int = 0

    async def start(self, *, smtp_port: int = 0, http_port: int = 0) -> None:
        """Open both ports (0: any free one); the addresses taken are in `smtp` and `http`."""
        server = await asyncio.get_running_loop().create_server(self._greet, HOST, smtp_port)
        self._servers.append(server)
        self.smtp = (HOST, int(server.sockets[0].getsockname()[1]))
        self._runner = web.AppRunner(self.app())
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, http_port)
        await site.start()
        self.http = (HOST, int(self._runner.addresses[0][1]))

    def _greet(self) -> SMTP:
        """One more session."""
        by_token = self.tokens is not None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a log-in without TLS: it never leaves this machine
            return SMTP(
                _Sink(self),
                enable_SMTPUTF8=True,
                hostname=DOMAIN,
                ident="sandbox",
                loop=asyncio.get_running_loop(),
                auth_required=by_token,
                auth_require_tls=not by_token,
            )

    async def stop(self) -> None:
        """Close both ports."""
        for server in self._servers:
            server.close()
        if self._runner is not None:
            await self._runner.cleanup()
        for task in list(self._tasks):
            await task

    def app(self) -> web.Application:
        """The JSON API, also to be mounted by others."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.add_routes(
            [
                web.get("/mails", self._list),
                web.get("/mails/{id}/raw", self._raw),
                web.delete("/mails", self._forget),
                web.post("/mails/{id}/reply", self._reply),
                web.post("/send", self._send),
                web.get("/mood", self._get_mood),
                web.put("/mood", self._put_mood),
            ]
        )
        return app

    async def send(self, raw: bytes, *, sender: str, recipients: list[str]) -> str:
        """Deliver a mail to the gateway over SMTP; returns its reply. Raises aiosmtplib.SMTPException."""
        async with aiosmtplib.SMTP(
            hostname=self.gateway[0],
            port=self.gateway[1],
            local_hostname=DOMAIN,
            start_tls=False,
            timeout=SEND_SECONDS,
        ) as session:
            _, reply = await session.sendmail(sender, recipients, raw, mail_options=["SMTPUTF8"])
        return reply

    def keep(self, envelope_from: str, recipient: str, raw: bytes) -> None:
        """Put a mail into its recipient's box."""
        self._last_id += 1
        self.mails.append(KeptMail(self._last_id, envelope_from, recipient, raw, datetime.now(UTC)))
        self.arrived.set()

    def bounce(self, envelope_from: str, recipient: str, raw: bytes) -> None:
        """Send the writer a delivery report, as a provider does which finds out later."""
        report = delivery_report(recipient, raw, to=envelope_from)
        task = asyncio.create_task(self._deliver_report(report, envelope_from))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_report(self, report: bytes, to: str) -> None:
        await self.send(report, sender="", recipients=[to])

    async def _list(self, request: web.Request) -> web.Response:
        wanted = request.query.get("to", "").lower()
        shown = [mail.shown() for mail in self.mails if not wanted or mail.recipient.lower() == wanted]
        return web.json_response(shown)

    async def _raw(self, request: web.Request) -> web.Response:
        return web.Response(body=self._mail(request).raw, content_type="message/rfc822")

    async def _forget(self, request: web.Request) -> web.Response:
        self.mails.clear()
        self.arrived.clear()
        return web.Response(status=204)

    async def _send(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            raw = base64.b64decode(wanted["raw"], validate=True) if "raw" in wanted else write(wanted).as_bytes()
            recipients = addresses(wanted["to"])
        except (KeyError, ValueError, TypeError, binascii.Error) as error:
            raise web.HTTPBadRequest(text=f"cannot write this mail: {error}") from error
        return await self._delivered(raw, sender=parseaddr(str(wanted.get("from", "")))[1], recipients=recipients)

    async def _reply(self, request: web.Request) -> web.Response:
        kept = self._mail(request)
        wanted = await read_object(request)
        reply = write_reply(kept, str(wanted.get("text", "")))
        to = parseaddr(str(reply["To"]))[1]
        return await self._delivered(reply.as_bytes(), sender=kept.recipient, recipients=[to])

    async def _delivered(self, raw: bytes, *, sender: str, recipients: list[str]) -> web.Response:
        try:
            reply = await self.send(raw, sender=sender, recipients=recipients)
        except (aiosmtplib.SMTPException, OSError) as error:
            return web.json_response({"sent": False, "reply": str(error)}, status=502)
        return web.json_response({"sent": True, "reply": reply})

    async def _get_mood(self, request: web.Request) -> web.Response:
        return web.json_response({"mood": self.mood, "seconds": self.seconds, "moods": list(Mood)})

    async def _put_mood(self, request: web.Request) -> web.Response:
        wanted = await read_object(request)
        try:
            self.mood = Mood(str(wanted.get("mood", self.mood)))
            self.seconds = float(wanted.get("seconds", self.seconds))
        except (ValueError, TypeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return await self._get_mood(request)

    def _mail(self, request: web.Request) -> KeptMail:
        for mail in self.mails:
            if str(mail.id) == request.match_info["id"]:
                return mail
        raise web.HTTPNotFound


class _Sink:
    """aiosmtpd's hooks: take, delay, refuse or cut, as the mood says."""

    def __init__(self, provider: MailSandbox) -> None:
        self._provider = provider

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """A token that counts, whoever shows it."""
        shown = base64.b64decode(args[1]).decode().partition("auth=Bearer ")[2].rstrip("\1") if len(args) > 1 else ""
        return AuthResult(success=shown in (self._provider.tokens or ()), handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mood = self._provider.mood
        if mood is Mood.REFUSE:
            return "550 5.1.1 User unknown"
        if mood is Mood.FULL:
            return "452 4.2.2 Mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        provider = self._provider
        if provider.mood is Mood.TEMPORARY:
            return "451 4.7.1 Greylisted, try again later"
        if provider.mood is Mood.ERROR:
            return "451 4.3.0 Local error in processing"
        if provider.mood is Mood.SLOW:
            await asyncio.sleep(provider.seconds)
        if provider.mood is Mood.CUT_BEFORE:
            return _cut(server)
        for address in envelope.rcpt_tos:
            raw = bytes(envelope.original_content or b"")
            if provider.mood is Mood.BOUNCE:
                provider.bounce(envelope.mail_from or "", address, raw)
            else:
                provider.keep(envelope.mail_from or "", address, raw)
        if provider.mood is Mood.BROKEN:
            return "<html>Bad gateway</html>"
        return _cut(server) if provider.mood is Mood.CUT_AFTER else "250 2.0.0 OK"


def _cut(server: SMTP) -> str:
    """Break the connection without an answer."""
    cast(asyncio.Transport, server.transport).abort()
    raise ConnectionResetError("cut by the sandbox")
