"""The mail channel's side of the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiosmtplib
from pydantic import SecretStr

from channels.email.adapter import EmailChannel
from channels.email.oauth import MailTokens
from channels.email.sandbox import MailSandbox, Mood
from channels.email.sandbox_mails import KeptMail
from channels.email.sandbox_oauth import TokenMood, TokenServer
from channels.email.settings import OAuthSettings
from channels.email.tests.builders import (
    ADDRESS,
    SECRET,
    delivery,
    listening,
    mail,
    outbound,
    payload,
    provider,
    settings,
)
from core.contract.errors import NeedsReauth, OutcomeUnknown, TemporarySendError, Throttled
from core.contract.ports import AcceptRaw, RawDelivery
from core.contract.schema import DeliveryStatus
from tests.contract.subject import NOON, Played, ProviderMood, Subject, Trouble, Written
from tests.support.tokens import MemoryTokens

ROBOTS = ("auto__out_of_office", "auto__mailing_list", "auto__no_reply_sender", "auto__null_return_path")
EVENTS = ("person", "reply", "forward", "auto", "loop", "bounce", "receipt", "complaint", "ignored", "quarantine")
ENCODINGS = {
    "person__windows_1258": "Đường trước trường tiểu học có ổ gà rất lớn, nguy hiểm cho học sinh.",
    "person__tcvn3": "Xưởng gỗ cạnh nhà tôi hoạt động suốt đêm, đề nghị kiểm tra.",
    "person__vni": "Cây xanh trước cổng trường bị đổ, đề nghị xử lý.",
    "person__mojibake": "Nước sinh hoạt có mùi lạ từ sáng.",
    "person__unknown_charset": "Bãi rác tự phát sau chợ bốc mùi.",
    "person__quoted_printable_iso_subject": "Rác thải ở kiệt 5 đường Nguyễn Huệ ba ngày chưa thu gom, bốc mùi.",
}
MOODS = {
    ProviderMood.NORMAL: Mood.NORMAL,
    ProviderMood.TEMPORARY: Mood.TEMPORARY,
    ProviderMood.REFUSED: Mood.REFUSE,
    ProviderMood.CUT: Mood.CUT_AFTER,
}


def write(written: Written) -> RawDelivery:
    """A citizen's mail as a delivery."""
    body = _mail(written)
    found = delivery(body)
    return RawDelivery(found.channel, found.account, found.body, found.headers, received_at=written.at)


def _mail(written: Written) -> bytes:
    sender = f"{written.sender}@hopthu.example.vn"
    return mail(written.text, sender=sender, key=f"{written.sender}-{written.key}", at=written.at).as_bytes()


def with_file(name: str, data: bytes) -> RawDelivery:
    """A mail with one attachment that lies about its type."""
    message = mail("Ảnh kèm theo.")
    message.add_attachment(data, maintype="application", subtype="x-msdownload", filename=name)
    return delivery(message.as_bytes())


def _with_two() -> RawDelivery:
    message = mail("Hai ảnh.")
    for number in (1, 2):
        message.add_attachment(bytes([137, 80, 78, 71, number]), maintype="image", subtype="png", filename="a.png")
    return delivery(message.as_bytes())


@dataclass
class Box(Played):
    """The provider while it runs."""

    moods = MOODS
    channel: EmailChannel
    sandbox: MailSandbox
    server: TokenServer

    async def set_mood(self, mood: ProviderMood | str) -> None:
        if mood == "expired":
            self.server.mood = TokenMood.ENDED
            self.server.tokens.clear()
        else:
            await super().set_mood(mood)

    def received(self) -> Sequence[str]:
        return [_words(kept) for kept in self.sandbox.mails]


def _words(kept: KeptMail) -> str:
    body = kept.read().get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


@asynccontextmanager
async def running(**changes: Any) -> AsyncIterator[Box]:
    """The channel, the sandbox behind it, and whose access tokens it wants to see."""
    server, kept = TokenServer("client", "secret", "refresh"), MemoryTokens(lambda: NOON)
    await server.start()
    oauth = OAuthSettings(
        token_url=server.url, client_id="client", client_secret=SecretStr("secret"), refresh_token=SecretStr("refresh")
    )
    tokens = MailTokens(oauth, kept, account=ADDRESS, now=lambda: NOON)
    try:
        async with provider(tokens=tokens, accepted=server.tokens, username=ADDRESS, **changes) as (channel, sandbox):
            yield Box(channel, sandbox, server)
            await channel.stop()
    finally:
        await server.stop()


@dataclass
class Door:
    """Our SMTP port, seen from a citizen's provider."""

    address: tuple[str, int]

    async def bring(self, written: Written) -> bool:
        sender, body = f"{written.sender}@hopthu.example.vn", _mail(written)
        host, port = self.address
        try:
            await aiosmtplib.send(body, sender=sender, recipients=[ADDRESS], hostname=host, port=port, start_tls=False)
        except aiosmtplib.SMTPResponseException:
            return False
        return True


@asynccontextmanager
async def wired(accept: AcceptRaw) -> AsyncIterator[Door]:
    """The channel listening."""
    async with listening(accept) as channel:
        yield Door(channel.listening_on["smtp"])


def subject() -> Subject:
    """The mail channel under contract."""
    stranger = delivery(mail("bimat").as_bytes(), to="nguoi.khac@example.vn")
    return Subject(
        name="email",
        channel=lambda: EmailChannel(settings(max_bytes=200_000)),
        write=write,
        secret=SECRET,
        forged={
            "for somebody else": stranger,
            "for nobody": delivery(mail("bimat").as_bytes(), to=""),
            "for an invented bounce address": delivery(
                mail("bimat").as_bytes(), to="bounces+m.aaaaaaaaaaaa.bbbbbbbb@example.vn"
            ),
        },
        oversized={"over the limit": delivery(mail("x").as_bytes() + b"x" * 200_000)},
        broken={
            name: payload(name)
            for name in (
                "quarantine__boundary_lost",
                "quarantine__broken_base64_text",
                "quarantine__nested_madly",
                "quarantine__no_sender",
                "quarantine__noise",
            )
        },
        ignored={
            name: payload(name)
            for name in ("loop__own_mark", "bounce__not_about_us", "ignored__calendar_only", "receipt__deleted_unread")
        },
        automatic={name: payload(name) for name in ROBOTS},
        receipts={
            "bounce__permanent": (payload("bounce__permanent"), DeliveryStatus.FAILED),
            "bounce__delivered": (payload("bounce__delivered"), DeliveryStatus.DELIVERED),
            "receipt__read": (payload("receipt__read"), DeliveryStatus.READ),
        },
        encodings={name: (payload(name), words) for name, words in ENCODINGS.items()},
        with_file={"attachment": with_file},
        albums={"two attachments": [_with_two()]},
        failures={
            Trouble.THROTTLED: ("temporary", Throttled),
            Trouble.ERROR: ("error", TemporarySendError),
            Trouble.BROKEN: ("broken", OutcomeUnknown),
            Trouble.EXPIRED: ("expired", NeedsReauth),
            "mailbox full": ("full", TemporarySendError),
        },
        events=EVENTS,
        replay=payload,
        outbound=outbound,
        provider=running,
        impatient=partial(running, send_seconds=0.4),
        wire=wired,
    )
