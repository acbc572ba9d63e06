"""
What a channel gives to the stories: its provider played beside a running gateway, and citizens who hold its phones.

A channel joins by `channels/<name>/tests/stage.py` with a function `stage() -> Staging`; nothing else is touched.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Protocol

from aiohttp.test_utils import TestServer

from core.contract.ports import Channel, Stops
from gateway.app import create_app
from tests.support.deployments import World

CHANNELS = Path(__file__).parents[2] / "channels"


class Citizen(Protocol):
    """One person, with what they hold in their hand. What is done has left it, and need not have arrived."""

    async def write(self, text: str) -> None:
        """Say something."""

    async def show(self, photo: bytes) -> None:
        """Send a picture."""

    async def point(self, latitude: float, longitude: float) -> None:
        """Share a place."""

    async def press(self, title: str) -> None:
        """Press the newest button of this title."""

    def heard(self) -> Sequence[str]:
        """What they were told, oldest first."""


class Stage(Protocol):
    """The provider while it runs, connected with the gateway."""

    def citizen(self, name: str) -> Citizen:
        """The person of this name, "an" or "binh"; the same one each time."""

    async def quiet(self) -> None:
        """Wait until nothing is on its way from the provider to the gateway."""

    def double(self, *, on: bool) -> None:
        """From now on the provider brings everything twice."""

    def lose(self, *, on: bool) -> None:
        """From now on the provider takes what we send, and its answer is lost."""


class MoodyStage:
    """The half of a stage that is a mood of its sandbox; a mood of every sandbox is "normal"."""

    doubling: ClassVar[StrEnum]
    losing: ClassVar[StrEnum]
    sandbox: Any

    @property
    def moody(self) -> Any:
        """What has the mood."""
        return self.sandbox

    def double(self, *, on: bool) -> None:
        """As `Stage` says."""
        self._be(self.doubling, on=on)

    def lose(self, *, on: bool) -> None:
        """As `Stage` says."""
        self._be(self.losing, on=on)

    def _be(self, mood: StrEnum, *, on: bool) -> None:
        self.moody.mood = mood if on else type(mood)("normal")


@dataclass(frozen=True)
class Staging:
    """
    How a channel is put on stage, and what people can do there; what they cannot do they put in words.

    `letters`: an answer comes in full; without, as a sentence that says where to read it.
    """

    open: Callable[[World], AbstractAsyncContextManager[Stage]]
    photos: bool = True
    places: bool = True
    buttons: bool = True
    letters: bool = True


def stagings() -> dict[str, Staging]:
    """All channels that have joined, by name; one with several providers has `stages()`: "sms" → "sms_esms", …."""
    found: dict[str, Staging] = {}
    for name in sorted(path.parents[1].name for path in CHANNELS.glob("*/tests/stage.py")):
        module = importlib.import_module(f"channels.{name}.tests.stage")
        if hasattr(module, "stages"):
            found |= {f"{name}_{provider}": staging for provider, staging in module.stages().items()}
        else:
            found[name] = module.stage()
    return found


class Stoppable(Channel, Stops, Protocol):
    """A channel that holds connections."""


class Sandbox(Protocol):
    """A provider played over a port."""

    async def start(self) -> None:
        """Open it."""

    async def stop(self) -> None:
        """Close it."""


@asynccontextmanager
async def started(sandbox: Sandbox) -> AsyncIterator[None]:
    """The provider answers."""
    await sandbox.start()
    try:
        yield
    finally:
        await sandbox.stop()


@asynccontextmanager
async def joined(world: World, channel: Stoppable) -> AsyncIterator[None]:
    """The channel belongs to a deployment that is open, and is stopped at the end."""
    join(world, channel)
    try:
        yield
    finally:
        await channel.stop()


def join(world: World, channel: Channel) -> None:
    """Add a channel to a deployment that is open."""
    channels = {**world.deployment.channels, channel.name: channel}
    world.deployment.intake._channels = channels
    world.deployment = replace(world.deployment, channels=channels)


@asynccontextmanager
async def served(world: World) -> AsyncIterator[str]:
    """The address of the gateway's web side, hooks of all its channels included."""
    async with TestServer(create_app(world.deployment)) as server:
        yield str(server.make_url("/")).rstrip("/")
