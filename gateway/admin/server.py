"""The running process's ear for operators: a Unix socket, mode 0600, one action a connection."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from core.contract.errors import GatewayError
from gateway.admin.wire import socket_path
from gateway.lines import LineServer

if TYPE_CHECKING:
    from gateway.deployment import Deployment

log = structlog.get_logger()


class AdminServer(LineServer):
    """Listens from `start_admin` to `stop`; `stop` waits for what is being done."""

    def __init__(self, deployment: Deployment, path: Path) -> None:
        super().__init__(path, self._act)
        self._deployment = deployment

    async def _act(self, line: bytes) -> dict[str, Any]:
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
