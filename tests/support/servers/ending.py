"""How a server ends: at once with its children, and also where whoever started it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.servers.ports import ServerUnavailable

STOP_SECONDS = 30.0
POLL_SECONDS = 0.02


def guard_against_orphans(pid: int, folder: Path, how: signal.Signals) -> subprocess.Popen[bytes]:
    """A small shell that ends the server and deletes its data when this process is gone: its input then closes."""
    script = 'read _; kill -s "$2" "$1" 2>/dev/null; sleep 1; rm -rf "$3"'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "guard", str(pid), how.name.removeprefix("SIG"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def dismiss(guard: subprocess.Popen[bytes]) -> None:
    """Kill first, close its input after: the other way round it would act."""
    guard.kill()
    guard.wait()
    if guard.stdin is not None:
        guard.stdin.close()


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and its children, and wait until the children are gone: they hold the shared memory."""
    process.send_signal(signal.SIGSTOP)  # no child is born between the look and the kill
    children = _children(process.pid)
    process.kill()
    for child in children:
        _kill_quietly(child)
    wait_until(lambda: not any(alive(child) for child in children), STOP_SECONDS, lambda: f"{children} survive")


def _children(pid: int) -> list[int]:
    listings = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listing in listings for child in listing.read_text().split()]


def _kill_quietly(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def alive(pid: int) -> bool:
    """A zombie whose parent has not read its end yet counts as dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def wait_until(condition: Callable[[], bool], seconds: float, failure: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ServerUnavailable(failure())
        time.sleep(POLL_SECONDS)
