"""Starting and stopping what is measured, each in a process of its own that cannot outlive the bench."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import fsync_shim
from tests.support.servers import PostgresServer

ROOT = Path(__file__).parents[1]
STOP_SECONDS = 60.0
_COUNTED = ("LD_PRELOAD", "LANGNGHE_SHIM_COUNT")
POSTGRES = {
    "shared_buffers": "512MB",
    "synchronous_commit": "on",
    "min_wal_size": "2GB",
    "max_wal_size": "4GB",
    "dynamic_shared_memory_type": "posix",  # as in production; test servers keep theirs beside their data
}
_LOG_FILES = 100


class DidNotStart(RuntimeError):
    """A process of the bench ended before it was ready; the message says where its log is or shows it."""


class DidNotStop(RuntimeError):
    """A process of the bench failed while it was to stop in good order."""


class Child:
    """A process that speaks lines of JSON on its output and ends when its input is closed."""

    def __init__(self, module: str, *arguments: str, log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def read(self) -> dict[str, Any]:
        """The next line. Raises: DidNotStart when there is none."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise DidNotStart(f"{self.log.stem} ended:\n{self.log.read_text(errors='replace')[-2000:]}")
        found: dict[str, Any] = json.loads(line)
        return found

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Send one line, read one."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self.read()

    @property
    def failed(self) -> bool:
        """Whether it ended, and not in good order."""
        return bool(self._process.poll())

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._process.kill()
        self._process.communicate()

    def stop(self) -> str:
        """Close its input and wait; what it still had to say."""
        try:
            said, _ = self._process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            said, _ = self._process.communicate()
        return said or ""


@dataclass
class Target:
    """Something that answers the webhook: where, and which processes to count as its own."""

    ports: list[int]
    pids: list[int]


@contextmanager
def bare_server(folder: Path) -> Iterator[Target]:
    """The limit."""
    child = Child("bench.bare", log=folder / "bare.log")
    try:
        told = child.read()
        yield Target([told["port"]], [told["pid"]])
    finally:
        child.stop()


@dataclass
class Gateway(Target):
    """Processes of the real gateway over one database."""

    data: Path
    key: Path
    database_url: str
    logs: list[Path]
    counters: dict[str, int] = field(default_factory=dict)
    _children: list[Child] = field(default_factory=list)

    def log_lines(self) -> int:
        """How many lines all processes have written so far."""
        return sum(log.read_bytes().count(b"\n") for log in self.logs)

    def stop(self) -> None:
        """
        Stop them all in good order; afterwards `counters` says how deliveries were taken.

        Raises: DidNotStop.
        """
        failures = []
        while self._children:
            child = self._children.pop()
            said = child.stop()
            if child.failed:
                failures.append(f"{child.log.stem}:\n{child.log.read_text(errors='replace')[-2000:]}")
            for name, count in json.loads(said.splitlines()[-1]).items() if said else ():
                self.counters[name] = self.counters.get(name, 0) + count
        if failures:
            raise DidNotStop("\n".join(failures))


@contextmanager
def gateway(
    folder: Path,
    *,
    database_url: str = "",
    roles: str = "web",
    processes: int = 1,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Gateway]:
    """
    The real gateway; an empty url is SQLite in `folder`.

    Several processes are what several hosts behind a reverse proxy would be: a port and a data folder each, one
    database and one master key.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "master.key"
    if not key.exists():
        key.write_text(secrets.token_hex(32))
    started = Gateway([], [], folder / "data-1", key, database_url, [])
    try:
        for number in range(1, processes + 1):
            log = folder / f"gateway-{number}.log"
            arguments = ["--data", str(folder / f"data-{number}"), "--key", str(key), "--roles", roles]
            child = Child("bench.gateway", *arguments, "--database-url", database_url, log=log, environment=environment)
            told = child.read()  # where this fails, the child has ended
            started._children.append(child)
            started.ports.append(told["port"])
            started.pids.append(told["pid"])
            started.logs.append(log)
        yield started
    finally:
        started.stop()


@contextmanager
def postgres(environment: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """A PostgreSQL server that keeps its promises: fsync and synchronous_commit on."""
    with _environment(environment or {}):
        server = PostgresServer.start(fsync=True, settings=POSTGRES)
    with server:
        _use_for_a_while(server)
        yield server


def _use_for_a_while(server: PostgresServer) -> None:
    """
    Give it files of its write-ahead log to use again, as a server has that keeps some (`min_wal_size`) and is not new.

    A new one makes 16 MB of zeros and syncs them several times whenever a file is full: once a second under load, and
    every commit waits for it, 30 ms on a slow disk.
    """
    spend = "pg_logical_emit_message(false, 'bench', 'x'), pg_switch_wal()"
    server.execute(f"SELECT {spend} FROM generate_series(1, {_LOG_FILES})")
    server.execute("CHECKPOINT")


@dataclass(frozen=True)
class Watch:
    """What stands between processes and their disk: `environment` for them, and the syncs they have completed."""

    shim: fsync_shim.Shim
    environment: Mapping[str, str]

    @property
    def syncs(self) -> int:
        """Of every process so far."""
        return self.shim.syncs


@contextmanager
def disk(*, delay_us: int = 0) -> Iterator[Watch]:
    """Count every sync, and make each so many microseconds slower; nothing else is traced, or it would cost time."""
    with fsync_shim.Shim.create() as shim:
        environment = {name: value for name, value in shim.environment().items() if name in _COUNTED}
        slow = {"LANGNGHE_SHIM_DELAY_US": str(delay_us)} if delay_us else {}
        yield Watch(shim, environment | slow)


@contextmanager
def _environment(further: Mapping[str, str]) -> Iterator[None]:
    kept = {name: os.environ.get(name) for name in further}
    os.environ.update(further)
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
