"""Looking into a running process with py-spy, which `make profile` fetches."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from bench.profile import OWN
from bench.tickets.loop import Load

_PER_SECOND = 250


@contextmanager
def profiled(pid: int, output: Path, load: Load) -> Iterator[None]:
    """Folded stacks of the seconds that are measured, idle threads left out, while the block runs."""
    options = ("--format", "raw", "--rate", str(_PER_SECOND), "--nonblocking", "--output", str(output))
    length = ("--duration", str(max(1, int(load.seconds) - 1)))
    command = [str(OWN) if OWN.exists() else "py-spy", "record", "--pid", str(pid), *options, *length]

    def record() -> None:
        time.sleep(load.warm_up)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    recording = Thread(target=record)
    recording.start()
    yield
    recording.join()
