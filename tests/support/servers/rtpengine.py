"""A real rtpengine for tests, in user space, private to the test process."""

from __future__ import annotations

import shutil
import socket
from typing import Self

from tests.support.servers.ports import LOOPBACK, ServerUnavailable
from tests.support.servers.process import Server


class RtpengineServer(Server):
    """Relays sound of this machine's loopback; `control` is where it takes orders."""

    @classmethod
    def start(cls) -> Self:
        """Running. Raises: ServerUnavailable."""
        server = cls("rtpengine")
        server._run_on_a_free_port()
        return server

    @property
    def control(self) -> tuple[str, int]:
        """For `MediaPlace.rtpengine`."""
        return LOOPBACK, self.port

    def _command(self) -> list[str]:
        program = shutil.which("rtpengine")
        if program is None:
            raise ServerUnavailable("No rtpengine: run `make setup-test` or install rtpengine-daemon")
        # --table=-1: no kernel module; --no-fallback would insist on it
        where = [f"--interface={LOOPBACK}", f"--listen-ng={LOOPBACK}:{self.port}", "--table=-1"]
        ours = ["--foreground", "--log-stderr", "--log-level=6", "--config-file=none", f"--pidfile={self.folder}/pid"]
        return [program, *where, *ours, "--port-min=30000", "--port-max=39999", "--num-threads=2"]

    def _is_ready(self) -> bool:
        return b"pong" in self._ask(b"d7:command4:pinge")

    def _ask(self, words: bytes) -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.5)
            asking.connect(self.control)
            try:
                asking.send(b"ready " + words)
                return asking.recv(65536)
            except OSError:
                return b""
