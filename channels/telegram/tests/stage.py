"""Telegram on stage: the bot asks, as it does where nobody can call it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from channels.telegram.adapter import TelegramChannel
from channels.telegram.sandbox import Mood, TelegramSandbox
from channels.telegram.tests.builders import settings
from tests.support.deployments import World
from tests.support.stage import MoodyStage, Staging, joined, started

PEOPLE = {"an": (5123456789, "Nguyễn Văn An"), "binh": (5987654321, "Trần Thị Bình")}


@dataclass
class _Citizen:
    """One phone of the sandbox."""

    sandbox: TelegramSandbox
    chat: int

    async def write(self, text: str) -> None:
        await self.sandbox.say(self.chat, text=text)

    async def show(self, photo: bytes) -> None:
        await self.sandbox.say(self.chat, photo=base64.b64encode(photo).decode())

    async def point(self, latitude: float, longitude: float) -> None:
        await self.sandbox.say(self.chat, place={"latitude": latitude, "longitude": longitude})

    async def press(self, title: str) -> None:
        await self.sandbox.say(self.chat, button=title)

    def heard(self) -> Sequence[str]:
        return self.sandbox.phone(self.chat).read()


@dataclass
class TelegramStage(MoodyStage):
    """The sandbox, and the channel that asks it."""

    doubling, losing = Mood.DUPLICATE, Mood.CUT
    sandbox: TelegramSandbox
    channel: TelegramChannel

    def citizen(self, name: str) -> _Citizen:
        chat, shown = PEOPLE[name]
        self.sandbox.phone(chat, shown)
        return _Citizen(self.sandbox, chat)

    async def quiet(self) -> None:
        await self.sandbox.quiet()


@asynccontextmanager
async def on_stage(world: World) -> AsyncIterator[TelegramStage]:
    """The bot listens in this deployment."""
    sandbox = TelegramSandbox(clock=world.clock)
    async with started(sandbox):
        channel = TelegramChannel(settings(api_url=sandbox.url), media=world.deployment.media, clock=world.clock)
        async with joined(world, channel):
            await channel.start(world.deployment.inbox.accept)
            yield TelegramStage(sandbox, channel)


def stage() -> Staging:
    """All that Telegram lets people do."""
    return Staging(on_stage)
