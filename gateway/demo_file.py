"""Files of a demo: JSON for people and tests to look things up in, readable by their owner only."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_demo(path: Path) -> dict[str, Any]:
    """What an earlier demo wrote; empty when there is nothing readable."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def withdraw(path: Path) -> None:
    """Say in demo.json that nothing answers; what is stable in it stays."""
    held = read_demo(path)
    if held:
        write_demo(path, held | {"ready": False})


def write_demo(path: Path, described: Mapping[str, Any]) -> None:
    """All of it or nothing (atomic rename), readable by its owner only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(described, stream, ensure_ascii=False, indent=2)
        stream.write("\n")
    temporary.replace(path)
