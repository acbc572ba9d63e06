"""
How long until it works: a restart with a million cases in store, and `make run` in a fresh clone.

Measured from outside, from the start of the command to the first 200 of /readyz.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.hook import NAMES
from bench.launch import STOP_SECONDS
from bench.measurement import Goal, Measurement, Result, Table, Terms
from bench.results import ROOT
from bench.tickets.archive import archive
from tests.support.servers import LOOPBACK, free_port
from tests.support.usual import REGULATION

RESTARTS = 5
_LOOK_SECONDS = 0.02
_PATIENCE = 600.0
_OWN = ("LANGNGHE_", "VIRTUAL_ENV", "PYTHONPATH", "MAKE", "MFLAGS", "XDG_", "UV_CACHE", "npm_config_cache", "PIP_CACHE")


def measurements() -> list[Measurement]:
    """What this group measures."""
    restart = tuple(
        Goal(f"{engine}_s", f"restart to ready with 1,000,000 cases on {name}, the slowest", at_most=5, unit="s")
        for engine, name in NAMES.items()
    )
    make_run = (
        Goal("cold_s", "first `make run` in a fresh clone with an empty home", at_most=300, unit="s"),
        Goal("warm_s", "`make run` there again", at_most=10, unit="s"),
    )
    return [
        Measurement("startup.restart", "Restart with a full archive", restart, measure_restart),
        Measurement("startup.make_run", "`make run`", make_run, measure_make_run),
    ]


@dataclass(frozen=True)
class Started:
    """Seconds from the command to /readyz, and from SIGTERM to the end."""

    ready: float
    stopped: float


def measure_restart(terms: Terms) -> Result:
    """`langnghe serve` in production over a copy of the archive; what fell due since it was made is the first's."""
    figures: dict[str, float] = {}
    rows: list[tuple[str, str, int, float, float, float]] = []
    for engine, name in NAMES.items():
        with archive(engine, terms) as store:
            environ = {
                "LANGNGHE_DATA": str(store.data),
                "LANGNGHE_DATABASE_URL": store.url.replace("+asyncpg", ""),
                "LANGNGHE_MASTER_KEY": f"file:{store.data / 'master.key'}",
                "LANGNGHE_MODE": "production",
                "LANGNGHE_REGULATION": REGULATION,
            }
            starts = [_served(environ, terms.folder / "serve.log") for _ in range(2 if terms.quick else RESTARTS)]
        times = sorted(one.ready for one in starts[1:])
        terms.say(f"{name}: {', '.join(f'{one.ready:.1f} s' for one in starts)}")
        figures[f"{engine}_s"] = times[-1]
        middle, stopped = times[len(times) // 2], max(one.stopped for one in starts)
        rows.append((name, f"{store.cases:,}", len(times), round(middle, 1), round(times[-1], 1), round(stopped, 1)))
    columns = ("database", "cases", "restarts", "median s", "slowest s", "slowest stop s")
    return Result(figures, (Table("Restart to ready", columns, tuple(rows)),), _RESTART_NOTES)


_RESTART_NOTES = (
    "`langnghe serve` with web, workers and mail, in production mode, each start after the stop of the one before; "
    "files in the system's cache, PostgreSQL running.",
)


def _served(environ: Mapping[str, str], log: Path) -> Started:
    port = free_port()
    ports = {"LANGNGHE_HTTP_PORT": str(port), "LANGNGHE_SMTP_PORT": "0", "LANGNGHE_LMTP_PORT": "0"}
    command = [sys.executable, "-m", "gateway.cli", "serve"]
    return _timed(command, cwd=ROOT, environ={**os.environ, **environ, **ports}, port=port, log=log)


def measure_make_run(terms: Terms) -> Result:
    """In a clone of what is committed, with nothing in its home: every package is fetched, as for a newcomer."""
    clone, home = terms.folder / "clone", terms.folder / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    environ = _newcomer(home)
    cold = _made(clone, environ, terms)
    warm = [_made(clone, environ, terms) for _ in range(1 if terms.quick else 3)]
    figures = {"cold_s": cold.ready, "warm_s": max(one.ready for one in warm)}
    rows = (("cold", 1, round(cold.ready, 1)), ("warm, the slowest", len(warm), round(figures["warm_s"], 1)))
    notes = ("A clone of this repository, HOME empty; the cold one is mostly the network, and whatever mirror it has.",)
    return Result(figures, (Table("`make run` to ready", ("which", "runs", "s"), rows),), notes)


def _newcomer(home: Path) -> dict[str, str]:
    """The environment without what this project, an activated environment or a cache put there."""
    ours = str(ROOT)
    path = [part for part in os.environ["PATH"].split(os.pathsep) if not part.startswith(ours)]
    known = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    return {**known, "PATH": os.pathsep.join(path), "HOME": str(home)}


def _made(clone: Path, environ: Mapping[str, str], terms: Terms) -> Started:
    port = free_port()
    ports = {"LANGNGHE_HTTP_PORT": str(port), "LANGNGHE_SMTP_PORT": "0", "LANGNGHE_LMTP_PORT": "0"}
    started = _timed(["make", "run"], cwd=clone, environ={**environ, **ports}, port=port, log=terms.folder / "make.log")
    terms.say(f"make run: {started.ready:.1f} s")
    return started


def _timed(command: list[str], *, cwd: Path, environ: Mapping[str, str], port: int, log: Path) -> Started:
    """Start, wait until it is ready, stop. RuntimeError shows what it said when it ends or does not get ready."""
    with log.open("ab") as file, _group(command, cwd=cwd, environ=environ, log=file.fileno()) as process:
        began = time.monotonic()
        while not _ready(port):
            if process.poll() is not None or time.monotonic() - began > _PATIENCE:
                said = log.read_text(errors="replace")[-3000:]
                raise RuntimeError(f"{' '.join(command)} did not get ready:\n{said}")
            time.sleep(_LOOK_SECONDS)
        ready = time.monotonic()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(STOP_SECONDS)
        return Started(ready - began, time.monotonic() - ready)


@contextmanager
def _group(command: list[str], *, cwd: Path, environ: Mapping[str, str], log: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process group of its own, which does not outlive the block."""
    process = subprocess.Popen(command, cwd=cwd, env=environ, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
