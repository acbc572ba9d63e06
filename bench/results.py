"""What was found, kept as JSON: a run of some measurements leaves the others as they were."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.measurement import Measurement, Result

ROOT = Path(__file__).parents[1]
FULL, QUICK, BEFORE = (ROOT / "build" / name for name in ("bench.json", "bench-quick.json", "bench-before.json"))

Kept = dict[str, dict[str, Any]]
"""By name of the measurement: when, where, of which commit, and its result or what failed."""


def read(path: Path = FULL) -> Kept:
    """Everything that was ever found; empty before the first run."""
    if not path.exists():
        return {}
    found: Kept = json.loads(path.read_text(encoding="utf-8"))
    return found


def load() -> float:
    """How many processes wanted to run during the last minute: others than ours, when asked before a run."""
    return round(os.getloadavg()[0], 1)


def keep(
    measurement: Measurement, result: Result | None, *, path: Path, load: float = 0.0, failure: str = ""
) -> dict[str, Any]:
    """
    Write one result beside the others; returns what was written. `load` is that of the machine before the run.

    Raises: ValueError when the figure of a goal is missing (a quick look may leave some out).
    """
    entry: dict[str, Any] = {"at": _now(), "commit": commit(), "machine": machine(), "load": load, "failure": failure}
    if result is not None:
        missing = {goal.key for goal in measurement.goals} - result.figures.keys()
        if missing and path != QUICK:
            raise ValueError(f"{measurement.name} measured nothing for {', '.join(sorted(missing))}")
        entry |= asdict(result)
    _write(path, read(path) | {measurement.name: entry})
    return entry


def _write(path: Path, kept: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M")


def commit() -> str:
    """Of the tree that was measured; a plus says that it was changed since."""
    head = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "core", "channels", "gateway")
    return f"{head}+" if changed else head or "unknown"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def machine() -> str:
    """One line: processor, memory, system, and the versions that matter."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "uvloop", "SQLAlchemy", "asyncpg"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {_system()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
