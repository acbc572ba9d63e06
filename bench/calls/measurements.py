"""How fast calls are set up: sipp calls, a process of ours answers with sound."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.calls.sipp import Counted, answers_ms, counted
from bench.measurement import Goal, Measurement, Result, Table, Terms
from bench.results import ROOT
from tests.support.servers import LOOPBACK, free_port
from tests.support.sipp import SCENARIOS

_PATIENCE = 120.0


@dataclass(frozen=True)
class Load:
    """`rate` calls a second for `seconds`, each of them `lasting` seconds; `most` at once (0: the usual limits)."""

    rate: int
    seconds: int
    lasting: float
    most: int = 0

    @property
    def calls(self) -> int:
        return self.rate * self.seconds


@dataclass(frozen=True)
class Outcome:
    """What sipp counted, and what the process said of itself."""

    counted: Counted
    answer_ms: list[float]
    own: dict[str, float]

    def percentile(self, part: float) -> float:
        """Of the time from INVITE to 200, in ms."""
        ordered = sorted(self.answer_ms)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


SUSTAINED = Load(10, 30, 2.0)
BURST = Load(40, 30, 2.0)
BEYOND = Load(150, 10, 0.5, most=1000)


def measurements() -> list[Measurement]:
    """What this group measures."""
    goals = (
        Goal("sustained_failed", "calls failed at 10 set-ups/s", at_most=0, source="issue 6"),
        Goal("burst_failed", "calls failed at 40 set-ups/s for 30 s", at_most=0, source="issue 6"),
        Goal("burst_repeated", "messages sent again then, for each call", at_most=0.01, source="issue 6"),
        Goal("burst_p95_ms", "INVITE to 200 then, p95", at_most=50, unit="ms", source="issue 6"),
    )
    return [Measurement("calls.setups", "Setting up calls", goals, measure_setups)]


def measure_setups(terms: Terms) -> Result:
    """Three rates, each against a fresh process."""
    loads = [Load(one.rate, 3, one.lasting, one.most) if terms.quick else one for one in (SUSTAINED, BURST, BEYOND)]
    outcomes = []
    for load in loads:
        folder = terms.folder / f"rate-{load.rate}"
        folder.mkdir()
        outcomes.append(measured(load, folder))
        terms.say(f"{load.rate}/s: {outcomes[-1].counted.failed} failed, p95 {outcomes[-1].percentile(0.95):.0f} ms")
    sustained, burst, _ = outcomes
    figures = {
        "sustained_failed": float(sustained.counted.failed),
        "burst_failed": float(burst.counted.failed),
        "burst_repeated": burst.counted.repeated / burst.counted.calls,
        "burst_p95_ms": burst.percentile(0.95),
    }
    columns = (
        "set-ups/s",
        "seconds",
        "calls",
        "failed",
        "sent again",
        "p50 ms",
        "p95 ms",
        "max ms",
        "CPU ms/call",
        "MB",
    )
    rows = tuple(_row(load, outcome) for load, outcome in zip(loads, outcomes, strict=True))
    return Result(figures, (Table("INVITE to 200, answered with sound", columns, rows),), _NOTES)


_NOTES = (
    "sipp on the same machine, G.711 A-law to each caller for the length of the call (2 s; at 150/s half a second, "
    "with the limits of admission raised); CPU of the telephony process, its packets of sound included.",
)


def _row(load: Load, outcome: Outcome) -> tuple[str | int | float, ...]:
    times = [round(outcome.percentile(part), 1) for part in (0.5, 0.95, 1.0)]
    cost = round(1000 * outcome.own["cpu_s"] / outcome.counted.calls, 1)
    return (
        load.rate,
        load.seconds,
        outcome.counted.calls,
        outcome.counted.failed,
        outcome.counted.repeated,
        *times,
        cost,
        round(outcome.own["rss_mb"]),
    )


def measured(load: Load, folder: Path) -> Outcome:
    """One run of sipp against one process."""
    with answering(load.most) as (process, port):
        _sipp(load, port, folder)
        process.send_signal(signal.SIGTERM)
        own = json.loads(process.stdout.readline() if process.stdout else "{}")
    return Outcome(counted(folder), answers_ms(folder), own)


@contextmanager
def answering(most: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process that answers, and its port."""
    command = [sys.executable, "-m", "bench.calls.answering", str(most)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        said = process.stdout.readline() if process.stdout else ""
        yield process, int(json.loads(said)["port"])
        process.wait(_PATIENCE)
    finally:
        process.kill()
        process.wait()


def _sipp(load: Load, port: int, folder: Path) -> None:
    """Raises: TimeoutExpired. That calls failed is a figure, not an error."""
    limits = ["-m", str(load.calls), "-r", str(load.rate), "-l", "3000", "-d", str(int(load.lasting * 1000))]
    files = ["-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1", "-nostdin"]
    where = ["-i", LOOPBACK, "-p", str(free_port()), "-s", "1022", f"{LOOPBACK}:{port}"]
    command = ["sipp", "-sf", str(SCENARIOS / "caller.xml"), *limits, *files, *where]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, timeout=load.seconds + _PATIENCE, check=False)
