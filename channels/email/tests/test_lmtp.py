"""Our LMTP server: one answer per recipient."""

from __future__ import annotations

import asyncio
import smtplib

from channels.email.mapping import ENVELOPE_PROTOCOL, ENVELOPE_TO
from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    Store,
    line,
    listening,
    mail,
)
from channels.email.tests.sessions import REPLY_TO, greeted
from core.contract.errors import IntakeUnavailable


async def test_lmtp_answers_once_per_recipient(store: Store) -> None:
    """RFC 2033 §4.2; each recipient is a delivery of its own, under the same key."""
    async with listening(store.accept) as channel, greeted(channel.listening_on["lmtp"], "LHLO x") as session:
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        accepted = [
            (await session.say(f"RCPT TO:<{address}>"))[:3]
            for address in (ADDRESS, "khong.co@example.vn", REPLY_TO, "postmaster@example.vn")
        ]
        await session.say("DATA")
        await session.write(*mail().as_bytes().split(b"\r\n"), ".")
        replies = [await session.read() for _ in range(3)]
        after = await session.say("NOOP")

    assert accepted == ["250", "550", "250", "250"]
    assert replies == ["250 2.0.0 OK, stored"] * 3
    assert after.startswith("250")
    assert [delivery.headers[ENVELOPE_TO] for delivery, _ in store.kept] == [ADDRESS, REPLY_TO, "postmaster@example.vn"]
    assert len(store.keys) == 1


async def test_lmtp_judges_each_recipient_by_itself() -> None:
    """One stored, one not: the sending server repeats only the second."""
    kept = Store()

    async def second_fails(*given: object) -> None:
        if kept.kept and kept.failure is None:
            kept.failure = IntakeUnavailable()
        await kept.accept(*given)  # type: ignore[arg-type]

    async with listening(second_fails) as channel, greeted(channel.listening_on["lmtp"], "LHLO x") as session:
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        await session.say(f"RCPT TO:<{ADDRESS}>")
        await session.say(f"RCPT TO:<{REPLY_TO}>")
        await session.say("DATA")
        await session.write(*mail().as_bytes().split(b"\r\n"), ".")
        replies = [(await session.read())[:3] for _ in range(2)]

    assert replies == ["250", "451"]


async def test_lmtp_refuses_a_too_large_mail_for_each_recipient(store: Store) -> None:
    """Otherwise the sending server would wait for the second reply."""
    async with (
        listening(store.accept, max_bytes=1000) as channel,
        greeted(channel.listening_on["lmtp"], "LHLO x") as session,
    ):
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        await session.say(f"RCPT TO:<{ADDRESS}>")
        await session.say(f"RCPT TO:<{REPLY_TO}>")
        await session.say("DATA")
        await session.write("Subject: x", "", *["x" * 70] * 20, ".")
        replies = [(await session.read())[:9] for _ in range(2)]
        after = await session.say("NOOP")

    assert replies == ["552 5.3.4"] * 2
    assert after.startswith("250")


async def test_lmtp_without_recipients_answers_once(store: Store) -> None:
    """RFC 2033 §4.2: DATA without a good RCPT is 503, one reply."""
    async with listening(store.accept) as channel, greeted(channel.listening_on["lmtp"], "LHLO x") as session:
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        await session.say("RCPT TO:<khong.co@example.vn>")
        answers = [(await session.say(command))[:3] for command in ("DATA", "NOOP")]

    assert answers == ["503", "250"]


async def test_lmtp_is_greeted_in_its_own_way(store: Store) -> None:
    """RFC 2033 §4.1: HELO and EHLO are refused, LHLO is not spoken on the SMTP port."""
    async with listening(store.accept) as channel:
        async with line(channel.listening_on["lmtp"]) as session:
            assert (await session.read()).startswith("220")
            assert [(await session.say(f"{hello} x"))[:3] for hello in ("HELO", "EHLO", "LHLO")] == [
                "500",
                "500",
                "250",
            ]
        async with line(channel.listening_on["smtp"]) as session:
            await session.read()
            assert (await session.say("LHLO x")).startswith("500")


async def test_the_standard_librarys_lmtp_client_is_served(store: Store) -> None:
    """It reads one reply per recipient and would hang or fail on fewer."""

    def send(address: tuple[str, int]) -> dict[str, tuple[int, bytes]]:
        with smtplib.LMTP(*address, local_hostname="may.example.vn") as client:
            return client.sendmail(CITIZEN, [ADDRESS], mail().as_bytes())

    async with listening(store.accept) as channel:
        refused = await asyncio.to_thread(send, channel.listening_on["lmtp"])

    assert refused == {}
    assert store.kept[0][0].headers[ENVELOPE_PROTOCOL] == "lmtp"
