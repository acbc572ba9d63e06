"""
Our ears: a real SMTP server and a real LMTP server in the process's own event loop.

Neither relays: a recipient that is not ours is refused with 550. A mail is confirmed with 250 only after `take` has
stored it; what cannot be stored now is refused with 451, so that the sending server keeps and repeats it.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.email.smtp_session import TOO_LARGE, IntakeLMTP, IntakeSMTP
from core.contract.errors import IntakeUnavailable, PayloadInvalid, PayloadTooLarge, SignatureInvalid

IDENT = "Lang Nghe"
MAX_RECIPIENTS = 50
OK = "250 2.0.0 OK, stored"
TRY_LATER = "451 4.3.0 Cannot store it now, try again later"
NOT_OURS = "550 5.1.1 No such mailbox here"
UNREADABLE = "554 5.6.0 The message is empty"

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


def _printable(address: str) -> str:
    """aiosmtpd leaves undecodable bytes as surrogates, and writes the null return path as `<>`."""
    text = address.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "" if text == "<>" else text


def _host(peer: Any) -> str:
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""
