"""A real kamailio for tests: the edge of deploy/kamailio, private to the test process."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.support.servers.ports import LOOPBACK, ServerUnavailable
from tests.support.servers.process import Server

CONFIG = Path(__file__).parents[3] / "deploy" / "kamailio" / "kamailio.cfg"
_OPTIONS = (
    "OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{mine};branch=z9hG4bKready;rport\r\n"
    "From: <sip:ready@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1:{port}>\r\nCall-ID: ready{mine}\r\nCSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 5\r\nContent-Length: 0\r\n\r\n"
)


def find_kamailio() -> str:
    """The program. Raises: ServerUnavailable."""
    found = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise ServerUnavailable("No kamailio: run `make setup-test` or install kamailio")
    return found


class KamailioServer(Server):
    """The edge before these nodes (ports of this machine); `more` are further defines, such as CARRIER."""

    def __init__(self, nodes: Sequence[int], more: Sequence[str] = ()) -> None:
        super().__init__("kamailio")
        self._binary, self._more = find_kamailio(), more
        self._list = self.folder / "dispatcher.list"
        self._list.write_text("".join(f"1 sip:{LOOPBACK}:{port} 0 0\n" for port in nodes))

    @classmethod
    def start(cls, nodes: Sequence[int], *more: str) -> Self:
        """Running. Raises: ServerUnavailable."""
        server = cls(nodes, more)
        server._run_on_a_free_port()
        return server

    def _command(self) -> list[str]:
        here = f"{LOOPBACK}:{self.port}"
        defines = [f"LISTEN_UDP=udp:{here}", f"LISTEN_TCP=tcp:{here}", f'NODES="{self._list}"', *self._more]
        given = [word for define in defines for word in ("-A", define)]
        # -DD: in the foreground; -Y, -P: nothing outside our folder
        where = ["-f", str(CONFIG), "-Y", str(self.folder), "-P", str(self.folder / "kamailio.pid")]
        return [self._binary, "-DD", "-E", "-m", "32", "-M", "4", *where, *given]

    def _is_ready(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(0.5)
            asking.connect((LOOPBACK, self.port))
            try:
                asking.send(_OPTIONS.format(port=self.port, mine=asking.getsockname()[1]).encode())
                return asking.recv(2048).startswith(b"SIP/2.0 200")
            except OSError:
                return False
