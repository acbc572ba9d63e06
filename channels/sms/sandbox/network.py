"""What all providers of the sandbox share: phones, mood, secrets, and the way to the gateway's hooks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.sms.sandbox.moods import Mood
from channels.sms.sandbox.phones import Phones


@dataclass(frozen=True)
class Secrets:
    """What providers and gateway know of each other; all invented."""

    account_sid: str = "AC00000000000000000000000000000001"
    auth_token: str = field(default="auth-token-for-tests", repr=False)
    api_key: str = field(default="api-key-for-tests", repr=False)
    secret_key: str = field(default="secret-key-for-tests", repr=False)
    private_key: str = field(default="priv", repr=False)
    token: str = field(default="token-for-tests", repr=False)
    system_id: str = "langnghe"
    password: str = field(default="pass1234", repr=False)


@dataclass
class Network:
    """
    Everything behind the providers.

    `hook` is the address that was written into the provider's console; `public_url` begins every address that the
    gateway names, and `gateway` is where it is really found. Signatures are made over the public address.
    """

    number: str = "8100"
    hook: str = ""
    public_url: str = ""
    gateway: str = ""
    secrets: Secrets = Secrets()
    mood: Mood = Mood.NORMAL
    seconds: float = 1.0
    reports: bool = True
    phones: Phones = field(default_factory=Phones)
    refused: list[int] = field(default_factory=list)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do it beside what is going on."""
        task = asyncio.create_task(_whoever_is_there(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Until everything that was begun beside is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def in_order(self, events: list[Any]) -> list[Any]:
        """What is told about a message: twice, or backwards, as the mood says."""
        if self.mood is Mood.DUPLICATE:
            return [event for event in events for _ in range(2)]
        return events[::-1] if self.mood is Mood.OUT_OF_ORDER else events

    async def call(
        self, method: str, url: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        """Call the gateway at one of its public addresses; status and text of its answer."""
        from yarl import URL

        there = URL(url.replace(self.public_url, self.gateway, 1), encoded=True)
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, there, data=data, headers=headers) as got,
        ):
            if got.status >= 400:
                self.refused.append(got.status)
            return got.status, await got.text()


async def _whoever_is_there(work: Coroutine[Any, Any, Any]) -> None:
    """What became of a message is told once; nobody there, nobody told."""
    with suppress(aiohttp.ClientError):
        await work
