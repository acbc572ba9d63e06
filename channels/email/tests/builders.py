"""Parts for the mail channel's tests: one mailbox, mails, a store that keeps, and a raw line to a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from channels.email.adapter import EmailChannel
from channels.email.mapping import ENVELOPE_TO
from channels.email.oauth import AccessTokens
from channels.email.sandbox import MailSandbox
from channels.email.settings import EmailSettings, RelaySettings
from core.contract.ports import AcceptRaw, ItemKey, RawDelivery
from core.contract.schema import Address, OutboundMessage

ADDRESS = "phananh@example.vn"
CITIZEN = "an.nguyen@hopthu.example.vn"
SECRET = "payload-secret-for-tests-0001"
CONVERSATION = "5f0c1a2b3c4d4e5f8a9b0c1d2e3f4a5b"
MESSAGE_ID = f"<c.{CONVERSATION}.4lsum3ex7f3v@example.vn>"
RECEIVED_AT = datetime(2026, 11, 16, 2, 20, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[1] / "payloads"


def settings(**changes: Any) -> EmailSettings:
    """The test mailbox; ports are free ones."""
    given = {
        "address": ADDRESS,
        "display_name": "Trung tâm Phản ánh hiện trường",
        "aliases": ("postmaster@example.vn",),
        "smtp_port": 0,
        "lmtp_port": 0,
        "token_secret": SECRET,
        "trusted_authserv_ids": ("mail.example.vn",),
    }
    return EmailSettings.model_validate(given | changes)


def delivery(body: bytes, *, to: str = ADDRESS, **headers: str) -> RawDelivery:
    """A mail as our server records it."""
    return RawDelivery("email", ADDRESS, body, {ENVELOPE_TO: to, **headers}, received_at=RECEIVED_AT)


def payload(name: str) -> RawDelivery:
    """A recorded mail."""
    return delivery((PAYLOADS / f"{name}.eml").read_bytes())


def payload_names(prefix: str = "") -> list[str]:
    """All recorded mails whose name begins so."""
    return sorted(path.stem for path in PAYLOADS.glob(f"{prefix}*.eml"))


def mail(
    text: str = "Đường ngập.", *, sender: str = CITIZEN, key: str = "t1", at: datetime = RECEIVED_AT
) -> EmailMessage:
    """A plain mail of a citizen."""
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = f"Nguyễn Văn An <{sender}>"
    message["To"] = ADDRESS
    message["Subject"] = "Phản ánh"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{key}@hopthu.example.vn>"
    message.set_content(text, cte="base64")
    return message


def outbound(text: str = "Đã nhận.", **changes: Any) -> OutboundMessage:
    """An answer of ours to the citizen."""
    given = {
        "id": "outbox-1",
        "channel": "email",
        "account": ADDRESS,
        "recipient": Address(channel="email", account=ADDRESS, value=CITIZEN),
        "text": text,
        "subject": "[PA-123456] Đã tiếp nhận",
        "conversation_id": CONVERSATION,
    }
    return OutboundMessage.model_validate(given | changes)


class Store:
    """Stands for the inbox: keeps deliveries, each key once, or raises."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.kept: list[tuple[RawDelivery, Sequence[ItemKey]]] = []

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey]) -> None:
        if self.failure is not None:
            raise self.failure
        self.kept.append((delivery, items))

    @property
    def keys(self) -> set[str]:
        return {item.dedupe_key for _, items in self.kept for item in items}


@asynccontextmanager
async def listening(accept: AcceptRaw, **changes: Any) -> AsyncIterator[EmailChannel]:
    """The channel with open ears."""
    channel = EmailChannel(settings(**changes))
    await channel.start(accept)
    try:
        yield channel
    finally:
        await channel.stop()


@asynccontextmanager
async def provider(
    *, tokens: AccessTokens | None = None, accepted: set[str] | None = None, **changes: Any
) -> AsyncIterator[tuple[EmailChannel, MailSandbox]]:
    """
    The channel with the sandbox as its relay; changes are the relay's.

    `accepted`: access tokens without which it takes nothing; `tokens` has them.
    """
    sandbox = MailSandbox(gateway=("127.0.0.1", 0), tokens=accepted)
    await sandbox.start()
    host, port = sandbox.smtp
    usual = {"host": host, "port": port, "tls": "none", "connect_seconds": 5, "send_seconds": 10}
    relay = RelaySettings.model_validate(usual | changes)
    try:
        yield EmailChannel(settings(relay=relay), tokens=tokens), sandbox
    finally:
        await sandbox.stop()


class Line:
    """A raw conversation with a server, line by line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def read(self) -> str:
        """One reply, its lines joined by newlines; empty at the end of the connection."""
        lines: list[str] = []
        while True:
            line = (await self.reader.readline()).decode().rstrip("\r\n")
            lines.append(line)
            if len(line) < 4 or line[3] != "-":
                return "\n".join(lines)

    async def say(self, *lines: str | bytes) -> str:
        """Send lines and read one reply."""
        await self.write(*lines)
        return await self.read()

    async def write(self, *lines: str | bytes) -> None:
        """Send lines without reading."""
        for line in lines:
            self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self.writer.drain()


@asynccontextmanager
async def line(address: tuple[str, int]) -> AsyncIterator[Line]:
    """A connection to a server; its greeting is still to be read."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


def changed(found: RawDelivery, **changes: Any) -> RawDelivery:
    """A copy with other fields."""
    return replace(found, **changes)
