"""Several telephony processes of one data folder, behind a real kamailio: started, killed and drained by a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from channels.call_center.prompts.made import RATE, tone
from gateway.telephony.paths import spool_folder
from gateway.telephony.running import running
from tests.support.caller import short_prompts
from tests.support.servers.kamailio import KamailioServer
from tests.support.servers.ports import LOOPBACK, free_port
from tests.support.serving import PATIENCE, wait_until

GREETING_S = 120.0
CONFIG = """
mode = "production"
master_key = "env:NONE"
[call_center]
enabled = "yes"
numbers = ["1022"]
sip_port = {sip}
prompts = "{prompts}"
latest_ms = 100000
rtp_first = 0
rtp_last = 0
drain_seconds = 20
[call_center.fleet]
nodes = {nodes}
[call_center.trunks.edge]
host = "127.0.0.1"
port = {edge}
peers = ["127.0.0.1"]
options_seconds = 0
"""


@dataclass
class Fleet:
    """The nodes, by number; `edge` is where telephones call."""

    folder: Path
    ports: Sequence[int]
    edge: KamailioServer
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def target(self) -> str:
        return f"{LOOPBACK}:{self.edge.port}"

    def start(self, *nodes: int) -> None:
        """As `langnghe serve` starts them; they take calls on return."""
        before = {node: self._begun(node) for node in nodes}
        for node in nodes:
            self._spawn(node)

        def begun() -> bool:
            assert all(self.up(node) for node in nodes), [self.log(node).read_text() for node in nodes]
            return all(self._begun(node) > before[node] for node in nodes)

        wait_until(begun, f"nodes {nodes} take calls")

    def _spawn(self, node: int) -> None:
        environ = os.environ | {
            "LANGNGHE_CONFIG": str(self.folder / "langnghe.toml"),
            "LANGNGHE_DATA": str(self.data),
            "LANGNGHE_NODE": str(node),
            "LANGNGHE_SIP_PORT": "",
        }
        with self.log(node).open("ab") as log:
            command = [sys.executable, "-m", "gateway.cli", "serve", "--roles", "telephony"]
            self.processes[node] = subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def _begun(self, node: int) -> int:
        """How often it was started so far."""
        return self.log(node).read_text().count("telephony_started") if self.log(node).exists() else 0

    def up(self, node: int) -> bool:
        """Whether its process lives."""
        return node in self.processes and self.processes[node].poll() is None

    def log(self, node: int) -> Path:
        """What a node says."""
        return self.folder / f"node-{node}.log"

    def calls(self) -> Counter[int]:
        """How many are up at each node."""
        return Counter({node: len(self._open(node)) for node in self.processes})

    def node_of(self, caller: str) -> int:
        """Where the call of this number is up."""
        for node in self.processes:
            if any(json.loads(path.read_bytes()).get("caller", "").endswith(caller[1:]) for path in self._open(node)):
                return node
        raise AssertionError(f"no call of {caller}")

    def _open(self, node: int) -> list[Path]:
        living = running(self.data, node) is not None
        return list(spool_folder(self.data, node).glob("*/open.json")) if living else []

    def kill(self, node: int) -> None:
        """As a crash would."""
        process = self.processes.pop(node)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End everything in good order."""
        for process in self.processes.values():
            process.send_signal(signal.SIGINT)
        for process in self.processes.values():
            process.wait(PATIENCE)
        self.edge.stop()


@contextmanager
def fleet(folder: Path, *, nodes: int = 2) -> Iterator[Fleet]:
    """Nodes whose greeting lasts two minutes, so that calls stay up."""
    sip = free_port(behind=nodes - 1)
    ports = range(sip, sip + nodes)
    edge = KamailioServer.start(ports)
    prompts = short_prompts(folder / "prompts")
    with wave.open(str(prompts / "welcome.wav"), "wb") as greeting:
        greeting.setparams((1, 2, RATE, 0, "NONE", ""))
        greeting.writeframes(tone(440.0, seconds=GREETING_S))
    (folder / "langnghe.toml").write_text(CONFIG.format(sip=sip, prompts=prompts, nodes=nodes, edge=edge.port))
    made = Fleet(folder, ports, edge)
    try:
        made.start(*range(1, nodes + 1))
        yield made
    finally:
        made.stop()
