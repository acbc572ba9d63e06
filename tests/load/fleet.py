"""
A fleet: two web and two worker processes of the real gateway on one PostgreSQL and one Redis.

Each member is a process of its own (`tests.load.member`), started, stopped, killed and frozen by pid; the test itself
looks into the database through a deployment of its own that does no work.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from gateway.deployment import Deployment, open_deployment
from gateway.settings import load_settings
from tests.load.chat import Sink, open_sink
from tests.load.member import OFFSET, shifted_clock
from tests.support.servers import free_port
from tests.support.waiting import until

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 60.0
CONFIG = """\
mode = "production"
data = "{folder}/var"
database_url = "{database_url}"
redis_url = "{redis_url}"
master_key = "file:{folder}/master.key"
require_second_factor = false
[email]
enabled = false
[workers]
poll = {poll}
"""


@dataclass
class Member:
    """One process. `exits`: how each run of it that was told to stop ended."""

    name: str
    role: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None
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
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """To this process only. RuntimeError when it is down."""
        if self.process is None or not self.running:
            raise RuntimeError(f"{self.name} is not running:\n{self.tail()}")
        self.process.send_signal(number)

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else "no log"


class Fleet:
    """Members over one folder, database, Redis and sink; `clock` is the time they all see."""

    def __init__(self, folder: Path, sink: Sink, members: Sequence[Member]) -> None:
        self.folder = folder
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
        """What any member logged as an error, in all of its runs; alarms speak of the surroundings."""
        lines = [line for member in self.members.values() for line in member.log.read_text().splitlines()]
        errors = [line for line in lines if '"level": "error"' in line or not line.startswith("{")]
        return [line for line in errors if '"event": "alarm_rings"' not in line]

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
            member.exits.append(await asyncio.to_thread(_end_of, member))

    async def kill(self, member: Member) -> None:
        """As a crash does."""
        member.signal(signal.SIGKILL)
        await asyncio.to_thread(_end_of, member)

    def end(self) -> None:
        """Leave nothing behind."""
        for member in self.members.values():
            if member.process is not None:
                member.process.kill()
                member.process.wait()

    def _spawn(self, member: Member) -> None:
        member.ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.load.member", "--roles", member.role, "--port", str(member.port)]
        command += ["--sink", self.sink.url, "--clock", str(self.folder / "clock"), "--ready", str(member.ready)]
        with member.log.open("ab") as log:
            member.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | {"LANGNGHE_CONFIG": str(self.folder / "langnghe.toml")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def _is_ready(member: Member) -> bool:
    if not member.running:
        raise RuntimeError(f"{member.name} did not start:\n{member.tail()}")
    return member.ready.exists() and bool(member.ready.read_text())


def _end_of(member: Member) -> int:
    """Its exit code, once it has gone. TimeoutExpired."""
    assert member.process is not None
    return member.process.wait(STOP_SECONDS)


@asynccontextmanager
async def open_fleet(
    folder: Path, *, database_url: str, redis_url: str, poll: float = 0.25, webs: int = 2, workers: int = 2
) -> AsyncIterator[Fleet]:
    """Members of a new deployment, all down; whatever runs at the end is killed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "master.key").write_bytes(base64.b64encode(secrets.token_bytes(32)))
    (folder / "master.key").chmod(0o600)
    (folder / "clock").write_bytes(OFFSET.pack(0))
    config = CONFIG.format(folder=folder, database_url=database_url, redis_url=redis_url, poll=poll)
    (folder / "langnghe.toml").write_text(config)
    named = [*((f"web-{n}", "web") for n in range(webs)), *((f"worker-{n}", "worker") for n in range(workers))]
    async with open_sink() as sink:
        fleet = Fleet(folder, sink, [Member(name, role, free_port(), folder) for name, role in named])
        try:
            yield fleet
        finally:
            await asyncio.to_thread(fleet.end)


@asynccontextmanager
async def observing(fleet: Fleet) -> AsyncIterator[Deployment]:
    """The same deployment in the test's own process: it reads and hears, and does nothing."""
    settings = load_settings({"LANGNGHE_CONFIG": str(fleet.folder / "langnghe.toml")})
    async with open_deployment(settings, now=fleet.clock) as deployment:
        yield deployment
