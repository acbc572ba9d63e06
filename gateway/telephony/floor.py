"""
The floor among several telephony processes: one of them has the people who answer, the others bring their callers.

Which one is decided by a locked file: the kernel frees it the moment its process is gone, and another takes it within
`AGAIN_S`. Whoever answers comes back to the new one by themselves; callers who were with the old one are told to the
machine, which takes what they have to say.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog

from channels.call_center.agents.caller import Served, Told, Wanted
from channels.call_center.agents.desk import Desk
from channels.call_center.media.engine import Engine
from channels.call_center.ports import Call
from channels.tasks import let_go
from gateway.telephony.floor_door import Door
from gateway.telephony.floor_far import FarFloor
from gateway.telephony.paths import floor_lock, floor_socket

log = structlog.get_logger()

AGAIN_S = 0.2
Opening = Callable[[], AbstractAsyncContextManager[Desk]]


class Floor:
    """
    Implements `People`: serves callers here where this node has the floor, else wherever it is.

    Args:
        opening: the desk with all that belongs to it, for as long as we have the floor.
    """

    def __init__(self, data: Path, engine: Engine, opening: Opening) -> None:
        self._data, self._engine, self._opening = data, engine, opening
        self._far = FarFloor(floor_socket(data), engine)
        self._desk: Desk | None = None
        self._door: Door | None = None

    async def close_door(self) -> None:
        """Let no more callers of other nodes in, and wait until those who are here have been served."""
        if self._door is not None:
            await self._door.close()

    @property
    def alive(self) -> bool:
        """Whether somebody has it, as far as we know."""
        return self.here or self._far.alive

    @property
    def here(self) -> bool:
        """Whether this node has it."""
        return self._desk is not None

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        """With the people who answer, wherever they are; "machine" at once while that is unknown."""
        if self._desk is not None:
            return await self._desk.serve(call, wanted, about=about, told=told)
        return await self._far.serve(call, wanted, about=about, told=told)

    @asynccontextmanager
    async def taking_part(self) -> AsyncIterator[None]:
        """Have it or know who has it, for the length of a block."""
        async with AsyncExitStack() as stack:
            if not await self._take(stack):
                task = asyncio.create_task(self._stand_by(stack))
                stack.push_async_callback(let_go, task)
            yield

    async def _stand_by(self, stack: AsyncExitStack) -> None:
        """Listen to whoever has it, and take it when nobody has."""
        watching = asyncio.create_task(self._far.watch())
        try:
            while True:
                await asyncio.sleep(AGAIN_S)
                if await self._take(stack):
                    return
        finally:
            await let_go(watching)

    async def _take(self, stack: AsyncExitStack) -> bool:
        lock = _locked(floor_lock(self._data))
        if lock is None:
            return False
        stack.callback(os.close, lock)
        desk = await stack.enter_async_context(self._opening())
        door = Door(floor_socket(self._data), desk, self._engine)
        await stack.enter_async_context(door.open())
        self._desk, self._door = desk, door
        log.info("floor_taken")
        return True


def _locked(path: Path) -> int | None:
    """The file, locked, or None where another process has it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
