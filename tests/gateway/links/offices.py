"""Two deployments on this machine, each with a port of its own that it keeps while it is away."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from core.service.actors import Member
from gateway.app import create_app
from gateway.links.lanes import Lanes
from tests.gateway.links.conftest import HERE, told
from tests.support.deployments import World, open_world


def held_port() -> socket.socket:
    """A port that nobody else gets; as long as nobody listens there, whoever calls is refused."""
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


@dataclass
class Office:
    """One of them. It is opened, closed, and opened again over what it had stored."""

    data: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    holder: socket.socket = field(default_factory=held_port)
    people: dict[str, Member] = field(default_factory=dict)
    _world: World | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _lanes: Lanes | None = None

    @property
    def url(self) -> str:
        """Its public address."""
        return f"http://127.0.0.1:{self.holder.getsockname()[1]}"

    @property
    def world(self) -> World:
        """What runs."""
        assert self._world is not None
        return self._world

    async def open(self, *, like: Office | None = None) -> None:
        """Begin to run; `like`: whose clock is right."""
        self._world = await self._stack.enter_async_context(open_world(self.data, **HERE, **self.settings))
        if like is not None:
            self._world.clock.at = like.world.clock.at
        runner = web.AppRunner(create_app(self._world.deployment))
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self.holder.getsockname()[1], reuse_port=True).start()
        self._lanes = Lanes(self._world.deployment, owner="lanes")

    async def close(self) -> None:
        """Stop; what is stored stays."""
        self._world = None
        await self._stack.aclose()

    async def __aenter__(self) -> Office:
        await self.open()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()
        self.holder.close()

    async def work(self) -> None:
        """Everything that is to be done here, until nothing is due."""
        if self._world is not None:
            await told(self._world, self._lanes)


async def until_quiet(*offices: Office) -> None:
    """What one does may give the other something to do."""
    for _ in range(4):
        for office in offices:
            await office.work()


def pass_time(*offices: Office, **length: float) -> None:
    """On all clocks that run."""
    for office in offices:
        if office._world is not None:
            office.world.clock.advance(**length)


async def stored(office: Office, **fields: Any) -> Any:
    """A file of a case, as an officer adds it; returns its key."""
    return (await office.world.deployment.media.put_file(**fields)).stored_key
