"""Hosted mailboxes for tests: our own sandbox, which always runs, and Dovecot wherever it is installed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from imap_tools import MailBoxUnencrypted

from channels.email.sandbox_imap import HOST, ImapSandbox
from channels.email.settings import ImapSettings
from tests.support.dovecot import PASSWORD, DovecotServer, find_dovecot

USER = "phananh@example.vn"
SERVERS = ["sandbox", *(["dovecot"] if find_dovecot() else [])]


@dataclass(frozen=True)
class Mailbox:
    """A mailbox and what a person with a mail program does in it."""

    port: int

    def settings(self, **changes: Any) -> ImapSettings:
        """To read it: without TLS, patient as a test."""
        given = {"host": HOST, "port": self.port, "tls": "none", "username": USER, "password": PASSWORD}
        return ImapSettings.model_validate(given | {"first_pause": 0.05, "longest_pause": 0.2, "timeout": 10} | changes)

    async def put(self, raw: bytes, *, folder: str = "INBOX") -> None:
        """A mail arrives."""
        await self.asked(lambda box: box.append(raw, folder))

    async def flags(self, *, folder: str = "INBOX") -> list[set[str]]:
        """The flags of each mail there, without what servers add by themselves."""

        def look(box: MailBoxUnencrypted) -> list[set[str]]:
            box.folder.set(folder)
            return [set(mail.flags) - {"\\Recent"} for mail in box.fetch(mark_seen=False)]

        return await self.asked(look)

    async def asked(self, question: Callable[[MailBoxUnencrypted], Any]) -> Any:
        """What a public mail client is told."""

        def ask() -> Any:
            with MailBoxUnencrypted(HOST, self.port, timeout=10).login(USER, PASSWORD) as box:
                return question(box)

        return await asyncio.to_thread(ask)


@contextmanager
def _dovecot() -> Iterator[int]:
    program = find_dovecot()
    assert program is not None
    with DovecotServer.start(program) as server:
        yield server.port


@asynccontextmanager
async def opened(server: str) -> AsyncIterator[Mailbox]:
    """An empty mailbox at one of `SERVERS`."""
    if server == "dovecot":
        with _dovecot() as port:
            yield Mailbox(port)
        return
    sandbox = ImapSandbox(USER, PASSWORD)
    await sandbox.start()
    try:
        yield Mailbox(sandbox.port)
    finally:
        await sandbox.stop()
