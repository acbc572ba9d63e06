"""A real PostgreSQL for tests."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import asyncpg

from tests.support.servers import finding
from tests.support.servers.owner import Owner, reachable
from tests.support.servers.ports import LOOPBACK, ServerUnavailable
from tests.support.servers.process import START_SECONDS, Server


class PostgresServer(Server):
    """
    A PostgreSQL server of its own: superuser `langnghe`, no password, loopback only.

    Debian's programs are preferred, then those on PATH, then the ones a development wheel carries. PostgreSQL refuses
    to run as root, so root starts it as `postgres` or `nobody`.
    """

    user = "langnghe"
    stop_signal = signal.SIGINT  # "fast" shutdown: open connections are cut, committed data is flushed
    orphan_signal = signal.SIGQUIT  # "immediate" shutdown: the backends go too

    def __init__(
        self,
        *,
        fsync: bool = True,
        max_connections: int = 200,
        settings: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        segment_mb: int = 16,
    ) -> None:
        super().__init__("postgres", environment)
        self._segment_mb = segment_mb
        self._settings = {
            "fsync": "on" if fsync else "off",
            "max_connections": str(max_connections),
            "shared_buffers": "32MB",
            "timezone": "UTC",
            "dynamic_shared_memory_type": "mmap",  # in its data folder: a killed server leaves nothing in /dev/shm
            **(settings or {}),
        }
        self._binaries = reachable(finding.find_postgres(), self._owner(), self.folder)
        self.data = self.folder / "data"

    @classmethod
    def start(
        cls,
        *,
        fsync: bool = True,
        max_connections: int = 200,
        settings: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        segment_mb: int = 16,
    ) -> Self:
        """
        A running server with an empty cluster.

        Args:
            fsync: switch off only where a test does not speak of durability.
            settings: further entries of postgresql.conf, as text.
            environment: further variables of the server's environment (LD_PRELOAD …); may be changed in
                `server.environment` for the next `restart`.
            segment_mb: size of a segment of its write-ahead log.
        Raises: ServerUnavailable.
        """
        server = cls(
            fsync=fsync,
            max_connections=max_connections,
            settings=settings,
            environment=environment,
            segment_mb=segment_mb,
        )
        server._create_cluster()
        server._run_on_a_free_port()
        return server

    def url(self, database: str = "postgres") -> str:
        """Address of a database for SQLAlchemy's asyncpg dialect."""
        return f"postgresql+asyncpg://{self.user}@{LOOPBACK}:{self.port}/{database}"

    def dsn(self, database: str = "postgres") -> str:
        """The same address for asyncpg itself."""
        return self.url(database).replace("+asyncpg", "", 1)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of `template` if one is named (nobody may be connected to it); its url."""
        clause = f" TEMPLATE {_quoted(template)}" if template else ""
        self.execute(f"CREATE DATABASE {_quoted(name)}{clause}")
        return self.url(name)

    def replace_data(self, source: Path) -> None:
        """While it is down: go on with the files in `source`, a copy of its data folder."""
        shutil.rmtree(self.data)
        shutil.copytree(source, self.data)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for path in [self.data, *self.data.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
            self._owner().own(path)

    def drop_database(self, name: str) -> None:
        """Remove a database if it exists; its connections are cut."""
        self.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        """Run one statement on a connection of its own and return its rows; may be called beside a running loop."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, self._fetch(statement, database)).result()

    async def _fetch(self, statement: str, database: str) -> list[Any]:
        connection = await asyncpg.connect(self.dsn(database), timeout=START_SECONDS, ssl=False)
        try:
            return list(await connection.fetch(statement))
        finally:
            await connection.close()

    def _owner(self) -> Owner:
        return Owner.unprivileged()

    def _create_cluster(self) -> None:
        """`--no-sync` only skips the flush of the still empty cluster; the server itself obeys the fsync setting."""
        command = [str(self._binaries / "initdb"), "-D", str(self.data), "-U", self.user, "-A", "trust"]
        result = subprocess.run(
            [*command, "-E", "UTF8", "--no-locale", "--no-sync", f"--wal-segsize={self._segment_mb}"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._owner().popen_arguments(),
        )
        if result.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise ServerUnavailable(f"initdb failed: {result.stderr or result.stdout}")

    def _command(self) -> list[str]:
        fixed = {"port": str(self.port), "listen_addresses": LOOPBACK, "unix_socket_directories": ""}
        options = [part for key, value in {**self._settings, **fixed}.items() for part in ("-c", f"{key}={value}")]
        return [str(self._binaries / "postgres"), "-D", str(self.data), *options]

    def _is_ready(self) -> bool:
        try:
            self.execute("SELECT 1")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
