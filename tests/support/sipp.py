"""sipp, the telephone that does what a scenario says: started beside a test, which then asks how it went."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.support.servers.ports import free_port
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


_BOUND, _LISTENING = "07", "0A"


def is_taken(port: int) -> bool:
    """
    Whether somebody sits on a port, UDP or TCP. Read off what the kernel lists: whoever tries it by sitting down there
    takes it away from the one that is just starting.
    """
    wanted = f":{port:04X}"
    tables = (Path(f"/proc/net/{kind}") for kind in ("udp", "udp6", "tcp", "tcp6"))
    lines = (line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:])
    return any(fields[1].endswith(wanted) and fields[3] in (_BOUND, _LISTENING) for fields in lines)


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
