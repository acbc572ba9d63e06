"""The official account on stage: the provider calls the gateway's own hook, and is answered with stored tokens."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from channels.zalo.adapter import ZaloChannel
from channels.zalo.sandbox import Account, Mood, ZaloSandbox
from channels.zalo.tests.builders import APP, APP_SECRET, OA, SECRET, USER, connected, settings
from tests.support.deployments import World
from tests.support.stage import MoodyStage, Staging, joined, served, started
from tests.support.tokens import MemoryTokens

PEOPLE = {"an": USER, "binh": "2460000000000000009"}


@dataclass
class _Citizen:
    """One phone of the sandbox."""

    sandbox: ZaloSandbox
    user: str

    async def write(self, text: str) -> None:
        await self.sandbox.say(self.user, {"text": text})

    async def show(self, photo: bytes) -> None:
        await self.sandbox.say(self.user, {"photo": base64.b64encode(photo).decode()})

    async def point(self, latitude: float, longitude: float) -> None:
        await self.sandbox.say(self.user, {"place": {"latitude": latitude, "longitude": longitude}})

    async def press(self, title: str) -> None:
        await self.sandbox.press(self.user, title)

    def heard(self) -> Sequence[str]:
        return [one.text for one in self.sandbox.phone(self.user).shown]


@dataclass
class ZaloStage(MoodyStage):
    """The sandbox, which calls the channel."""

    doubling, losing = Mood.DUPLICATE, Mood.CUT_AFTER
    sandbox: ZaloSandbox

    def citizen(self, name: str) -> _Citizen:
        return _Citizen(self.sandbox, PEOPLE[name])

    async def quiet(self) -> None:
        await self.sandbox.webhooks.settle()


@asynccontextmanager
async def on_stage(world: World) -> AsyncIterator[ZaloStage]:
    """One official account, whose app calls the gateway."""
    sandbox = ZaloSandbox(Account(OA, APP, APP_SECRET, SECRET), now=world.clock)
    async with started(sandbox):
        store = MemoryTokens(world.clock)
        await connected(store, sandbox, now=world.clock())
        urls = dict.fromkeys(("api_url", "oauth_url", "template_url"), sandbox.url)
        channel = ZaloChannel(settings(**urls), tokens=store, media=world.deployment.media, clock=world.clock)
        async with joined(world, channel), served(world) as address:
            sandbox.webhooks.url = f"{address}/hooks/zalo"
            yield ZaloStage(sandbox)
            await sandbox.webhooks.settle()


def stage() -> Staging:
    """Zalo has it all."""
    return Staging(on_stage)
