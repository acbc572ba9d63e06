"""How the tests speak with our mail servers: a whole mail, or a session line by line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib

from channels.email.tests.builders import ADDRESS, CITIZEN, CONVERSATION, Line, line, settings
from channels.email.threading import Threads

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
