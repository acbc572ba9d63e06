"""`langnghe serve` as whoever types `make run` gets it: a process of its own and everything it starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

PATIENCE = 60.0
SANDBOX, THINKER = "sandbox", "core.service.thinkers"


def wait_until(happened: Callable[[], Any], what: str) -> Any:
    """Ask again until it is so; returns what was found."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen")


@dataclass
class Served:
    """A gateway that runs as a process."""

    process: subprocess.Popen[bytes]
    data: Path
    log: Path

    @property
    def demo(self) -> dict[str, Any]:
        """What demo.json says now."""
        with suppress(FileNotFoundError):
            held: dict[str, Any] = json.loads((self.data / "demo.json").read_text())
            return held
        return {}

    def sandbox_ids(self) -> list[int]:
        """Processes that play providers."""
        return self.started(SANDBOX)

    def started(self, module: str) -> list[int]:
        """Ids of the processes that this gateway started to run a module."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children if module in _arguments(child)]

    def stop(self, patience: float = PATIENCE) -> int:
        """End it as systemd would; returns its exit code. Raises: TimeoutExpired after so many seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)


def _arguments(pid: str) -> list[str]:
    with suppress(OSError):  # gone meanwhile
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return []


def start(tmp_path: Path, **more: str) -> Served:
    """`langnghe serve` in demo mode on free ports, by itself without a hotline; ready on return."""
    data, log = tmp_path / "var", tmp_path / "serve.log"
    ports = {f"LANGNGHE_{name}_PORT": "0" for name in ("HTTP", "SMTP", "LMTP", "SIP")}
    environ = (
        os.environ
        | ports
        | {"LANGNGHE_ROLES": "web,worker"}
        | {"LANGNGHE_MODE": "demo", "LANGNGHE_DATA": str(data)}
        | more
    )
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve"], env=environ, stdout=written, stderr=written
        )
    served = Served(process, data, log)

    def ready() -> bool:
        assert process.poll() is None, log.read_text()
        return bool(served.demo.get("ready")) and served.demo["pid"] == process.pid  # not of one that was killed

    wait_until(ready, "demo.json ready")
    return served


def fetch(url: str, body: Any = None, *, token: str = "") -> Any:
    """GET, or POST of JSON; the answer read."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(url, data=data, headers=headers), timeout=PATIENCE) as answer:
        return json.loads(answer.read())
