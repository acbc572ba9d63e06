"""Sessions with our mail server: how many, how long, what they may say, and how a stop ends them."""

from __future__ import annotations

import asyncio

import aiosmtplib
import pytest

from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    Store,
    line,
    listening,
    mail,
)
from channels.email.tests.sessions import greeted, sent


async def test_dots_and_pipelining(store: Store) -> None:
    """Transparency (RFC 5321 §4.5.2), and a client that does not wait."""
    async with listening(store.accept) as channel, greeted(channel.listening_on["smtp"], "EHLO x") as session:
        await session.write(f"MAIL FROM:<{CITIZEN}>", f"RCPT TO:<{ADDRESS}>", "DATA")
        codes = [(await session.read())[:3] for _ in range(3)]
        await session.write("From: a@hopthu.example.vn", "", "..hai chấm", ".", "QUIT")
        codes += [(await session.read())[:3] for _ in range(2)]

    assert codes == ["250", "250", "354", "250", "221"]
    assert store.kept[0][0].body.endswith("\r\n.hai chấm\r\n".encode())


async def test_a_smuggled_second_mail_stays_text(store: Store) -> None:
    """Only CRLF.CRLF ends a mail; a bare LF does not."""
    smuggled = b"From: a@hopthu.example.vn\r\n\r\nx\n.\nMAIL FROM:<b@xau.example.com>\nRCPT TO:<phananh@example.vn>"
    async with listening(store.accept) as channel, greeted(channel.listening_on["smtp"], "EHLO x") as session:
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        await session.say(f"RCPT TO:<{ADDRESS}>")
        await session.say("DATA")
        await session.say(smuggled, ".")

    assert len(store.kept) == 1


async def test_many_recipients_are_limited(store: Store) -> None:
    """Nobody needs fifty-one of our addresses."""
    async with listening(store.accept) as channel, greeted(channel.listening_on["smtp"], "EHLO x") as session:
        await session.say(f"MAIL FROM:<{CITIZEN}>")
        codes = [(await session.say(f"RCPT TO:<phananh+{number}@example.vn>"))[:3] for number in range(51)]

    assert codes == ["250"] * 50 + ["452"]


async def test_too_many_sessions_are_asked_to_wait(store: Store) -> None:
    """421, and those inside are not disturbed."""
    async with listening(store.accept, max_sessions=1) as channel:
        address = channel.listening_on["smtp"]
        async with greeted(address, "EHLO x") as inside:
            async with line(address) as outside:
                assert (await outside.read()).startswith("421")
                assert await outside.read() == ""
            assert (await inside.say("NOOP")).startswith("250")


async def test_a_stop_waits_for_the_mail_in_hand() -> None:
    """It is stored and confirmed; the idle session is told good-bye; nobody new comes in."""
    began, go_on, kept = asyncio.Event(), asyncio.Event(), Store()

    async def slow(*given: object) -> None:
        began.set()
        await go_on.wait()
        await kept.accept(*given)  # type: ignore[arg-type]

    async with listening(slow) as channel:
        address = channel.listening_on["smtp"]
        async with greeted(address, "EHLO idle") as idle:
            sending = asyncio.create_task(sent(address, mail().as_bytes()))
            await began.wait()
            stopping = asyncio.create_task(channel.stop())
            assert (await idle.read()).startswith("421")
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(*address)
            assert not stopping.done()
            go_on.set()
            answer = await sending
            await stopping

    assert answer == "2.0.0 OK, stored"
    assert len(kept.kept) == 1


async def test_a_stop_does_not_wait_for_ever() -> None:
    """A mail that cannot be finished in time is not confirmed."""
    began = asyncio.Event()

    async def never(*given: object) -> None:
        began.set()
        await asyncio.Event().wait()

    async with listening(never, stop_seconds=0.05) as channel:
        sending = asyncio.create_task(sent(channel.listening_on["smtp"], mail().as_bytes()))
        await began.wait()
        await channel.stop()
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await sending


async def test_starting_twice_on_one_port_fails_and_frees_the_first(store: Store) -> None:
    """Half an ear is no ear."""
    async with listening(store.accept) as channel:
        taken = channel.listening_on["lmtp"][1]
        with pytest.raises(OSError, match="in use"):
            async with listening(store.accept, lmtp_port=taken):
                pass


async def test_an_ear_can_be_switched_off(store: Store) -> None:
    """None means: do not listen there."""
    async with listening(store.accept, smtp_port=None) as channel:
        assert list(channel.listening_on) == ["lmtp"]


async def test_no_log_in_is_offered(store: Store) -> None:
    """And commands that reveal or relay are refused."""
    async with listening(store.accept) as channel, line(channel.listening_on["smtp"]) as session:
        greeting = await session.read()
        offers = await session.say("EHLO x")
        answers = [(await session.say(command))[:3] for command in ("EXPN a", "AUTH PLAIN AAAA", "BOGUS")]

    assert "Python" not in greeting
    assert "AUTH" not in offers
    assert {"250-PIPELINING", "250-8BITMIME", "250-SMTPUTF8", "250-ENHANCEDSTATUSCODES"} <= set(offers.split("\n"))
    assert all(answer.startswith("5") for answer in answers)


async def test_a_session_does_not_change_anothers_limits(store: Store) -> None:
    """The library keeps command limits in a class attribute; ours are per session."""
    long_sender = "a" * 600 + "@hopthu.example.vn"
    async with (
        listening(store.accept) as channel,
        greeted(channel.listening_on["smtp"], "EHLO one") as first,
        greeted(channel.listening_on["smtp"], "EHLO two"),
    ):
        assert (await first.say(f"MAIL FROM:<{long_sender}>")).startswith("250")
