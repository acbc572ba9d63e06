"""sipp, the telephone that does what a scenario says: started beside a test, which then asks how it went."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.support.servers.ports import LOOPBACK, free_port
from tests.support.waiting import until

SCENARIOS = Path(__file__).parents[2] / "channels" / "call_center" / "tests" / "scenarios"


@dataclass(frozen=True)
class Verdict:
    """How a run ended: 0 is what the scenario wanted; `log` holds what was said and what it minded."""

    code: int
    log: str

    @property
    def passed(self) -> bool:
        return self.code == 0


@dataclass
class Sipp:
    """A running sipp. `port` is where it listens."""

    process: asyncio.subprocess.Process
    port: int
    folder: Path

    async def close(self) -> None:
        """End it, if it has not ended by itself."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def listening(self) -> None:
        """Wait until it takes calls."""
        await until(partial(is_taken, self.port), "sipp listens")

    async def verdict(self, within: float = 60) -> Verdict:
        """Wait for its end."""
        try:
            async with asyncio.timeout(within):
                said, _ = await self.process.communicate()
            log = "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))
        finally:
            await self.close()
        return Verdict(self.process.returncode or 0, log + said.decode(errors="replace")[-4000:])


def is_taken(port: int) -> bool:
    """Whether somebody sits on a port, UDP or TCP; nothing is sent there."""
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind((LOOPBACK, port))
    except OSError:
        return True
    return False


async def sipp(scenario: str, target: int | None = None, *more: str, user: str = "1022", calls: int = 1) -> Sipp:
    """
    Start a scenario of the folder: against a port of this machine, or waiting for calls when there is no target.

    `more` are arguments of sipp, such as `-t t1` for TCP or `-r 40` for a rate.
    """
    folder = Path(tempfile.mkdtemp(prefix="sipp-"))
    port = free_port()
    where = [] if target is None else [f"127.0.0.1:{target}"]
    arguments = ["-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", user, "-i", "127.0.0.1", "-p", str(port)]
    limits = ["-m", str(calls), "-timeout", "40s", "-timeout_error", "-nostdin", "-trace_err", "-trace_logs"]
    process = await asyncio.create_subprocess_exec(
        "sipp", *where, *arguments, *limits, *more,
        cwd=folder, env={**os.environ, "TERM": "dumb"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    return Sipp(process, port, folder)
