"""Folders whose names survive a power cut: a synced file in a folder that nobody synced may be gone with it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, or keep it; afterwards its name is on disk. Raises: OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing or [folder]):  # also a folder that somebody made who then had no power left
        with suppress(PermissionError):  # a parent that is not ours to read was not made by us
            sync_path(made.parent)


def sync_path(path: Path) -> None:
    """Bring a file, or the names in a folder, to disk. Raises: OSError."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
