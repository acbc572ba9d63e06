"""Messenger on stage: the provider calls the gateway's own hook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from channels.facebook.adapter import FacebookChannel
from channels.facebook.sandbox import FacebookSandbox
from channels.facebook.sandbox_state import Mood, Phone
from channels.facebook.tests.builders import SECRET, TOKENS, VERIFY, settings
from tests.support.deployments import World
from tests.support.stage import MoodyStage, Staging, joined, served, started

PEOPLE = {"an": "Nguyễn Văn An", "binh": "Trần Thị Bình"}


@dataclass
class _Citizen:
    """One phone of the sandbox."""

    sandbox: FacebookSandbox
    phone: Phone

    async def write(self, text: str) -> None:
        await self.sandbox.say(self.phone, text)

    async def show(self, photo: bytes) -> None:
        await self.sandbox.say(self.phone, photo=photo)

    async def point(self, latitude: float, longitude: float) -> None:
        await self.sandbox.show_place(self.phone, latitude, longitude)

    async def press(self, title: str) -> None:
        await self.sandbox.press(self.phone, title)

    def heard(self) -> Sequence[str]:
        return self.phone.received


@dataclass
class FacebookStage(MoodyStage):
    """The sandbox, which calls the channel."""

    doubling, losing = Mood.DUPLICATE, Mood.CUT_AFTER
    sandbox: FacebookSandbox

    def citizen(self, name: str) -> _Citizen:
        return _Citizen(self.sandbox, self.sandbox.phone(PEOPLE[name]))

    async def quiet(self) -> None:
        await self.sandbox.quiet()


@asynccontextmanager
async def on_stage(world: World) -> AsyncIterator[FacebookStage]:
    """Two Pages of one app, whose hook is the gateway's."""
    sandbox = FacebookSandbox(dict(TOKENS), app_secret=SECRET, verify_token=VERIFY, clock=world.clock)
    async with started(sandbox):
        channel = FacebookChannel(settings(graph_url=sandbox.url), media=world.deployment.media, clock=world.clock)
        async with joined(world, channel), served(world) as address:
            sandbox.hook = f"{address}/hooks/facebook"
            yield FacebookStage(sandbox)
            await sandbox.quiet()


def stage() -> Staging:
    """Messenger shares no places; a map link is read as one."""
    return Staging(on_stage)
