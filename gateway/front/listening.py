"""Listening: every connection comes to the front first, and aiohttp stands behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial

from gateway.front.connection import Connection
from gateway.hooks import Door


class Front:
    """Whoever comes in. `behind` makes the protocol of a connection that is passed on."""

    def __init__(self, doors: Sequence[Door], behind: Callable[[], asyncio.Protocol]) -> None:
        self._doors = doors
        self.behind = behind
        self._crowd: set[Connection] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self.closing = False
        self._server: asyncio.Server | None = None
        self.find = lru_cache(maxsize=256)(self._find)

    async def listen(self, host: str, port: int, *, reuse_port: bool = False) -> None:
        """Let people in; 0 is any port that is free. OSError where it is taken."""
        loop = asyncio.get_running_loop()
        make = partial(Connection, self)
        self._server = await loop.create_server(make, host, port, reuse_port=reuse_port or None)

    def come(self, one: Connection) -> None:
        """There is one more."""
        self._crowd.add(one)
        self._empty.clear()

    def gone(self, one: Connection) -> None:
        """It has ended, or somebody else has it now."""
        self._crowd.discard(one)
        if not self._crowd:
            self._empty.set()

    @property
    def port(self) -> int:
        """Where we listen."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Let nobody in any more; hang up wherever no answer is owed, elsewhere as soon as it is given."""
        self.closing = True
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._crowd):
            connection.close()

    async def drain(self, seconds: float) -> None:
        """Wait until everybody has gone, and so long at most: a crash would have done the rest as well."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        for connection in tuple(self._crowd):
            connection.abort()

    def _find(self, path: str) -> tuple[Door, str] | None:
        for door in self._doors:
            account = door.account_in(path)
            if account is not None:
                return door, account
        return None
