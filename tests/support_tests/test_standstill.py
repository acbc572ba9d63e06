"""What counts as a standstill of the machine, proved on runs inside a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.fsync_shim import Shim

ROOT = Path(__file__).parents[2]
NOTHING = ":"
LONG_ENOUGH = "sleep 1"
STOPPED = "kill -STOP $PPID; sleep 1.5; kill -CONT $PPID"
SECOND_TIME = "len(tries.read_text()) == 2"
TEST = """
import pathlib, subprocess
tries = pathlib.Path("tries")
def test_inner():
    tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
    subprocess.run(["sh", "-c", "{meanwhile}"], check=True)
    assert {holds}
"""


def run(folder: Path, *, meanwhile: str, holds: str, **environment: str) -> tuple[int, str, int]:
    """The exit code, what was printed, and how often the test ran."""
    code = TEST.format(meanwhile=meanwhile, holds=holds)
    (folder / "test_inner.py").write_text(code)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.standstill", "-p", "no:cacheprovider", "."]
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=base | environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, len((folder / "tries").read_text())


@pytest.mark.parametrize(
    ("meanwhile", "holds", "code", "tries"),
    [
        (STOPPED, SECOND_TIME, 0, 2),
        (STOPPED, "False", 1, 2),
        (STOPPED, "True", 0, 1),
        (NOTHING, SECOND_TIME, 1, 1),
    ],
    ids=["failed then, holds now", "fails again", "held all the same", "failed without"],
)
def test_only_a_failure_in_a_standstill_is_tried_again(
    tmp_path: Path, meanwhile: str, holds: str, code: int, tries: int
) -> None:
    """Once, and the summary says so."""
    ended, printed, tried = run(tmp_path, meanwhile=meanwhile, holds=holds)

    assert (ended, tried) == (code, tries), printed
    assert ("stood still for" in printed) is (tries == 2)
    assert "1 passed" in printed or "1 failed" in printed


@pytest.mark.parametrize(("milliseconds", "tries"), [(400, 2), (20, 1)], ids=["stood still", "slow"])
def test_a_disk_may_stand_still_as_well(tmp_path: Path, milliseconds: int, tries: int) -> None:
    """A sync of 0.4 s is longer than any budget for it; one of 20 ms is a disk like others."""
    with Shim.create() as shim:
        shim.delay(milliseconds * 1000)
        ended, printed, tried = run(tmp_path, meanwhile=LONG_ENOUGH, holds=SECOND_TIME, **shim.environment())

    assert (ended == 0, tried) == (tries == 2, tries), printed
    assert ("the disk stood still for" in printed) is (tries == 2)
