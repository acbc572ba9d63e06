"""
Our ears: a real SMTP server and a real LMTP server in the process's own event loop.

Neither relays: a recipient that is not ours is refused with 550. A mail is confirmed with 250 only after `take` has
stored it; what cannot be stored now is refused with 451, so that the sending server keeps and repeats it. LMTP
answers once per recipient after DATA (RFC 2033 §4.2), which aiosmtpd's own class does not do.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from channels.email.receiving import receive
from core.contract.errors import IntakeUnavailable, PayloadInvalid, PayloadTooLarge, SignatureInvalid

IDENT = "Lang Nghe"
MAX_RECIPIENTS = 50
LINE_LIMIT = 1 << 20
COMMAND_LIMIT = 2048
OK = "250 2.0.0 OK, stored"
TRY_LATER = "451 4.3.0 Cannot store it now, try again later"
TOO_LARGE = "552 5.3.4 Message too large"
TOO_LONG = "500 5.5.2 Line too long"
NOT_OURS = "550 5.1.1 No such mailbox here"
UNREADABLE = "554 5.6.0 The message is empty"
BUSY = "421 4.3.2 Too many sessions, try again later"
GOING_DOWN = "421 4.3.2 Service is stopping, try again later"

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Incoming:
    """
    One mail as a server handed it to us, with its envelope.

    `mail_from` is empty for the null return path, None where nobody tells (a mailbox keeps no envelope).
    """

    body: bytes
    mail_from: str | None
    recipients: tuple[str, ...]
    peer: str
    protocol: str


Take = Callable[[Incoming], Awaitable[None]]
"""Stores a mail; returns when it is safe, else raises IntakeUnavailable or an InboundError."""


@dataclass(frozen=True)
class Door:
    """Who may come in and what happens to what they bring."""

    receives: Callable[[str], bool]
    take: Take
    hostname: str
    max_bytes: int
    max_sessions: int
    session_seconds: float
    tls: ssl.SSLContext | None = None


class MailServer:
    """One listening port; `lmtp` chooses the protocol."""

    def __init__(self, door: Door, *, lmtp: bool) -> None:
        self._door = door
        self._protocol: type[IntakeSMTP] = IntakeLMTP if lmtp else IntakeSMTP
        self._name = "lmtp" if lmtp else "smtp"
        self._sessions: set[IntakeSMTP] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._server: asyncio.Server | None = None

    @property
    def listening(self) -> bool:
        """Whether new sessions are taken."""
        return self._server is not None and self._server.is_serving()

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen; returns the address really taken (port 0: any free one). Raises OSError when it is in use."""
        # aiosmtpd writes addresses and peers into its log, and after a protocol slip even words of a mail.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: self._new_session(loop), host, port)
        taken = self._server.sockets[0].getsockname()
        return str(taken[0]), int(taken[1])

    async def stop(self, seconds: float) -> None:
        """Take no new session, end the idle ones, and wait up to `seconds` for mails being received."""
        if self._server is None:
            return
        self._server.close()
        for session in list(self._sessions):
            session.retire()
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            logger.warning("mail_sessions_cut", channel="email", protocol=self._name, sessions=len(self._sessions))
            for session in list(self._sessions):
                session.abort()
        await self._server.wait_closed()
        self._server = None

    def enter(self, session: IntakeSMTP) -> bool:
        """Count a session in; False when there are too many."""
        if session not in self._sessions and len(self._sessions) >= self._door.max_sessions:
            return False
        self._sessions.add(session)
        self._empty.clear()
        return True

    def leave(self, session: IntakeSMTP) -> None:
        """Count a session out."""
        self._sessions.discard(session)
        if not self._sessions:
            self._empty.set()

    def _new_session(self, loop: asyncio.AbstractEventLoop) -> IntakeSMTP:
        door = self._door
        return self._protocol(
            _Handler(door, self._name),
            rooms=self,
            data_size_limit=door.max_bytes,
            enable_SMTPUTF8=True,
            hostname=door.hostname,
            ident=IDENT,
            tls_context=door.tls,
            timeout=door.session_seconds,
            loop=loop,
        )


class _Handler:
    """aiosmtpd's hooks: which recipients, and what to answer after DATA."""

    def __init__(self, door: Door, protocol: str) -> None:
        self._door = door
        self._protocol = protocol

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what RFC 2033 §5 asks for, and no AUTH, because nobody may log in here."""
        session.host_name = hostname
        offered = [line for line in responses if not line.startswith("250-AUTH")]
        return [*offered[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", offered[-1]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only our own addresses, and not more of them than anybody needs."""
        if not self._door.receives(address):
            return NOT_OURS
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """SMTP: one reply for the mail. LMTP: one for each recipient, each a delivery of its own."""
        if self._protocol == "smtp":
            return await self._reply(session, envelope, envelope.rcpt_tos)
        return "\r\n".join([await self._reply(session, envelope, [address]) for address in envelope.rcpt_tos])

    async def handle_exception(self, error: Exception) -> str:
        """Never a traceback to the peer, and never a permanent refusal for a fault of ours."""
        logger.error("mail_session_failed", channel="email", protocol=self._protocol, exc_info=error)
        return TRY_LATER

    async def _reply(self, session: Session, envelope: Envelope, recipients: Sequence[str]) -> str:
        incoming = Incoming(
            body=bytes(envelope.original_content or b""),
            mail_from=_printable(envelope.mail_from or ""),
            recipients=tuple(dict.fromkeys(_printable(address).lower() for address in recipients)),
            peer=_host(session.peer),
            protocol=self._protocol,
        )
        reply = await _taken(self._door.take, incoming)
        logger.info(
            "mail_received",
            channel="email",
            protocol=self._protocol,
            outcome=reply[:3],
            bytes=len(incoming.body),
            recipients=len(incoming.recipients),
        )
        return reply


class IntakeSMTP(SMTP):
    """aiosmtpd's server, corrected: long lines, limits of its own per session, an orderly end."""

    line_length_limit = LINE_LIMIT

    def __init__(self, handler: _Handler, *, rooms: MailServer, **options: Any) -> None:
        # The library keeps these in a class attribute that each new session clears under the feet of the others.
        self.command_size_limits = defaultdict(lambda: COMMAND_LIMIT)
        self._rooms = rooms
        self._hooks = handler
        self._most = int(options["data_size_limit"])
        self._refused = False
        self._receiving = False
        self._retiring = False
        super().__init__(handler, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session, unless the house is full."""
        if self._rooms.enter(self):
            super().connection_made(transport)
            return
        self._refused = True
        _farewell(transport, BUSY)

    def connection_lost(self, error: Exception | None) -> None:
        """End a session."""
        self._rooms.leave(self)
        if not self._refused:
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """What a refused peer says is not read."""
        if not self._refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """A refused peer has no session to end."""
        return False if self._refused else super().eof_received()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        """Receive a mail; a stop waits for it."""
        self._receiving = True
        try:
            if await self._may_bring(arg):
                await self._receive()
        finally:
            self._receiving = False
            if self._retiring:
                self._say_goodbye()

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:
        """Encrypt; a peer that hangs up meanwhile ends its session, which asyncio forgets to tell the library."""
        await super().smtp_STARTTLS(arg)
        if self._tls_protocol is not None and (self.session is None or self.session.ssl is None):
            self.connection_lost(ConnectionResetError("gone during the TLS handshake"))

    async def _may_bring(self, arg: str) -> bool:
        """Whether a mail may follow now; says why not. Nobody logs in here, so that is not asked."""
        if await self.check_helo_needed():
            return False
        refusal = (
            "503 5.5.1 Need RCPT first" if not self._envelope.rcpt_tos else "501 5.5.4 Syntax: DATA" if arg else ""
        )
        if refusal:
            await self.push(refusal)
        return not refusal

    async def _receive(self) -> None:
        """All of it at once: the library goes line by line, ten times as long for a photo."""
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            mail = await receive(self._reader, most=self._most, longest_line=self.line_length_limit)
        except (PayloadTooLarge, PayloadInvalid) as problem:
            reply = TOO_LARGE if isinstance(problem, PayloadTooLarge) else TOO_LONG
        else:
            self._envelope.original_content = mail
            reply = await self._hooks.handle_DATA(self, cast(Session, self.session), self._envelope)
        cast(Any, self)._set_post_data_state()
        await self.push(reply)

    @property
    def _envelope(self) -> Envelope:
        """Of the mail in hand; there is one as long as the session lasts."""
        return cast(Envelope, self.envelope)

    def retire(self) -> None:
        """Finish what is being received, then go."""
        self._retiring = True
        if not self._receiving:
            self._say_goodbye()

    def abort(self) -> None:
        """Go now."""
        if self.transport is not None:
            cast(asyncio.Transport, self.transport).abort()

    def _say_goodbye(self) -> None:
        if self.transport is not None:
            _farewell(self.transport, GOING_DOWN)


class IntakeLMTP(IntakeSMTP):
    """LMTP (RFC 2033): LHLO instead of EHLO, and after DATA one reply for each accepted recipient."""

    _replies_due = 0

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:
        """The greeting of LMTP."""
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:
        """Refused by RFC 2033 §4.1."""
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    async def smtp_EHLO(self, arg: str) -> None:
        """Refused by RFC 2033 §4.1."""
        await self.push("500 5.5.1 This is LMTP: say LHLO")

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
        """Receive a mail; from the 354 on every reply is owed to each recipient."""
        try:
            await super().smtp_DATA(arg)
        finally:
            self._replies_due = 0

    async def push(self, status: Any) -> None:
        """Send a reply; one that concerns the mail as a whole is repeated for each recipient."""
        if self._receiving and status.startswith("354") and self.envelope is not None:
            self._replies_due = len(self.envelope.rcpt_tos)
        elif self._replies_due > 1 and "\r\n" not in status:
            for _ in range(self._replies_due - 1):
                await super().push(status)
        await super().push(status)


async def _taken(take: Take, incoming: Incoming) -> str:
    """Store a mail and say in SMTP's words how that went; an unforeseen fault is ours, so the sender tries again."""
    try:
        await take(incoming)
    except IntakeUnavailable:
        return TRY_LATER
    except PayloadTooLarge:
        return TOO_LARGE
    except PayloadInvalid:
        return UNREADABLE
    except SignatureInvalid:
        return NOT_OURS
    except Exception as error:  # the outermost edge: a broken store must not lose the mail
        logger.error("mail_not_stored", channel="email", protocol=incoming.protocol, exc_info=error)
        return TRY_LATER
    return OK


def _farewell(transport: asyncio.BaseTransport, reply: str) -> None:
    """A last word; uvloop's transports are not asyncio's classes, only their likeness, hence no type test."""
    if not transport.is_closing():
        cast(asyncio.Transport, transport).write(reply.encode() + b"\r\n")
        transport.close()


def _printable(address: str) -> str:
    """aiosmtpd leaves undecodable bytes as surrogates, and writes the null return path as `<>`."""
    text = address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "" if text == "<>" else text


def _host(peer: Any) -> str:
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""
