"""What counts as a standstill of the machine, proved on runs inside a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STOPPED = "kill -STOP $PPID; sleep 1.5; kill -CONT $PPID"
TEST = """
import pathlib, subprocess
tries = pathlib.Path("tries")
def test_inner():
    tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
    if {stands_still}:
        subprocess.run(["sh", "-c", "{stopped}"], check=True)
    assert {holds}
"""


def run(folder: Path, *, stands_still: bool, holds: str) -> tuple[int, str, int]:
    """The exit code, what was printed, and how often the test ran."""
    code = TEST.format(stands_still=stands_still, holds=holds, stopped=STOPPED)
    (folder / "test_inner.py").write_text(code)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.standstill", "-p", "no:cacheprovider", "."]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, len((folder / "tries").read_text())


@pytest.mark.parametrize(
    ("stands_still", "holds", "code", "tries"),
    [
        (True, "len(tries.read_text()) == 2", 0, 2),
        (True, "False", 1, 2),
        (True, "True", 0, 1),
        (False, "len(tries.read_text()) == 2", 1, 1),
    ],
    ids=["failed then, holds now", "fails again", "held all the same", "failed without"],
)
def test_only_a_failure_in_a_standstill_is_tried_again(
    tmp_path: Path, stands_still: bool, holds: str, code: int, tries: int
) -> None:
    """Once, and the summary says so."""
    ended, printed, tried = run(tmp_path, stands_still=stands_still, holds=holds)

    assert (ended, tried) == (code, tries), printed
    assert ("stood still for" in printed) is (tries == 2)
    assert "1 passed" in printed or "1 failed" in printed
