"""
A fleet: two web and two worker processes of the real gateway on one PostgreSQL and one Redis.

Each member is a process of its own (`tests.load.member`), started, stopped, killed and frozen by pid; the test itself
looks into the database through a deployment of its own that does no work. Whatever runs ends with the test.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from gateway.deployment import Deployment, open_deployment
from gateway.settings import load_settings
from tests.load.chat import Sink, open_sink
from tests.load.member import OFFSET, shifted_clock
from tests.support.servers import free_port
from tests.support.usual import REGULATION
from tests.support.waiting import until

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60.0
_OF_SURROUNDINGS = (
    '"event": "alarm_rings"',
    '"event": "journal_failed", "error": "TimeoutError"',
    '"failures": 1, "error": "TimeoutError"',
)
"""Errors in a member's log that say nothing of the member."""
CONFIG = """\
mode = "production"
data = "{folder}/var"
database_url = "{database_url}"
redis_url = "{redis_url}"
master_key = "file:{folder}/master.key"
require_second_factor = false
regulation = "{regulation}"
[email]
enabled = false
[workers]
poll = {poll}
[sending]
quiet_hours = "never"
[intake]
database_budget = {budget}
"""


class Nursery:
    """The process that forks members; one order at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.member"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._turn = threading.Lock()

    def start(self, **order: str | int) -> int:
        """A new member's pid."""
        return self._ask({"start": order})

    def wait(self, pid: int) -> int:
        """The exit code of a member that has ended or is about to."""
        return self._ask({"wait": pid})

    def _ask(self, order: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._turn:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it, and every member that still runs with it."""
        self._process.kill()
        self._process.communicate()


@dataclass
class Member:
    """One process. `exits`: how each run of it that was told to stop ended."""

    name: str
    role: str
    port: int
    folder: Path
    pid: int = 0
    exits: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it wrote, over all its runs."""
        return self.folder / f"{self.name}.log"

    @property
    def ready(self) -> Path:
        """The file that says that all of it answers."""
        return self.folder / f"{self.name}.ready"

    @property
    def running(self) -> bool:
        """Whether the process lives; one that nobody has waited for yet does not."""
        with suppress(FileNotFoundError, ProcessLookupError):
            return bool(self.pid) and Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False

    def signal(self, number: signal.Signals) -> None:
        """To this process only. RuntimeError when it is down."""
        if not self.running:
            raise RuntimeError(f"{self.name} is not running:\n{self.tail()}")
        os.kill(self.pid, number)

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else "no log"


class Fleet:
    """Members over one folder, database, Redis and sink; `clock` is the time they all see."""

    def __init__(self, folder: Path, sink: Sink, nursery: Nursery, members: Sequence[Member]) -> None:
        self.folder = folder
        self._nursery = nursery
        self.sink = sink
        self.members = {member.name: member for member in members}
        self.clock = shifted_clock(folder / "clock")

    @property
    def webs(self) -> list[Member]:
        """Those that take webhooks."""
        return [member for member in self.members.values() if member.role == "web"]

    @property
    def workers(self) -> list[Member]:
        """Those that do the work."""
        return [member for member in self.members.values() if member.role == "worker"]

    def advance(self, **length: float) -> None:
        """Let time pass for all members at once."""
        with (self.folder / "clock").open("r+b") as stream:
            (now,) = OFFSET.unpack(stream.read(OFFSET.size))
            stream.seek(0)
            stream.write(OFFSET.pack(now + timedelta(**length).total_seconds()))

    def complaints(self) -> list[str]:
        """
        What any member logged as an error, in all of its runs.

        Alarms speak of the surroundings; so does a disk too slow for the journal: what is refused then is handed in
        again, and counted by whoever delivers. A loop whose database was too slow once goes round again.
        """
        lines = [line for member in self.members.values() for line in member.log.read_text().splitlines()]
        errors = [line for line in lines if '"level": "error"' in line or not line.startswith("{")]
        return [line for line in errors if not any(told in line for told in _OF_SURROUNDINGS)]

    async def start(self, *members: Member) -> None:
        """Start these (all that are down, if none is named) side by side; they answer on return."""
        down = members or [member for member in self.members.values() if not member.running]
        for member in down:
            self._spawn(member)
        for member in down:
            await until(partial(_is_ready, member), f"start of {member.name}", within=START_SECONDS)

    async def stop(self, *members: Member) -> None:
        """End these (all that run, if none is named) as a supervisor does, and wait until they have gone."""
        running = members or [member for member in self.members.values() if member.running]
        for member in running:
            member.signal(signal.SIGTERM)
        for member in running:
            await until(lambda: not member.running, f"end of {member.name}")  # noqa: B023 - used at once
            member.exits.append(await asyncio.to_thread(self._nursery.wait, member.pid))

    async def kill(self, member: Member) -> None:
        """As a crash does."""
        member.signal(signal.SIGKILL)
        await asyncio.to_thread(self._nursery.wait, member.pid)

    def _spawn(self, member: Member) -> None:
        member.ready.unlink(missing_ok=True)
        member.pid = self._nursery.start(
            config=str(self.folder / "langnghe.toml"),
            role=member.role,
            port=member.port,
            sink=self.sink.url,
            clock=str(self.folder / "clock"),
            ready=str(member.ready),
            log=str(member.log),
        )


def _is_ready(member: Member) -> bool:
    if not member.running:
        raise RuntimeError(f"{member.name} did not start:\n{member.tail()}")
    return member.ready.exists() and bool(member.ready.read_text())


@asynccontextmanager
async def open_fleet(
    folder: Path,
    *,
    database_url: str,
    redis_url: str,
    poll: float = 0.25,
    webs: int = 2,
    workers: int = 2,
    budget: float = 0.3,
) -> AsyncIterator[Fleet]:
    """Members of a new deployment, all down; whatever runs at the end is killed. `budget`: as `[intake]` has it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "master.key").write_bytes(base64.b64encode(secrets.token_bytes(32)))
    (folder / "master.key").chmod(0o600)
    (folder / "clock").write_bytes(OFFSET.pack(0))
    known = {"database_url": database_url, "redis_url": redis_url, "poll": poll, "budget": budget}
    config = CONFIG.format(folder=folder, regulation=REGULATION, **known)
    (folder / "langnghe.toml").write_text(config)
    named = [*((f"web-{n}", "web") for n in range(webs)), *((f"worker-{n}", "worker") for n in range(workers))]
    async with open_sink() as sink:
        nursery = Nursery()
        try:
            yield Fleet(folder, sink, nursery, [Member(name, role, free_port(), folder) for name, role in named])
        finally:
            nursery.close()


@asynccontextmanager
async def observing(fleet: Fleet) -> AsyncIterator[Deployment]:
    """The same deployment in the test's own process: it reads and hears, and does nothing."""
    settings = load_settings({"LANGNGHE_CONFIG": str(fleet.folder / "langnghe.toml")})
    async with open_deployment(settings, now=fleet.clock) as deployment:
        yield deployment
