"""One server process: started on a free port, stopped, killed and restarted; what differs is in its subclasses."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Self

from tests.support.servers.ending import (
    STOP_SECONDS,
    dismiss,
    guard_against_orphans,
    kill_tree,
    wait_until,
)
from tests.support.servers.owner import Owner, temporary_folder
from tests.support.servers.ports import ServerUnavailable, free_port

START_SECONDS = 60.0
PORT_ATTEMPTS = 3


class Server(ABC):
    """Start, stop, kill and restart of one server process; what differs between servers is in the subclasses."""

    stop_signal = signal.SIGTERM
    orphan_signal = signal.SIGTERM

    def __init__(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        self.environment = dict(environment or {})
        self.folder = temporary_folder(f"langnghe-{name}-")
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

    def _owner(self) -> Owner:
        return Owner.current()

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
        self._end(kill_tree)

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
        self._guard = guard_against_orphans(self._process.pid, self.folder, self.orphan_signal)
        try:
            wait_until(lambda: self._process_lives() and self._is_ready(), START_SECONDS, self._start_failure)
        except ServerUnavailable:
            self._end(kill_tree)
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
            dismiss(guard)
        if process is None:
            return
        if process.poll() is None:
            how(process)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            kill_tree(process)
            process.wait(STOP_SECONDS)
