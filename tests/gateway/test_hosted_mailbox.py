"""A hosted mailbox in a deployment: its settings, and how far it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.email.adapter import EmailChannel
from channels.email.imap import Mark
from channels.email.sandbox import MailSandbox
from channels.email.sandbox_oauth import TokenServer
from core.storage.tables import provider_token
from gateway.deployment import open_deployment
from gateway.mailmarks import StoredMarks
from gateway.registry import CHANNELS, Supplies
from gateway.settings.channels import email_settings
from tests.gateway.test_provider_settings import printed
from tests.support.databases import on_both_engines
from tests.support.deployments import MAILBOX, MovingClock, World, settings_for

HOST = 'host = "imap.example.vn"\n'
PASSWORD = 'password = "mat-khau"\n'


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (PASSWORD, "imap.host: missing"),
        (HOST, "imap.password: missing"),
        (HOST + PASSWORD + 'tls = "none"', "imap.tls: the log-in would cross the network in the open"),
        (HOST + PASSWORD + 'done_folder = "INBOX"', "imap.done_folder: the folder that is read"),
    ],
)
def test_half_a_mailbox_is_a_mistake(tmp_path: Path, lines: str, problem: str) -> None:
    """Said with its key and an example."""
    [told] = printed(tmp_path, f"[imap]\n{lines}")
    assert told.startswith(problem)
    assert "(example: " in told


OAUTH = {
    "token_url": "https://login.example.vn/token",
    "client_id": "ma",
    "client_secret": "mat-khau",
    "refresh_token": "bi-mat",
}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"token_url": ""}, "mail_oauth.token_url: missing"),
        ({"client_id": ""}, "mail_oauth.client_id: missing"),
        ({"refresh_token": ""}, "mail_oauth.refresh_token: missing"),
        ({"token_url": "http://login.example.vn/token"}, "mail_oauth.token_url: the secrets would cross the network"),
    ],
)
def test_half_of_the_access_tokens_is_a_mistake(tmp_path: Path, changes: dict[str, str], problem: str) -> None:
    """Said with its key and an example; whole, the mailbox needs no password."""
    lines = "\n".join(f'{name} = "{value}"' for name, value in (OAUTH | changes).items())
    whole = "\n".join(f'{name} = "{value}"' for name, value in OAUTH.items())

    [told] = printed(tmp_path, f"[mail_oauth]\n{lines}")
    assert told.startswith(problem)
    assert "(example: " in told
    assert printed(tmp_path, f"[imap]\n{HOST}[mail_oauth]\n{whole}") == []


async def test_access_tokens_are_kept_sealed_and_shared(tmp_path: Path) -> None:
    """Two processes of one deployment show their relay the token that one of them has had."""
    server = TokenServer("ma", "mat-khau", "bi-mat")
    relay = MailSandbox(gateway=("127.0.0.1", 0), tokens=server.tokens)
    await server.start()
    await relay.start()
    oauth = OAUTH | {"token_url": server.url}
    settings = settings_for(tmp_path, relay_port=relay.smtp[1], email={"relay_user": MAILBOX}, mail_oauth=oauth)
    try:
        async with open_deployment(settings, now=MovingClock()) as one:
            given = Supplies(settings, one.safe, one.media, one.database, one.now)
            other = CHANNELS["email"](given)
            assert isinstance(other, EmailChannel)
            health = [await channel.check_health() for channel in (one.channels["email"], other)]
            held = await one.database.read(lambda connection: list(connection.execute(select(provider_token))))
            await other.stop()
    finally:
        await relay.stop()
        await server.stop()

    assert ([told.ok for told in health], server.asked, len(held)) == ([True, True], 1, 1)
    assert not any(token.encode() in held[0].pair_sealed for token in (*server.tokens, server.refresh))


def test_a_mailbox_is_read_over_tls_as_our_address(tmp_path: Path) -> None:
    """Unless another name is given; nothing is read where no host is."""
    given = settings_for(tmp_path, imap={"host": "imap.example.vn", "password": "mat-khau"})
    found = email_settings(given, token_secret="x" * 16).imap

    assert found is not None
    assert (found.host, found.port, found.tls, found.username) == ("imap.example.vn", 993, "implicit", MAILBOX)
    assert email_settings(settings_for(tmp_path), token_secret="x" * 16).imap is None


@on_both_engines
async def test_a_mark_outlives_its_process(world: World) -> None:
    """Each folder of each mailbox has its own."""
    mark = Mark(1_700_000_001, 12, datetime(2026, 11, 16, 2, 20, tzinfo=UTC))
    marks = StoredMarks(world.deployment.database, "phananh@imap.example.vn")
    await marks.save("INBOX", mark)
    await marks.save("INBOX", replace(mark, uid=13))
    again = StoredMarks(world.deployment.database, "phananh@imap.example.vn")

    assert await again.load("INBOX") == replace(mark, uid=13)
    assert await again.load("Khac") is None
    assert await StoredMarks(world.deployment.database, "khac@imap.example.vn").load("INBOX") is None
