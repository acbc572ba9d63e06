"""Our SMTP and LMTP servers, spoken to over real sockets."""

from __future__ import annotations

import asyncio
import inspect
import smtplib
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiosmtplib
import pytest
import structlog
import uvloop

from channels.email.adapter import EmailChannel
from channels.email.mapping import ENVELOPE_FROM, ENVELOPE_PEER, ENVELOPE_PROTOCOL, ENVELOPE_TO
from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    CONVERSATION,
    PAYLOADS,
    RECEIVED_AT,
    Line,
    Store,
    line,
    listening,
    mail,
    payload_names,
    settings,
)
from channels.email.threading import Threads
from core.contract.errors import IntakeUnavailable

THREADS = Threads.of(settings())
REPLY_TO = THREADS.reply_address(CONVERSATION)
LONG = 10.0


async def sent(address: tuple[str, int], body: bytes, *, to: list[str] | None = None, sender: str = CITIZEN) -> str:
    """The server's answer to a mail."""
    async with aiosmtplib.SMTP(hostname=address[0], port=address[1], start_tls=False, timeout=LONG) as client:
        _, answer = await client.sendmail(sender, to or [ADDRESS], body, mail_options=["SMTPUTF8"])
    return answer


@asynccontextmanager
async def greeted(address: tuple[str, int], hello: str) -> AsyncIterator[Line]:
    """A raw session after the greeting."""
    async with line(address) as session:
        await session.read()
        assert (await session.say(hello)).startswith("250")
        yield session


@pytest.fixture
def store() -> Store:
    """An inbox that takes everything."""
    return Store()


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


def _with_lf(body: bytes) -> bytes:
    """The client mends lone carriage returns on its way out."""
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip()


async def test_lines_may_be_long(store: Store) -> None:
    """Against RFC 5321, and seen every day."""
    body = b"From: a@hopthu.example.vn\r\n\r\n" + b"x" * 300_000 + b"\r\n"
    async with listening(store.accept) as channel:
        await sent(channel.listening_on["smtp"], body)

    assert store.kept[0][0].body == body


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


def _secure_send(port: int, ca_file: str) -> bool:
    with smtplib.SMTP("localhost", port, local_hostname="may.example.vn", timeout=LONG) as client:
        client.starttls(context=ssl.create_default_context(cafile=ca_file))
        client.sendmail(CITIZEN, [ADDRESS], mail().as_bytes())
        return isinstance(client.sock, ssl.SSLSocket)


async def test_a_session_can_be_encrypted(store: Store, certificate: tuple[str, str]) -> None:
    """STARTTLS with a certificate of the province's."""
    async with listening(store.accept, tls_certificate=certificate[0], tls_key=certificate[1]) as channel:
        assert await asyncio.to_thread(_secure_send, channel.listening_on["smtp"][1], certificate[0])

    assert len(store.kept) == 1


@pytest.mark.parametrize("said", [b"", b"this is no TLS\r\n"], ids=["hangs up", "talks nonsense"])
async def test_a_failed_handshake_leaves_no_session_behind(
    store: Store, certificate: tuple[str, str], said: bytes
) -> None:
    """Otherwise a few of them would fill the house."""
    tls = {"tls_certificate": certificate[0], "tls_key": certificate[1]}
    async with listening(store.accept, max_sessions=1, stop_seconds=60, **tls) as channel:
        address = channel.listening_on["smtp"]
        async with greeted(address, "EHLO x") as session:
            assert (await session.say("STARTTLS")).startswith("220")
            session.writer.write(said)
            session.writer.close()
        await _let_in(address)


async def test_a_stop_in_the_middle_of_a_handshake(store: Store, certificate: tuple[str, str]) -> None:
    """asyncio does not tell the library that the handshake is over; nobody may wait for that session."""
    tls = {"tls_certificate": certificate[0], "tls_key": certificate[1]}
    with structlog.testing.capture_logs() as lines:
        async with (
            listening(store.accept, stop_seconds=5, **tls) as channel,
            greeted(channel.listening_on["smtp"], "EHLO x") as session,
        ):
            assert (await session.say("STARTTLS")).startswith("220")
            await channel.stop()

    assert [entry for entry in lines if entry["event"] == "mail_sessions_cut"] == []


async def _let_in(address: tuple[str, int]) -> None:
    """Waits until the server takes a session again."""
    while True:
        async with line(address) as session:
            if (await session.read()).startswith("220"):
                return


async def test_the_moment_of_receipt_is_the_clocks(store: Store) -> None:
    """Deadlines start from it (A-7)."""
    channel = EmailChannel(settings(), clock=lambda: RECEIVED_AT)
    await channel.start(store.accept)
    await sent(channel.listening_on["smtp"], mail().as_bytes())
    await channel.stop()

    assert store.kept[0][0].received_at == RECEIVED_AT


ON_BOTH_LOOPS = [
    test_a_mail_is_stored_with_its_envelope,
    test_the_standard_librarys_client_is_served,
    test_too_large_is_refused_before_and_after,
    test_too_many_sessions_are_asked_to_wait,
    test_a_stop_waits_for_the_mail_in_hand,
    test_a_stop_does_not_wait_for_ever,
    test_lmtp_answers_once_per_recipient,
]


@pytest.mark.parametrize("body", ON_BOTH_LOOPS, ids=lambda body: body.__name__.removeprefix("test_"))
def test_on_uvloop(body: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """The gateway runs on uvloop, whose transports are not asyncio's."""
    takes_a_store = "store" in inspect.signature(body).parameters
    uvloop.run(body(Store()) if takes_a_store else body())


def test_a_session_can_be_encrypted_on_uvloop(certificate: tuple[str, str]) -> None:
    """STARTTLS leans on private parts of asyncio."""
    uvloop.run(test_a_session_can_be_encrypted(Store(), certificate))
    uvloop.run(test_a_stop_in_the_middle_of_a_handshake(Store(), certificate))
