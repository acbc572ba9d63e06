"""The running process's ear for operators: a Unix socket, mode 0600, one action a connection."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from core.contract.errors import GatewayError
from gateway.admin.wire import short_path, socket_path

if TYPE_CHECKING:
    from gateway.deployment import Deployment

log = structlog.get_logger()

_LONGEST_REQUEST = 1024 * 1024


class AdminServer:
    """Listens from `start_admin` to `stop`; `stop` waits for what is being done."""

    def __init__(self, deployment: Deployment, path: Path) -> None:
        self._deployment = deployment
        self._path = path
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Listen. Whoever holds the database alone may replace what an earlier process left."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with short_path(self._path) as reachable:
            listening.bind(reachable)
        self._path.chmod(0o600)  # before anybody can connect: it does not listen yet
        listening.setblocking(False)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=_LONGEST_REQUEST)

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

    async def _answer(self, line: bytes) -> dict[str, Any]:
        from gateway.admin.actions import ACTIONS

        try:
            request = json.loads(line)
            action = ACTIONS[request["action"]]
        except (ValueError, KeyError, TypeError):
            return {"error": "bad_request", "message": "no such action"}
        log.info("admin_action", action=request["action"], uid=os.getuid())
        try:
            return {"value": await action(self._deployment, request.get("arguments") or {})}
        except GatewayError as error:
            return {"error": error.code, "message": str(error) or error.code}
        except Exception as error:
            log.exception("admin_action_failed", action=request["action"])
            return {"error": "failed", "message": f"{type(error).__name__}; see the log of the running process"}


async def start_admin(deployment: Deployment) -> AdminServer | None:
    """
    Listen for operators where this process holds the database alone (SQLite); call `stop` in the end.

    On PostgreSQL nobody has to ask: the command line opens the database itself, beside any number of processes.
    """
    if not deployment.settings.embedded:
        return None
    server = AdminServer(deployment, socket_path(deployment.settings.data))
    await server.start()
    return server


@asynccontextmanager
async def serving_admin(deployment: Deployment) -> AsyncIterator[None]:
    """`start_admin` for the length of a block."""
    server = await start_admin(deployment)
    try:
        yield
    finally:
        if server is not None:
            await server.stop()
