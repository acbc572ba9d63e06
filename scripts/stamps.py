"""What was done, remembered beside its result."""

from __future__ import annotations

import json
from pathlib import Path


def read_stamp(folder: Path) -> str:
    """What was written when the folder was finished; empty if it never was."""
    try:
        return str(json.loads((folder / "setup.json").read_text())["made_from"])
    except (OSError, ValueError, KeyError):
        return ""


def write_stamp(folder: Path, digest: str) -> None:
    """Say what the folder was made from, once it is finished."""
    (folder / "setup.json").write_text(json.dumps({"made_from": digest}) + "\n")
