"""Every provider in its worst mood, the gateway killed again and again: nobody is told twice, nothing forgotten."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.record import record

ROOT = Path(__file__).parent.parent.parent
NOTICES, KILLS = 10_000, 20


def storm(folder: Path, *, notices: int, kills: int, seconds: int) -> dict[str, Any]:
    """Run it in a process of its own: forking wants one without threads."""
    command = [sys.executable, "-m", "tests.load.worst", "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--notices", str(notices), "--kills", str(kills)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_ten_thousand_notices_in_the_worst_mood(tmp_path: Path) -> None:
    """A tenth of the answers lost, twenty kills: what nobody can find out is in a person's list, and there alone."""
    end = storm(tmp_path, notices=NOTICES, kills=KILLS, seconds=850)
    found = end | {"arrived, not found out": sum(end["arrived, not found out"].values())}
    record("worst", "five channels", {"notices": NOTICES, "kills": KILLS, **found})

    assert (end["twice"], end["sent, not shown"], end["left over"]) == (0, 0, 0)
    assert set(end["arrived, not found out"].values()) == {0}
    assert end["shown"] + end["unknown"] + end["failed"] >= NOTICES
    assert end["unknown"] > 0
