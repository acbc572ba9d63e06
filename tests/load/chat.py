"""
The test chat of a fleet: a provider's side that counts, and the channel that the gateway's processes talk to it by.

What citizens write goes in by webhook (`tests.support.hooked`); what the gateway answers is posted to the `Sink`, which
remembers every message it took, so that "sent once" can be counted outside the processes that send.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from core.contract.errors import ConnectionFailed, OutcomeUnknown
from core.contract.ports import SendResult
from core.contract.schema import OutboundMessage
from tests.support.hooked import HookedTestChannel

CHANNEL = "testchat"


@dataclass
class PostingChannel(HookedTestChannel):
    """The chat as a gateway process has it: `sink` is the provider's address."""

    sink: str = ""

    async def send(self, message: OutboundMessage) -> SendResult:
        """Hand it over; only a refused connection proves that it did not arrive."""
        said = {"id": message.id, "user": message.recipient.value, "text": message.text}
        try:
            async with aiohttp.ClientSession() as session, session.post(self.sink, json=said) as answer:
                answer.raise_for_status()
        except aiohttp.ClientConnectorError as error:
            raise ConnectionFailed(type(error).__name__) from error
        except aiohttp.ClientError as error:
            raise OutcomeUnknown(type(error).__name__) from error
        return SendResult(f"sent-{message.id}")


@dataclass
class Sink:
    """What the citizens' phones received. While `answers` is not set it takes messages and stays silent."""

    url: str = ""
    taken: Counter[str] = field(default_factory=Counter)
    texts: dict[str, list[str]] = field(default_factory=dict)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """One message of the gateway."""
        said = await request.json()
        self.taken[said["id"]] += 1
        self.texts.setdefault(said["user"], []).append(said["text"])
        await self.answers.wait()
        return web.Response()

    @property
    def twice(self) -> list[str]:
        """Messages that arrived more than once."""
        return sorted(name for name, count in self.taken.items() if count > 1)


@asynccontextmanager
async def open_sink() -> AsyncIterator[Sink]:
    """A provider that listens on a free port."""
    sink = Sink()
    sink.answers.set()
    app = web.Application()
    app.router.add_post("/", sink.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sink.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield sink
    finally:
        await runner.cleanup()
