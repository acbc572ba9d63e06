"""Sending through a real relay on loopback: what each way of failing becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509

from channels.email.adapter import EmailChannel
from channels.email.sandbox import Mood
from channels.email.settings import RelaySettings
from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    MESSAGE_ID,
    Store,
    line,
    listening,
    outbound,
    provider,
    settings,
)
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    NotFound,
    NotLetIn,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.schema import Address, Attachment, AttachmentKind

SILENCE = "silence"
GREETED = ["220 relay", "250 relay"]


@asynccontextmanager
async def scripted(*replies: str | None) -> AsyncIterator[tuple[RelaySettings, list[str]]]:
    """
    A relay that says these lines in turn; None: it hangs up, SILENCE: it stops answering.

    Yields its settings and what it heard.
    """
    heard: list[str] = []
    sessions: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.append(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            for reply in replies:
                if reply is None:
                    break
                if reply == SILENCE:
                    await reader.read()
                    break
                writer.write(reply.encode() + b"\r\n")
                said = (await reader.readline()).decode().strip()
                heard.append(said)
                if reply.startswith("354"):
                    await reader.readuntil(b"\r\n.\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield RelaySettings(host="127.0.0.1", port=port, tls="none", connect_seconds=5, send_seconds=10), heard
    server.close()
    await asyncio.gather(*filter(None, sessions))


async def failure(*replies: str | None, **changes: object) -> SendError:
    """The error of a send to a relay that behaves so."""
    async with scripted(*replies) as (relay, _):
        channel = EmailChannel(settings(relay=relay.model_copy(update=changes)))
        with pytest.raises(SendError) as error:
            await channel.send(outbound())
    return error.value


async def test_a_mail_goes_out() -> None:
    """Envelope, words and the id that later receipts name."""
    async with provider() as (channel, sandbox):
        result = await channel.send(outbound("Ông/Bà vui lòng chờ."))
        [kept] = sandbox.mails

    assert result.provider_message_id == MESSAGE_ID == kept.read()["Message-ID"]
    assert kept.recipient == CITIZEN
    assert kept.envelope_from.startswith("bounces+")


@pytest.mark.parametrize(
    ("replies", "expected", "code"),
    [
        (["554 5.7.1 no service for you"], NotLetIn, "554 5.7.1"),
        (["421 4.3.2 closing"], Throttled, "421 4.3.2"),
        ([*GREETED, "550 5.7.1 sender rejected"], ChannelMisconfigured, "550 5.7.1"),
        ([*GREETED, "451 4.3.0 later"], TemporarySendError, "451 4.3.0"),
        ([*GREETED, "250 ok", "550 5.1.1 unknown"], RecipientUnreachable, "550 5.1.1"),
        ([*GREETED, "250 ok", "550 no such user"], RecipientUnreachable, "550"),
        ([*GREETED, "250 ok", "554 5.7.1 relaying denied"], ProviderRefused, "554 5.7.1"),
        ([*GREETED, "250 ok", "450 4.2.0 busy"], TemporarySendError, "450 4.2.0"),
        ([*GREETED, "250 ok", "450 4.7.1 greylisted"], Throttled, "450 4.7.1"),
        ([*GREETED, "250 ok", "250 ok", "452 4.3.1 full"], TemporarySendError, "452 4.3.1"),
        ([*GREETED, "250 ok", "250 ok", "354 go", "552 5.3.4 too big"], MessageInvalid, "552 5.3.4"),
        ([*GREETED, "250 ok", "250 ok", "354 go", "554 5.7.1 spam"], ProviderRefused, "554 5.7.1"),
        ([*GREETED, "250 ok", "250 ok", "354 go", "550 5.1.1 unknown"], RecipientUnreachable, "550 5.1.1"),
        ([*GREETED, "250 ok", "250 ok", "354 go", "451 4.3.0 later"], TemporarySendError, "451 4.3.0"),
        ([*GREETED, "250 ok", "250 ok", "354 go", None], OutcomeUnknown, ""),
        ([*GREETED, "250 ok", "250 ok", None], OutcomeUnknown, ""),
        ([*GREETED, "250 ok", None], ConnectionFailed, ""),
        ([*GREETED, None], ConnectionFailed, ""),
        (["220 relay", None], ConnectionFailed, ""),
        ([None], ConnectionFailed, ""),
        (["nonsense"], ConnectionFailed, ""),
    ],
    ids=lambda value: " ".join(str(part) for part in value[-2:]) if isinstance(value, list) else None,
)
async def test_each_refusal_has_its_meaning(
    replies: Sequence[str | None], expected: type[SendError], code: str
) -> None:
    """By the code and by how far we had come."""
    error = await failure(*replies)

    assert type(error) is expected
    assert error.provider_code == code


async def test_a_silent_relay_is_given_up() -> None:
    """After DATA nobody knows what became of the mail."""
    before = await failure(SILENCE, connect_seconds=0.05)
    after = await failure(*GREETED, "250 ok", "250 ok", "354 go", SILENCE, send_seconds=1.5)

    assert isinstance(before, ConnectionFailed)
    assert isinstance(after, OutcomeUnknown)


async def test_a_closed_port_may_be_tried_again(unused_tcp_port: int) -> None:
    """Nothing left us."""
    relay = RelaySettings(host="127.0.0.1", port=unused_tcp_port, tls="none")
    with pytest.raises(ConnectionFailed) as error:
        await EmailChannel(settings(relay=relay)).send(outbound())

    assert error.value.retryable


async def test_an_encrypted_relay_must_be_trusted(certificate: tuple[str, str]) -> None:
    """Our own server plays the relay: with its authority known the mail goes, without it nothing does."""
    store = Store()
    own = Address(channel="email", account=ADDRESS, value=ADDRESS)
    async with listening(store.accept, tls_certificate=certificate[0], tls_key=certificate[1]) as relay:
        known = RelaySettings(host="localhost", port=relay.listening_on["smtp"][1], ca_file=certificate[0])
        await EmailChannel(settings(relay=known)).send(outbound(recipient=own))
        unknown = known.model_copy(update={"ca_file": ""})
        with pytest.raises(ChannelMisconfigured, match="certificate"):
            await EmailChannel(settings(relay=unknown)).send(outbound(recipient=own))

    assert len(store.kept) == 1


async def test_health_tells_when_the_certificate_ends(certificate: tuple[str, str]) -> None:
    """That of the relay, or our own on the SMTP port, whichever ends first: an alarm looks at it."""
    ends = _end_of(certificate[0])
    async with listening(Store().accept, tls_certificate=certificate[0], tls_key=certificate[1]) as relay:
        known = RelaySettings(host="localhost", port=relay.listening_on["smtp"][1], ca_file=certificate[0])
        asked = await EmailChannel(settings(relay=known)).check_health()
        own = await relay.check_health()

    assert (asked.ok, asked.expires) == (True, {"certificate": ends})
    assert (own.ok, own.expires) == (False, {"certificate": ends})  # it has no relay


def _end_of(path: str) -> datetime:
    return x509.load_pem_x509_certificate(Path(path).read_bytes()).not_valid_after_utc


async def test_missing_tls_is_not_done_without() -> None:
    """A relay that drops STARTTLS gets nothing from us."""
    async with scripted(*GREETED, "221 bye") as (relay, heard):
        channel = EmailChannel(settings(relay=relay.model_copy(update={"tls": "starttls"})))
        with pytest.raises(ChannelMisconfigured):
            await channel.send(outbound())

    assert not [said for said in heard if said.startswith("MAIL")]


async def test_a_wrong_password_is_our_fault() -> None:
    """It is logged as an error and never retried blindly."""
    replies = ["220 relay", "250-relay\r\n250 AUTH PLAIN", "535 5.7.8 wrong", "535 5.7.8 wrong"]
    error = await failure(*replies, username="phananh", password=settings().token_secret)

    assert isinstance(error, ChannelMisconfigured)
    assert error.ours


async def test_without_a_relay_nothing_is_pretended() -> None:
    """The channel is off on the way out, and says so."""
    channel = EmailChannel(settings())
    with pytest.raises(ChannelMisconfigured):
        await channel.send(outbound())
    health = await channel.check_health()

    assert (health.ok, "Chưa cấu hình" in health.detail) == (False, True)


async def test_a_repeat_after_a_cut_is_the_same_mail() -> None:
    """The citizen's program shows it once: same Message-ID."""
    async with provider() as (channel, sandbox):
        sandbox.mood = Mood.CUT_AFTER
        with pytest.raises(OutcomeUnknown):
            await channel.send(outbound())
        sandbox.mood = Mood.NORMAL
        await channel.send(outbound())
        ids = [kept.read()["Message-ID"] for kept in sandbox.mails]

    assert ids == [MESSAGE_ID, MESSAGE_ID]


async def test_a_slow_relay_is_waited_for() -> None:
    """Slow is not broken."""
    async with provider() as (channel, sandbox):
        sandbox.mood, sandbox.seconds = Mood.SLOW, 0.05
        await channel.send(outbound())

        assert len(sandbox.mails) == 1


class Shelf:
    """A media store of two files, one erased."""

    async def get(self, stored_key: str) -> bytes:
        if stored_key != "kept":
            raise NotFound
        return b"%PDF-1.7"


async def test_attachments_come_from_the_media_store() -> None:
    """An erased one is named, not sent, and the mail goes all the same."""
    files = tuple(
        Attachment(kind=AttachmentKind.FILE, media_type="application/pdf", size=8, sha256="0", stored_key=key, name=key)
        for key in ("kept", "erased")
    )
    async with provider() as (channel, sandbox):
        with_media = EmailChannel(channel.settings, media=Shelf())
        await with_media.send(outbound(attachments=files))
        message: EmailMessage = sandbox.mails[0].read()

    assert [part.get_filename() for part in message.iter_attachments()] == ["kept"]
    assert "erased" in str(message.get_body(("plain",)))


async def test_health_sees_a_deaf_ear() -> None:
    """A relay that answers is not enough."""
    async with provider() as (channel, _):
        await channel.start(_ignore)
        well = await channel.check_health()
        channel._servers["smtp"]._server.close()  # type: ignore[union-attr]
        deaf = await channel.check_health()
        await channel.stop()

    assert (well.ok, deaf.ok) == (True, False)
    assert "smtp" in deaf.detail


async def _ignore(*given: object) -> None:
    """Takes anything."""


async def test_the_sandbox_really_speaks_smtp() -> None:
    """Not only with our own client."""
    async with provider() as (_, sandbox), line(sandbox.smtp) as session:
        codes = [(await session.read())[:3]]
        for said in ("EHLO x", f"MAIL FROM:<{ADDRESS}>", f"RCPT TO:<{CITIZEN}>", "DATA"):
            codes.append((await session.say(said))[:3])
        codes.append((await session.say("Subject: x", "", "y", "."))[:3])

    assert codes == ["220", "250", "250", "250", "354", "250"]
