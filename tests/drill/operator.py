"""The commands of the manual, typed by a test: what they said, how long they took, how much memory they needed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """How a command ended; `peak` is its largest size in memory, MB."""

    code: int
    out: str
    err: str
    seconds: float
    peak: int

    @property
    def json(self) -> Any:
        """What it printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Operator:
    """Somebody at the shell of one deployment."""

    data: Path
    master_key: Path
    database_url: str = ""

    async def types(self, *arguments: str) -> Ran:
        """`langnghe …`, to its end."""
        return await asyncio.to_thread(self._run, arguments)

    def _run(self, arguments: tuple[str, ...]) -> Ran:
        command, began = [sys.executable, "-m", "gateway.cli", *arguments], time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self._environment()
            )
            peak = _watched(process)
            seconds = time.monotonic() - began
            said = [stream.seek(0) or stream.read().decode() for stream in (out, err)]
        return Ran(process.returncode, said[0], said[1], seconds, peak)

    def _environment(self) -> dict[str, str]:
        own = {
            "LANGNGHE_MODE": "demo",
            "LANGNGHE_DATA": str(self.data),
            "LANGNGHE_MASTER_KEY": f"file:{self.master_key}",
            "LANGNGHE_DATABASE_URL": self.database_url,
        }
        return {name: value for name, value in (os.environ | own).items() if value}


def _watched(process: subprocess.Popen[bytes]) -> int:
    """
    Wait for its end; returns its largest size so far as the kernel told shortly before.

    What `wait4` tells afterwards would be ours: a process begins with the size of the one that started it.
    """
    peak = 0
    while True:
        peak = max(peak, _high_water(process.pid))
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            return peak


def _high_water(pid: int) -> int:
    """VmHWM in MB; 0 for a process that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0
