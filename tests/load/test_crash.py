"""Killed at random moments: nothing acknowledged is lost, nothing is doubled, each notice sent once or `unknown`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.contract.schema import new_id
from tests.support.record import record

if TYPE_CHECKING:
    from tests.support.servers import PostgresServer

ROOT = Path(__file__).parent.parent.parent


def crash(folder: Path, *, cycles: int, seconds: int, database_url: str = "") -> dict[str, Any]:
    """Run the cycles in a process of their own: forking wants one without threads."""
    command = [sys.executable, "-m", "tests.load.crash", "--folder", str(folder), "--cycles", str(cycles)]
    done = subprocess.run(
        [*command, "--database-url", database_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def prove(end: dict[str, Any], *, cycles: int) -> None:
    """The books agree, and the run was no idle one."""
    assert (end["lost"], end["doubled"], end["told_twice"], end["untold"], end["left_over"]) == ([], [], [], [], 0)
    assert end["acknowledged"] >= cycles
    assert end["repeats"] > 0


@pytest.mark.timeout(600)
def test_fifty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """On SQLite, at any moment of accepting, processing and sending."""
    prove(crash(tmp_path, cycles=50, seconds=500), cycles=50)


@pytest.mark.timeout(300)
def test_kills_on_postgresql_lose_and_double_nothing(tmp_path: Path, migrated_postgres: PostgresServer) -> None:
    """The same on PostgreSQL, where the dead process's connections and leases stay behind."""
    url = migrated_postgres.create_database(f"crash_{new_id()}")

    prove(crash(tmp_path, cycles=10, seconds=250, database_url=url), cycles=10)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_a_thousand_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """The long form, for `make chaos`."""
    end = crash(tmp_path, cycles=1000, seconds=3500)
    keep("SQLite", end, cycles=1000)
    prove(end, cycles=1000)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
def test_three_hundred_kills_on_postgresql_lose_and_double_nothing(
    tmp_path: Path, migrated_postgres: PostgresServer
) -> None:
    """The long form there."""
    url = migrated_postgres.create_database(f"crash_{new_id()}")

    end = crash(tmp_path, cycles=300, seconds=3500, database_url=url)
    keep("PostgreSQL", end, cycles=300)
    prove(end, cycles=300)


def keep(engine: str, end: dict[str, Any], *, cycles: int) -> None:
    """A row for docs/reliability.md, also of a run that proves the opposite."""
    figures = {"kills": cycles, "acknowledged": end["acknowledged"], "handed in again": end["repeats"]}
    faults = {"lost": len(end["lost"]), "doubled": len(end["doubled"]), "told twice": len(end["told_twice"])}
    record("kills", engine, {**figures, **faults, "sent or not, unknown": end["unknown"]})
