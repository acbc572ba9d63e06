"""STARTTLS: sessions that are encrypted, and handshakes that fail."""

from __future__ import annotations

import asyncio
import smtplib
import ssl

import pytest
import structlog

from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    Store,
    line,
    listening,
    mail,
)
from channels.email.tests.sessions import LONG, greeted


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


async def _let_in(address: tuple[str, int]) -> None:
    """Waits until the server takes a session again."""
    while True:
        async with line(address) as session:
            if (await session.read()).startswith("220"):
                return


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
