"""
The only way out: one SMTP session with the relay per mail, every step with a time limit.

What went wrong is judged by how far we had come. Before DATA nothing was handed over, so a cut is ConnectionFailed
and may be repeated. From DATA on the relay may have taken the mail although we did not hear it: OutcomeUnknown. A
repeat then carries the same Message-ID, so at worst the citizen's program shows the mail once although it came twice.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum

import aiosmtplib

from channels.base import redact
from channels.email.compose import OutgoingMail
from channels.email.oauth import AccessTokens
from channels.email.settings import RelaySettings
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    NotLetIn,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)

THROTTLED_SECONDS = 600.0
DETAIL_LIMIT = 200
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Stage(IntEnum):
    """How far a session has come."""

    CONNECT = 1
    SENDER = 2
    RECIPIENT = 3
    CONTENT = 4


class Relay:
    """The relay as configured; holds no connection between mails. `tokens`: for a log-in without password."""

    def __init__(self, settings: RelaySettings, *, hostname: str, tokens: AccessTokens | None = None) -> None:
        self._settings = settings
        self._hostname = hostname
        by_token = settings.username and not settings.password.get_secret_value()
        self._tokens = tokens if by_token else None

    async def send(self, mail: OutgoingMail) -> None:
        """Hand one mail over; returns when the relay has confirmed it. Raises SendError."""
        session: aiosmtplib.SMTP | None = None
        stage = Stage.CONNECT
        try:
            async with asyncio.timeout(self._settings.send_seconds):
                session = await self._connected()
                stage = Stage.SENDER
                await session.mail(mail.envelope_from)
                stage = Stage.RECIPIENT
                await session.rcpt(mail.recipient)
                stage = Stage.CONTENT
                await session.data(mail.content, timeout=self._settings.send_seconds)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise translate(error, stage) from None  # the cause quotes addresses, which must not reach a log
        finally:
            await _leave(session)

    async def probe(self) -> datetime | None:
        """
        Ask the relay whether it would talk to us (greeting, TLS, log-in).

        Returns: when its certificate ends, aware; None without TLS.
        Raises: SendError.
        """
        session: aiosmtplib.SMTP | None = None
        try:
            async with asyncio.timeout(self._settings.connect_seconds):
                session = await self._connected()
                await session.noop()
                return _certificate_end(session)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise translate(error, Stage.CONNECT) from None
        finally:
            await _leave(session)

    async def _connected(self) -> aiosmtplib.SMTP:
        """A session, logged in; a token that is refused is replaced once."""
        shown = await self._tokens.access() if self._tokens is not None else ""
        try:
            return await self._opened(shown)
        except aiosmtplib.SMTPAuthenticationError:
            if self._tokens is None:
                raise
        return await self._opened(await self._tokens.access(refused=shown))

    async def _opened(self, token: str) -> aiosmtplib.SMTP:
        session = self._session(token)
        try:
            await session.connect()
        except BaseException:
            await _leave(session)
            raise
        return session

    def _session(self, token: str) -> aiosmtplib.SMTP:
        settings = self._settings

        async def show() -> str:
            return token

        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.password.get_secret_value() or None,
            local_hostname=self._hostname,
            timeout=settings.connect_seconds,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            cert_bundle=settings.ca_file or None,
            oauth_token_generator=show if token else None,
        )


def translate(error: Exception, stage: Stage) -> SendError:
    """Which of our errors a failed session is, by what the relay said and how far we had come."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and 400 <= error.code < 600:
        return _by_reply(error.code, error.message, stage)
    if isinstance(error, aiosmtplib.SMTPNotSupported) or type(error) is aiosmtplib.SMTPException:
        unmet = NotLetIn if stage is Stage.CONNECT else ChannelMisconfigured
        return unmet("the relay does not offer the TLS or log-in that is configured")
    if _untrusted(error):
        return NotLetIn("the relay's certificate is not trusted")
    if stage is Stage.CONTENT:
        return OutcomeUnknown("the connection broke while the mail was handed over")
    return ConnectionFailed(f"no session with the relay: {type(error).__name__}")


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _by_reply(code: int, text: str, stage: Stage) -> SendError:
    enhanced = _ENHANCED.search(text)
    provider_code = f"{code} {enhanced[0]}" if enhanced else str(code)
    subject = int(enhanced[2]) if enhanced else 0
    detail = f"{stage.name.lower()}: {code} {redact(text)}"[:DETAIL_LIMIT]
    if 400 <= code < 500:
        if code == 421 or subject == 7:  # too many sessions, greylisting, rate limits
            return Throttled(detail, retry_after=THROTTLED_SECONDS, provider_code=provider_code)
        return TemporarySendError(detail, provider_code=provider_code)
    return _permanent(stage, subject)(detail, provider_code=provider_code)


def _permanent(stage: Stage, subject: int) -> type[SendError]:
    """5yz: before RCPT it is about us; at RCPT about the address, unless policy (x.7.x) forbids; then the content."""
    if stage is Stage.CONNECT:
        return NotLetIn
    if stage is Stage.SENDER:
        return ChannelMisconfigured
    if subject == 7:
        return ProviderRefused
    if stage is Stage.RECIPIENT or subject == 1:
        return RecipientUnreachable
    return MessageInvalid


def _certificate_end(session: aiosmtplib.SMTP) -> datetime | None:
    transport = session.transport
    shown = transport.get_extra_info("peercert") if transport else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC) if shown else None


async def _leave(session: aiosmtplib.SMTP | None) -> None:
    """Part politely if the session still stands; how that goes changes nothing."""
    if session is None:
        return
    if session.is_connected:
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await session.quit(timeout=2)
    session.close()
