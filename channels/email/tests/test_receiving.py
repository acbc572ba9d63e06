"""Mail that comes to our SMTP server over real sockets: kept as it came, refused, or left with its sender."""

from __future__ import annotations

import asyncio
import smtplib

import aiosmtplib
import pytest
import structlog

from channels.email.adapter import EmailChannel
from channels.email.mapping import ENVELOPE_FROM, ENVELOPE_PEER, ENVELOPE_PROTOCOL, ENVELOPE_TO
from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    CONVERSATION,
    PAYLOADS,
    RECEIVED_AT,
    Store,
    listening,
    mail,
    payload_names,
    settings,
)
from channels.email.tests.sessions import LONG, REPLY_TO, THREADS, greeted, sent
from core.contract.errors import IntakeUnavailable


async def test_a_mail_is_stored_with_its_envelope(store: Store) -> None:
    """Bytes as they came, and who sent it to whom."""
    body = mail("Đường ngập.").as_bytes()
    async with listening(store.accept) as channel:
        answer = await sent(channel.listening_on["smtp"], body, to=[ADDRESS, REPLY_TO.upper()])
    [(delivery, items)] = store.kept

    assert answer == "2.0.0 OK, stored"
    assert delivery.body == body
    assert delivery.headers == {
        ENVELOPE_FROM: CITIZEN,
        ENVELOPE_TO: f"{ADDRESS}, {REPLY_TO}",
        ENVELOPE_PEER: "127.0.0.1",
        ENVELOPE_PROTOCOL: "smtp",
    }
    assert (delivery.channel, delivery.account) == ("email", ADDRESS)
    assert len(items) == 1


async def test_the_standard_librarys_client_is_served(store: Store) -> None:
    """Another implementation, speaking UTF-8 addresses."""

    def send(address: tuple[str, int]) -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP(*address, local_hostname="may.example.vn", timeout=LONG) as client:
            return client.sendmail("ân@hopthu.example.vn", [ADDRESS], mail().as_bytes(), ["SMTPUTF8", "BODY=8BITMIME"])

    async with listening(store.accept) as channel:
        refused = await asyncio.to_thread(send, channel.listening_on["smtp"])

    assert refused == {}
    assert store.kept[0][0].headers[ENVELOPE_FROM] == "ân@hopthu.example.vn"


@pytest.mark.parametrize(
    "stranger",
    [
        "nguoi.khac@example.vn",
        "phananh@elsewhere.example",
        "phananhx@example.vn",
        "bounces+m.aaaaaaaaaaaa.bbbbbbbb@example.vn",
        "x@phananh+1@example.vn",
    ],
)
async def test_nothing_is_relayed(store: Store, stranger: str) -> None:
    """Only our own addresses."""
    async with listening(store.accept) as channel:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refusal:
            await sent(channel.listening_on["smtp"], mail().as_bytes(), to=[stranger])

    assert refusal.value.recipients[0].code in {550, 553}
    assert store.kept == []


@pytest.mark.parametrize(
    "ours",
    [ADDRESS.upper(), REPLY_TO, "phananh+gi-cung-duoc@example.vn", "postmaster@example.vn"],
)
async def test_all_our_addresses_are_taken(store: Store, ours: str) -> None:
    """The mailbox in any case, its plus-addresses, its aliases."""
    async with listening(store.accept) as channel:
        await sent(channel.listening_on["smtp"], mail().as_bytes(), to=[ours])

    assert len(store.kept) == 1


async def test_a_bounce_comes_with_a_null_return_path(store: Store) -> None:
    """To the address made for the mail it is about."""
    to = THREADS.bounce_address(f"<c.{CONVERSATION}.4lsum3ex7f3v@example.vn>")
    async with listening(store.accept) as channel:
        await sent(channel.listening_on["smtp"], mail().as_bytes(), to=[to], sender="")

    assert store.kept[0][0].headers[ENVELOPE_FROM] == ""


async def test_too_large_is_refused_before_and_after(store: Store) -> None:
    """By the announced size, and by what really comes; the session goes on."""
    async with (
        listening(store.accept, max_bytes=2000) as channel,
        greeted(channel.listening_on["smtp"], "EHLO x") as session,
    ):
        announced = await session.say(f"MAIL FROM:<{CITIZEN}> SIZE=5000")
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        await session.say(f"RCPT TO:<{ADDRESS}>")
        await session.say("DATA")
        came = await session.say("Subject: x", "", *["x" * 70] * 40, ".")
        after = await session.say("NOOP")

    assert [announced[:3], came[:9], after[:3]] == ["552", "552 5.3.4", "250"]
    assert store.kept == []


async def test_what_cannot_be_stored_is_left_with_the_sender() -> None:
    """451: the sending server keeps it; nothing is confirmed."""
    async with listening(Store(IntakeUnavailable()).accept) as channel:
        with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
            await sent(channel.listening_on["smtp"], mail().as_bytes())

    assert refusal.value.code == 451


async def test_a_fault_of_ours_is_temporary_and_logged() -> None:
    """With its traceback, for it is ours."""
    with structlog.testing.capture_logs() as lines:
        async with listening(Store(RuntimeError("broken")).accept) as channel:
            with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
                await sent(channel.listening_on["smtp"], mail().as_bytes())

    assert refusal.value.code == 451
    assert [entry["event"] for entry in lines if entry["log_level"] == "error"] == ["mail_not_stored"]


async def test_nothing_at_all_is_refused(store: Store) -> None:
    """A mail without a single line has nothing to lose."""
    async with listening(store.accept) as channel, greeted(channel.listening_on["smtp"], "EHLO x") as session:
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        await session.say(f"RCPT TO:<{ADDRESS}>")
        await session.say("DATA")
        answer = await session.say(".")

    assert answer.startswith("554 5.6.0")
    assert store.kept == []


async def test_the_same_mail_twice_has_one_key(store: Store) -> None:
    """250 both times; the inbox does the rest."""
    async with listening(store.accept) as channel:
        for _ in range(2):
            await sent(channel.listening_on["smtp"], mail().as_bytes())

    assert (len(store.kept), len(store.keys)) == (2, 1)


@pytest.mark.parametrize("name", payload_names())
async def test_every_recorded_mail_can_be_received(store: Store, name: str) -> None:
    """Broken or not: stored, byte for byte, then judged by the worker."""
    body = (PAYLOADS / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    async with listening(store.accept) as channel:
        await sent(channel.listening_on["smtp"], body)

    assert (
        store.kept[0][0].body.rstrip()
        == body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n").rstrip()
    )


async def test_lines_may_be_long(store: Store) -> None:
    """Against RFC 5321, and seen every day."""
    body = b"From: a@hopthu.example.vn\r\n\r\n" + b"x" * 300_000 + b"\r\n"
    async with listening(store.accept) as channel:
        await sent(channel.listening_on["smtp"], body)

    assert store.kept[0][0].body == body


async def test_the_moment_of_receipt_is_the_clocks(store: Store) -> None:
    """Deadlines start from it (A-7)."""
    channel = EmailChannel(settings(), clock=lambda: RECEIVED_AT)
    await channel.start(store.accept)
    await sent(channel.listening_on["smtp"], mail().as_bytes())
    await channel.stop()

    assert store.kept[0][0].received_at == RECEIVED_AT
