"""A hosted mailbox in a deployment: its settings, and how far it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.email.imap import Mark
from gateway.mailmarks import StoredMarks
from gateway.settings.channels import email_settings
from tests.gateway.test_provider_settings import printed
from tests.support.databases import on_both_engines
from tests.support.deployments import MAILBOX, World, settings_for

HOST = 'host = "imap.example.vn"\n'
PASSWORD = 'password = "mat-khau"\n'


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (PASSWORD, "imap.host: missing"),
        (HOST, "imap.password: missing"),
        (HOST + PASSWORD + 'tls = "none"', "imap.tls: the password would cross the network in the open"),
        (HOST + PASSWORD + 'done_folder = "INBOX"', "imap.done_folder: the folder that is read"),
    ],
)
def test_half_a_mailbox_is_a_mistake(tmp_path: Path, lines: str, problem: str) -> None:
    """Said with its key and an example."""
    [told] = printed(tmp_path, f"[imap]\n{lines}")
    assert told.startswith(problem)
    assert "(example: " in told


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
