"""
Figures that the long tests leave behind: `build/chaos/NAME.json`, from which `docs/reliability.md` is rendered.

    record("kills", "SQLite", {"kills": 1000, "acknowledged": 10_234, "lost": 0})

A file is one table, `{"rows": {ROW: {COLUMN: value}}, "made": {"on", "cores", "python"}}`: a row is replaced when it is
recorded again, columns keep the order of the first row. Values are numbers or short words, never durations of this
machine alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "chaos"

Figure = int | float | str


def record(table: str, row: str, figures: Mapping[str, Figure], *, folder: Path = FOLDER) -> None:
    """Keep one row of a table; several test processes may do so at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = rows_of(table, folder=folder) | {row: dict(figures)}
        content = json.dumps({"rows": rows, "made": _made()}, ensure_ascii=False, indent=2)
        fresh = folder / f".{table}.json"
        fresh.write_text(content + "\n", encoding="utf-8")
        fresh.replace(folder / f"{table}.json")


def rows_of(table: str, *, folder: Path = FOLDER) -> dict[str, dict[str, Figure]]:
    """What was recorded of a table so far; empty without a file."""
    path = folder / f"{table}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["rows"]) if path.exists() else {}


def made_of(table: str, *, folder: Path = FOLDER) -> str:
    """When and where the newest row of a table was made, in words."""
    made = json.loads((folder / f"{table}.json").read_text(encoding="utf-8"))["made"]
    return f"{made['on']}, {made['cores']} cores, Python {made['python']}"


def _made() -> dict[str, Figure]:
    return {
        "on": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
    }
