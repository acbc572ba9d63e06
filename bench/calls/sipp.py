"""What sipp wrote down of a run."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Counted:
    """Calls, those of them that did not end as the scenario says, and messages that were sent again."""

    calls: int = 0
    failed: int = 0
    repeated: int = 0

    def __add__(self, other: Counted) -> Counted:
        """Of two runs together."""
        return Counted(self.calls + other.calls, self.failed + other.failed, self.repeated + other.repeated)


def counted(folder: Path) -> Counted:
    """From `-trace_stat -stf stat.csv`."""
    with (folder / "stat.csv").open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    return Counted(*(int(last[name]) for name in ("TotalCallCreated", "FailedCall(C)", "Retransmissions(C)")))


def answers_ms(folder: Path) -> list[float]:
    """From `-trace_rtt -rtt_freq 1`: INVITE to 200 of each call."""
    rows = [row for path in folder.glob("*rtt*.csv") for row in csv.reader(path.open(), delimiter=";")]
    return [float(row[1]) for row in rows if len(row) > 2 and row[1].replace(".", "", 1).isdigit()]
