"""A clamd on loopback: PING and INSTREAM as clamd speaks them, with the one signature everybody has (EICAR)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from core.privacy.scanner import Clamd
from tests.support.deployments import World

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

INFECTED = b"%PDF-1.7 " + EICAR


@dataclass
class RunningClamd:
    """What it was given. `most`: StreamMaxLength. `answers`: cleared where it says nothing for a while."""

    port: int = 0
    most: int = 100 * 1024 * 1024
    seen: list[bytes] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answers.set()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    clamd: RunningClamd


class _Talk(StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0") and (more := self.rfile.read(1)):
            command += more
        self.wfile.write({b"zPING\0": lambda: b"PONG", b"zINSTREAM\0": self._scan}[command]() + b"\0")

    def _scan(self) -> bytes:
        server: Any = self.server
        data = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            data += self.rfile.read(length)
            if len(data) > server.clamd.most:
                return b"INSTREAM size limit exceeded. ERROR"
        server.clamd.seen.append(data)
        server.clamd.answers.wait()
        return b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"


@contextmanager
def running_clamd(*, port: int = 0) -> Iterator[RunningClamd]:
    """One that answers until the end of the block."""
    with _Server(("127.0.0.1", port), _Talk) as server:
        server.clamd = RunningClamd(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.clamd
        finally:
            server.clamd.answers.set()
            server.shutdown()
            thread.join()


def ask(world: World, clamd: RunningClamd) -> None:
    """From now on files of this world are looked at."""
    world.deployment.media.scanner = Clamd("127.0.0.1", clamd.port)


def ask_in_vain(world: World) -> None:
    """A scanner is wanted, and does not answer."""
    with running_clamd() as gone:
        ask(world, gone)
