"""
One session of the server that takes mail: aiosmtpd's protocol, corrected where it would lose a mail or hold one up.

LMTP answers once per recipient after DATA (RFC 2033 §4.2), which the library's own class does not do.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any, Protocol, cast

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from channels.email.receiving import receive
from core.contract.errors import PayloadInvalid, PayloadTooLarge

LINE_LIMIT = 1 << 20
COMMAND_LIMIT = 2048
TOO_LARGE = "552 5.3.4 Message too large"
TOO_LONG = "500 5.5.2 Line too long"
BUSY = "421 4.3.2 Too many sessions, try again later"
GOING_DOWN = "421 4.3.2 Service is stopping, try again later"


class Hooks(Protocol):
    """What is made of a mail that was received."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str: ...


class Rooms(Protocol):
    """How many sessions there may be."""

    def enter(self, session: IntakeSMTP) -> bool: ...
    def leave(self, session: IntakeSMTP) -> None: ...


class IntakeSMTP(SMTP):
    """aiosmtpd's server, corrected: long lines, limits of its own per session, an orderly end."""

    line_length_limit = LINE_LIMIT

    def __init__(self, hooks: Hooks, *, rooms: Rooms, **options: Any) -> None:
        # The library keeps these in a class attribute that each new session clears under the feet of the others.
        self.command_size_limits = defaultdict(lambda: COMMAND_LIMIT)
        self._rooms = rooms
        self._hooks = hooks
        self._most = int(options["data_size_limit"])
        self._refused = False
        self._receiving = False
        self._retiring = False
        super().__init__(hooks, **options)

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


def _farewell(transport: asyncio.BaseTransport, reply: str) -> None:
    """A last word; uvloop's transports are not asyncio's classes, only their likeness, hence no type test."""
    if not transport.is_closing():
        cast(asyncio.Transport, transport).write(reply.encode() + b"\r\n")
        transport.close()
