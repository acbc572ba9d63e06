"""SMS on stage, once for each carrier: phones that have nothing but words, and pictures where Twilio carries them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp

from channels.sms.adapter import LineSmsChannel, open_sms
from channels.sms.sandbox import Mood, SmsSandbox
from channels.sms.sandbox.network import Network
from channels.sms.tests.builders import network, settings
from tests.support.deployments import World
from tests.support.stage import MoodyStage, Staging, joined, served, started

PEOPLE = {"an": "84900000001", "binh": "84900000002"}


@dataclass
class _Citizen:
    """One phone of the sandbox, by the form that a page would use."""

    sandbox: SmsSandbox
    number: str

    async def write(self, text: str) -> None:
        await self._say(text=text)

    async def show(self, photo: bytes) -> None:
        await self._say(photo=b64encode(photo).decode())

    async def point(self, latitude: float, longitude: float) -> None:
        await self._say(place={"latitude": latitude, "longitude": longitude})

    async def press(self, title: str) -> None:
        await self.write(title)

    def heard(self) -> Sequence[str]:
        return [shown.text for shown in self.sandbox.network.phones.shown if shown.to == self.number]

    async def _say(self, **wanted: Any) -> None:
        url = f"{self.sandbox.url}/phones/{self.number}/say"
        async with aiohttp.ClientSession() as session, session.post(url, json=wanted) as answer:
            assert answer.status == 200
            assert (await answer.json())["status"] in (0, 200)


@dataclass
class SmsStage(MoodyStage):
    """The sandbox, and the channel behind it."""

    doubling, losing = Mood.DUPLICATE, Mood.CUT_AFTER
    sandbox: SmsSandbox

    def citizen(self, name: str) -> _Citizen:
        return _Citizen(self.sandbox, PEOPLE[name])

    @property
    def moody(self) -> Network:
        return self.sandbox.network

    async def quiet(self) -> None:
        await self.sandbox.network.settle()


@asynccontextmanager
async def on_stage(world: World, *, carrier: str, **changes: Any) -> AsyncIterator[SmsStage]:
    """The channel in this deployment, the carrier beside it."""
    sandbox = SmsSandbox(carrier, network(carrier))  # type: ignore[arg-type]
    sandbox.network.reports = True
    async with started(sandbox):
        channel = open_sms(settings(carrier, sandbox, **{"most": 10, **changes}), clock=world.clock)
        async with joined(world, channel), served(world) as sandbox.network.gateway:
            if isinstance(channel, LineSmsChannel):
                await channel.start(world.deployment.inbox.accept)
                assert (await channel.check_health()).ok
            try:
                yield SmsStage(sandbox)
            finally:
                await sandbox.network.settle()


def stages() -> dict[str, Staging]:
    """A place is a map's link, a choice its words; only Twilio carries pictures."""
    return {
        carrier: Staging(partial(on_stage, carrier=carrier), photos=carrier == "twilio", buttons=False, letters=False)
        for carrier in ("twilio", "esms", "smpp")
    }
