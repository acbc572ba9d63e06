"""A real Redis for tests."""

from __future__ import annotations

import socket
from typing import Self

from tests.support.servers.finding import find_redis
from tests.support.servers.ports import LOOPBACK, ServerUnavailable
from tests.support.servers.process import START_SECONDS, Server


class RedisServer(Server):
    """A Redis server of its own, in memory unless `persistent` (then append-only with fsync at every write)."""

    def __init__(self, *, persistent: bool = False) -> None:
        super().__init__("redis")
        self._persistent = persistent
        self._binary = find_redis()

    @classmethod
    def start(cls, *, persistent: bool = False) -> Self:
        """A running, empty server. Raises: ServerUnavailable."""
        server = cls(persistent=persistent)
        server._run_on_a_free_port()
        return server

    def url(self, database: int = 0) -> str:
        """Address of one of its sixteen databases."""
        return f"redis://{LOOPBACK}:{self.port}/{database}"

    def flush(self) -> None:
        """Empty all databases, for the next test."""
        if not self._ask(b"FLUSHALL\r\n").startswith(b"+OK"):
            raise ServerUnavailable("Redis refused FLUSHALL")

    def _command(self) -> list[str]:
        append = ["--appendonly", "yes", "--appendfsync", "always"] if self._persistent else ["--appendonly", "no"]
        return [str(self._binary), "--port", str(self.port), "--bind", LOOPBACK, "--save", "", *append]

    def _is_ready(self) -> bool:
        try:
            return self._ask(b"PING\r\n").startswith(b"+PONG")
        except OSError:
            return False

    def _ask(self, request: bytes) -> bytes:
        """The first bytes of the answer to an inline command: enough here, without a client library."""
        with socket.create_connection((LOOPBACK, self.port), timeout=START_SECONDS) as connection:
            connection.sendall(request)
            return connection.recv(64)
