"""The mail channel in reading order: verify, split, parse, listen, send, health. It decides and stores nothing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography import x509

from channels.email.client import Relay
from channels.email.compose import compose
from channels.email.imap import Desk, MailboxReader, Memory, Progress
from channels.email.listen import Door, Incoming, MailServer
from channels.email.mapping import (
    CHANNEL,
    ENVELOPE_FROM,
    ENVELOPE_PEER,
    ENVELOPE_PROTOCOL,
    ENVELOPE_TO,
    MailMapping,
    accepted_recipients,
)
from channels.email.oauth import AccessTokens
from channels.email.settings import EmailSettings
from channels.listening import Alone, Lease
from core.contract.errors import ChannelMisconfigured, NotFound, PayloadTooLarge, SendError, SignatureInvalid
from core.contract.ports import (
    AcceptRaw,
    Allowance,
    Health,
    ItemKey,
    MediaStore,
    RawDelivery,
    Reach,
    SendResult,
)
from core.contract.schema import OutboundMessage, Parsed

AT_ONCE = 20


def _utc_now() -> datetime:
    return datetime.now(UTC)


class EmailChannel:
    """One mailbox: heard over SMTP, LMTP and IMAP, answered through a relay. Implements `ListeningChannel`."""

    name = CHANNEL
    threaded = True
    codes_to: Literal["phone", "email", ""]

    def __init__(
        self,
        settings: EmailSettings,
        *,
        media: MediaStore | None = None,
        progress: Progress | None = None,
        lease: Lease | None = None,
        tokens: AccessTokens | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self._tokens = tokens
        self._mapping = MailMapping.of(settings)
        self._media = media
        self._clock = clock
        relay = settings.relay
        self._relay = Relay(relay, hostname=settings.mail_domain, tokens=tokens) if relay else None
        self.codes_to, self.codes_from = "email" if settings.relay else "", settings.address
        self._progress = progress or Memory()
        self._lease = lease or Alone()
        self._reader: MailboxReader | None = None
        self._servers: dict[str, MailServer] = {}
        self.listening_on: dict[str, tuple[str, int]] = {}

    @property
    def allowance(self) -> Allowance:
        """As many connections as a relay takes from one client without a second thought."""
        return Allowance(at_once=AT_ONCE)

    @property
    def reaches(self) -> Sequence[Reach]:
        """Every mail address, where a relay takes our letters."""
        if self._relay is None:
            return ()
        return (Reach("email", "thư điện tử", self.settings.address, files=True),)

    def verify(self, delivery: RawDelivery) -> None:
        """
        Check that a mail is for this mailbox and within the limit; mail itself proves no sender.

        What our edge server found out about the sender is in `InboundMessage.authenticity`.
        Raises: SignatureInvalid: no recipient is ours. PayloadTooLarge: over `max_bytes`.
        """
        if not any(self._mapping.threads.receives(address) for address in accepted_recipients(delivery)):
            raise SignatureInvalid("no recipient of this mail is ours")
        if len(delivery.body) > self.settings.max_bytes:
            raise PayloadTooLarge(f"the mail is over {self.settings.max_bytes} bytes")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item per mail, from its headers alone. Raises PayloadInvalid when there is nothing in it."""
        return self._mapping.split(delivery)

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the mail means. Raises PayloadInvalid when nobody can be answered or nothing can be read."""
        return self._mapping.parse(delivery, item)

    def extract_files(self, delivery: RawDelivery, item: ItemKey) -> dict[str, bytes]:
        """The attached files' bytes by SHA-256 (as in `InboundMessage.attachments`), for the worker to store."""
        return self._mapping.extract_files(delivery)

    async def start(self, accept: AcceptRaw) -> None:
        """Listen on the configured ports; where that was, port 0 included, stands in `listening_on` afterwards."""
        settings = self.settings
        ears = {"smtp": (settings.smtp_host, settings.smtp_port), "lmtp": (settings.lmtp_host, settings.lmtp_port)}
        try:
            for name, (host, port) in ears.items():
                if port is not None:
                    server = MailServer(self._door(accept, tls=name == "smtp"), lmtp=name == "lmtp")
                    self.listening_on[name] = await server.start(host, port)
                    self._servers[name] = server
        except OSError:
            await self.stop()
            raise
        if settings.imap is not None:
            self._reader = MailboxReader(settings.imap, self._desk(accept))
            self._reader.start()

    async def stop(self) -> None:
        """Take no new mail, finish those being received; idempotent."""
        if self._reader is not None:
            await self._reader.stop()
            self._reader = None
        for server in self._servers.values():
            await server.stop(self.settings.stop_seconds)
        self._servers.clear()
        self.listening_on.clear()
        if self._tokens is not None:
            await self._tokens.close()

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Hand one mail to the relay; the provider id is our Message-ID, the same for each try of one outbox row.

        Raises SendError. After OutcomeUnknown a repeat is safe for the citizen: same Message-ID.
        """
        if self._relay is None:
            raise ChannelMisconfigured("no relay is configured for outgoing mail")
        files = await self._files(message)
        mail = compose(message, settings=self.settings, now=self._clock(), files=files)
        await self._relay.send(mail)
        return SendResult(provider_message_id=mail.message_id)

    async def check_health(self) -> Health:
        """Whether our ears are open and the relay would talk to us now; which certificate ends first, ours or its."""
        own = await asyncio.to_thread(_certificate_end, self.settings.tls_certificate)
        expires = {"certificate": own} if own else {}
        deaf = [name for name, server in self._servers.items() if not server.listening]
        if deaf:
            return Health(ok=False, detail=f"Không nhận được thư qua cổng {', '.join(deaf)}.", expires=expires)
        if self._reader is not None and self._reader.trouble.told:
            detail = f"Không đọc được hộp thư qua IMAP ({self._reader.trouble.told})."
            return Health(ok=False, detail=detail, expires=expires)
        if self._relay is None:
            detail = "Chưa cấu hình máy chủ gửi thư; chỉ nhận được thư đến."
            return Health(ok=False, detail=detail, expires=expires)
        try:
            theirs = await self._relay.probe()
        except SendError as error:
            return Health(ok=False, detail=f"Máy chủ gửi thư chưa sẵn sàng ({error.code}).", expires=expires)
        if theirs is not None:
            expires = {"certificate": min(theirs, own or theirs)}
        return Health(ok=True, detail="Kênh thư điện tử hoạt động bình thường.", expires=expires)

    async def _files(self, message: OutboundMessage) -> dict[str, bytes]:
        """Bytes by stored key; what is erased, or has no store to come from, is named in the mail instead."""
        found: dict[str, bytes] = {}
        for key in {attachment.stored_key for attachment in message.attachments} - {""}:
            with suppress(NotFound):
                found |= {key: await self._media.get(key)} if self._media else {}
        return found

    def _door(self, accept: AcceptRaw, *, tls: bool) -> Door:
        settings = self.settings

        async def take(incoming: Incoming) -> None:
            delivery = self._delivery(incoming)
            self.verify(delivery)
            await accept(delivery, self.split(delivery))

        return Door(
            receives=self._mapping.threads.receives,
            take=take,
            hostname=settings.mail_domain,
            max_bytes=settings.max_bytes,
            max_sessions=settings.max_sessions,
            session_seconds=settings.session_seconds,
            tls=_tls_context(settings) if tls else None,
        )

    def _desk(self, accept: AcceptRaw) -> Desk:
        settings = self.settings

        async def take(body: bytes) -> None:
            recipients = self._mapping.noted_recipients(body)
            delivery = self._delivery(Incoming(body, None, recipients, peer="", protocol="imap"))
            self.verify(delivery)
            await accept(delivery, self.split(delivery))

        by_token = settings.imap is not None and not settings.imap.password.get_secret_value()
        tokens = self._tokens if by_token else None
        return Desk(take, tokens, self._progress, self._lease, self._clock, settings.max_bytes)

    def _delivery(self, incoming: Incoming) -> RawDelivery:
        return RawDelivery(
            channel=CHANNEL,
            account=self.settings.address,
            body=incoming.body,
            headers={name: value for name, value in _envelope(incoming).items() if value is not None},
            received_at=self._clock(),
        )


def _envelope(incoming: Incoming) -> dict[str, str | None]:
    return {
        ENVELOPE_FROM: incoming.mail_from,
        ENVELOPE_TO: ", ".join(incoming.recipients),
        ENVELOPE_PEER: incoming.peer,
        ENVELOPE_PROTOCOL: incoming.protocol,
    }


def _certificate_end(path: str) -> datetime | None:
    """When the certificate that our own SMTP port shows ends."""
    return x509.load_pem_x509_certificate(Path(path).read_bytes()).not_valid_after_utc if path else None


def _tls_context(settings: EmailSettings) -> ssl.SSLContext | None:
    if not settings.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return context
