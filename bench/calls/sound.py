"""What sound costs, and how evenly it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.calls.telephones import Telephones
from bench.measurement import Goal, Measurement, Result, Table, Terms
from bench.results import ROOT

_WARM_S = 3.0


@dataclass(frozen=True)
class Crowd:
    """Calls at once: joined with an agent, and listening to prompts or music."""

    bridged: int
    listening: int

    @property
    def calls(self) -> int:
        """Whatever they do."""
        return self.bridged + self.listening


GOAL = Crowd(60, 40)
CROWDS = (Crowd(0, 100), GOAL, Crowd(100, 0), Crowd(150, 0))


@dataclass(frozen=True)
class Heard:
    """What the telephones heard, and what the process said of itself."""

    gaps_ms: Sequence[float]
    jumps: int
    own: dict[str, Any]

    def gap(self, part: float) -> float:
        """Percentile of the time between one packet and the next."""
        return self.gaps_ms[min(int(len(self.gaps_ms) * part), len(self.gaps_ms) - 1)]


def measurements() -> list[Measurement]:
    """One."""
    sound = (
        Goal("cpu", "CPU of 60 bridged + 40 listening calls, all recorded", at_most=40, unit="%", source="issue 6"),
        Goal("gap_p99_ms", "time between two packets to a caller then, p99", at_most=25, unit="ms", source="issue 6"),
        Goal("gap_max_ms", "longest", at_most=60, unit="ms", source="issue 6"),
        Goal("lost", "packets lost or out of order, both ways", at_most=0, source="issue 6"),
        Goal("kb", "memory of a call", at_most=250, unit="kB", source="issue 6"),
    )
    return [Measurement("calls.sound", "Sound of many calls", sound, measure_sound)]


def measure_sound(terms: Terms) -> Result:
    """Each crowd in a process of its own."""
    seconds = 4.0 if terms.quick else 20.0
    found: dict[Crowd, Heard] = {}
    for crowd in (GOAL,) if terms.quick else CROWDS:
        folder = terms.folder / f"{crowd.bridged}-{crowd.listening}"
        folder.mkdir()
        found[crowd] = _hear(crowd, str(folder), seconds)
        terms.say(f"{crowd}: {found[crowd].own['cpu']:.1f} % CPU, gap p99 {found[crowd].gap(0.99):.1f} ms")
    goal = found[GOAL]
    figures = {
        "cpu": float(goal.own["cpu"]),
        "gap_p99_ms": goal.gap(0.99),
        "gap_max_ms": goal.gap(1.0),
        "lost": float(goal.jumps + goal.own["lost"]),
        "kb": float(goal.own["kb"]),
    }
    columns = ("bridged", "listening", "CPU %", "CPU % a call", "gap p50 ms", "p99", "max", "clock p99 ms", "kB a call")
    table = Table("Calls at once, in one process", columns, tuple(_row(*one) for one in found.items()))
    return Result(figures, (table,), (_NOTE.format(scheduling=goal.own["scheduling"]),))


_NOTE = (
    "G.711 A-law both ways, a recording of both sides for each call; a bridged call has a second leg, its agent's. "
    "Percent of one core. Gaps by the kernel's time of arrival at the telephones, another process on the same machine. "
    "The process asked for real-time scheduling and was granted: {scheduling}."
)


def _row(crowd: Crowd, heard: Heard) -> tuple[str | int | float, ...]:
    own = heard.own
    gaps = [round(heard.gap(part), 1) for part in (0.5, 0.99, 1.0)]
    cost = (round(own["cpu"], 1), round(own["cpu"] / crowd.calls, 2))
    return (crowd.bridged, crowd.listening, *cost, *gaps, own["late_p99_ms"], round(own["kb"]))


def _hear(crowd: Crowd, folder: str, seconds: float) -> Heard:
    with Telephones(2 * crowd.bridged + crowd.listening) as telephones:
        with _sounding(crowd, folder, telephones.first_port) as process:
            ports = _said(process)
            telephones.talk(ports, _WARM_S)
            telephones.forget()
            _tell(process)
            telephones.talk(ports, seconds)
            _tell(process)
            telephones.read()
            own = _said(process)
        gaps = sorted(gap for telephone in telephones.all for gap in telephone.gaps_ms)
        return Heard(gaps, sum(telephone.jumps for telephone in telephones.all), own)


@contextmanager
def _sounding(crowd: Crowd, folder: str, port: int) -> Iterator[subprocess.Popen[str]]:
    numbers = map(str, (port, crowd.bridged, crowd.listening))
    command = [sys.executable, "-m", "bench.calls.sounding", folder, *numbers]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
        process.wait(60)
    finally:
        process.kill()
        process.wait()


def _said(process: subprocess.Popen[str]) -> Any:
    return json.loads(process.stdout.readline() if process.stdout else "")


def _tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
