"""A real coturn for tests: the relay of deploy/coturn, private to the test process."""

from __future__ import annotations

import shutil
import socket
import struct
from pathlib import Path
from typing import Self

from tests.support.servers.ports import LOOPBACK, ServerUnavailable
from tests.support.servers.process import Server

CONFIG = Path(__file__).parents[3] / "deploy" / "coturn" / "turnserver.conf"
SECRET = "bi-mat-cua-tram-chuyen"
_BINDING = struct.pack("!HHL12s", 0x0001, 0, 0x2112A442, b"langnghe-123")


class CoturnServer(Server):
    """Carries sound to this machine's loopback only."""

    @classmethod
    def start(cls) -> Self:
        """Running. Raises: ServerUnavailable."""
        server = cls("coturn")
        server._run_on_a_free_port()
        return server

    @property
    def url(self) -> str:
        """As browsers of this machine reach it."""
        return f"turn:{LOOPBACK}:{self.port}?transport=udp"

    def allocations(self) -> int:
        """How many relays were opened so far."""
        return self.log.read_text(errors="replace").count("ALLOCATE processed, success")

    def _command(self) -> list[str]:
        program = shutil.which("turnserver")
        if program is None:
            raise ServerUnavailable("No turnserver: run `make setup-test` or install coturn")
        here = ["-L", LOOPBACK, "-E", LOOPBACK, "-p", str(self.port), "--allow-loopback-peers"]
        ours = [f"--static-auth-secret={SECRET}", f"--allowed-peer-ip={LOOPBACK}", "--no-tls", "--no-dtls"]
        # -v: each request; what it would leave behind stays in our folder
        where = ["-v", f"--pidfile={self.folder}/pid", f"--userdb={self.folder}/users"]
        return [program, "-c", str(CONFIG), *here, *ours, *where]

    def _is_ready(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.5)
            asking.connect((LOOPBACK, self.port))
            try:
                asking.send(_BINDING)
                return asking.recv(512).startswith(b"\x01\x01")
            except OSError:
                return False
