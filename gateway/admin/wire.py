"""
How a command reaches the running process: one line of JSON each way over a Unix socket in the data folder.

Kept free of heavy imports: the command line talks to a running gateway without loading one.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, Final

from core.contract.errors import GatewayError
from gateway.lines import short_path

NAME = "admin.sock"
NOT_RUNNING: Final = object()
"""Nobody listens at the socket."""


class AdminRefused(GatewayError):
    """The running process refused, or failed; `code` is that of its error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def socket_path(data: Path) -> Path:
    """Where the process over this data folder listens."""
    return data / NAME


def ask(path: Path, action: str, arguments: dict[str, Any]) -> Any:
    """
    Have the running process carry out an action; waits as long as it takes.

    Returns: what the action returned, or NOT_RUNNING.
    Raises: AdminRefused.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            with short_path(path) as reachable:
                connection.connect(reachable)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return NOT_RUNNING
        connection.sendall(json.dumps({"action": action, "arguments": arguments}).encode() + b"\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    if not answer:
        raise AdminRefused("no_answer", "the running process went away before it answered")
    return _read(json.loads(answer))


def _read(answer: dict[str, Any]) -> Any:
    if "error" in answer:
        raise AdminRefused(answer["error"], answer["message"])
    return answer["value"]
