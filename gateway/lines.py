"""Unix sockets (mode 0600), mostly one line of JSON each way: how processes of one machine and one user speak."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

LONGEST = 1024 * 1024
"""Bytes of one line."""
_LONGEST_PATH = 100  # a socket's path has room for 108 bytes, its end included
Answer = Callable[[bytes], Awaitable[dict[str, Any]]]


class LineServer:
    """Answers one line a connection, from `start` to `stop`; `stop` waits for what is being done."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self._path = path
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Listen, in the place of whatever an earlier process left."""
        self._server = await asyncio.start_unix_server(self._serve, sock=bound(self._path), limit=LONGEST)

    async def stop(self) -> None:
        """Take no more, finish what runs, remove the socket."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            answer = await self._answer(await reader.readline())
            writer.write(json.dumps(answer, ensure_ascii=False).encode())
            await writer.drain()
        except (ConnectionError, ValueError):  # whoever asked is gone, or asked without end
            pass
        finally:
            writer.close()
            self._running.discard(task)


def bound(path: Path) -> socket.socket:
    """A socket of mode 0600, in the place of whatever an earlier process left; it does not listen yet."""
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with short_path(path) as reachable:
        made.bind(reachable)
    path.chmod(0o600)  # before anybody can connect
    made.setblocking(False)
    return made


async def serve_privately(runner: web.BaseRunner, path: Path) -> None:
    """Serve an application at a socket (mode 0600), in the place of whatever an earlier process left."""
    forget(path)
    before = os.umask(0o177)
    try:
        with short_path(path) as reachable:
            await web.UnixSite(runner, reachable).start()
    finally:
        os.umask(before)


def forget(path: Path) -> None:
    """Nobody listens there any more."""
    path.unlink(missing_ok=True)


async def ask_line(path: Path, request: dict[str, Any]) -> dict[str, Any]:
    """
    Ask whoever listens at a socket.

    Raises: OSError: nobody does, or they went away. ValueError: that was no answer.
    """
    with short_path(path) as reachable:
        reader, writer = await asyncio.open_unix_connection(reachable, limit=LONGEST)
    try:
        writer.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        await writer.drain()
        said = await reader.read()
    finally:
        writer.close()
    if not said:
        raise ConnectionResetError("gone before it answered")
    answer: dict[str, Any] = json.loads(said)
    return answer


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A spelling of a socket's path that fits; Linux lends one through an open folder."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
