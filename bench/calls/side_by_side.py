"""The same callers for our telephony and for pyVoIP: who sounds evenly, and what that takes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.calls.telephones import Telephones
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from bench.processes import cpu_seconds, status_of
from bench.results import ROOT
from scripts.setup import phone_python
from tests.support.servers import LOOPBACK, free_port

CROWDS = (10, 50, 100)
_A_SECOND = 10
_SETTLE_S = 4.0
Command = Callable[[int, int], Sequence[str]]
"""From its port and its caller's port to what is typed."""


@dataclass(frozen=True)
class Sounded:
    """How one of them did: `evenness`: packets a second and call, of 50; gaps in ms; CPU in % of a core."""

    calls: int
    heard: int
    evenness: float
    gaps_ms: Sequence[float]
    cpu: float
    threads: int
    mb: float

    def gap(self, part: float) -> float:
        """Percentile of the time between one packet and the next."""
        return self.gaps_ms[min(int(len(self.gaps_ms) * part), len(self.gaps_ms) - 1)] if self.gaps_ms else 0.0

    def row(self, name: str) -> tuple[Cell, ...]:
        """For the table."""
        gaps = [round(self.gap(part), 1) for part in (0.5, 0.99, 1.0)]
        taken = (round(self.cpu, 1), round(self.cpu / self.calls, 2), self.threads, round(self.mb))
        return (name, self.calls, self.heard, round(self.evenness, 1), *gaps, *taken)


def measurements() -> list[Measurement]:
    """Ours and the other."""
    goals = (
        Goal(
            "cpu", "CPU of a packet that leaves, ours by pyVoIP's, 100 calls", at_most=0.5, unit="×", source="issue 6"
        ),
        Goal("evenness", "packets a second and call at 100 calls, ours", at_least=49.9, source="issue 6"),
        Goal("gap", "longest gap at 100 calls, ours by pyVoIP's", at_most=1.0, unit="×", source="issue 6"),
    )
    return [Measurement("calls.pyvoip", "Beside pyVoIP", goals, measure)]


def measure(terms: Terms) -> Result:
    """Each crowd in turn: ours, then theirs."""
    crowds, seconds = ((10, 100), 3.0) if terms.quick else (CROWDS, 10.0)
    found: dict[tuple[str, int], Sounded] = {}
    for calls in crowds:
        for name, command in (("ours", ours), ("pyVoIP", _theirs)):
            folder = terms.folder / f"{name}-{calls}"
            folder.mkdir()
            found[name, calls] = one = sounded(command, calls, folder=folder, seconds=seconds)
            terms.say(f"{name}, {calls} calls: {one.evenness:.1f} packets/s, {one.cpu:.0f} % CPU")
    mine, theirs = found["ours", crowds[-1]], found["pyVoIP", crowds[-1]]
    figures = {
        "cpu": (mine.cpu / mine.evenness) / (theirs.cpu / theirs.evenness),
        "evenness": mine.evenness,
        "gap": mine.gap(1.0) / theirs.gap(1.0),
    }
    columns = (
        "",
        "calls",
        "of them heard",
        "packets/s",
        "gap p50 ms",
        "p99",
        "max",
        "CPU %",
        "a call",
        "threads",
        "MB",
    )
    rows = tuple(one.row(name) for (name, _), one in found.items())
    return Result(figures, (Table("G.711 both ways, answered with sound", columns, rows),), (_NOTE,))


_NOTE = (
    "sipp sets the calls up, ten a second; telephones of the bench send, and note when, by the kernel, they got a "
    "packet. pyVoIP 1.6.8 in an environment and a process of its own; percent of one core."
)


def ours(_port: int, _caller: int) -> Sequence[str]:
    """It chooses its port itself, and answers anybody."""
    return [sys.executable, "-m", "bench.calls.answering", "1000"]


def _theirs(port: int, caller: int) -> Sequence[str]:
    script = Path(__file__).parent / "apart" / "pyvoip_answers.py"
    return [str(phone_python()), str(script), str(port), str(caller)]


def sounded(command: Command, calls: int, *, folder: Path, seconds: float) -> Sounded:
    """So many calls at once, heard for so long."""
    caller = free_port()
    with Telephones(calls) as telephones, _running(command(free_port(), caller), folder) as (process, port):
        with holding(port, caller, telephones=telephones, folder=folder):
            telephones.talk((), calls / _A_SECOND + _SETTLE_S)
            telephones.forget()
            began, cpu = time.monotonic(), cpu_seconds([process.pid])
            telephones.talk((), seconds)
            telephones.read()
            took, used = time.monotonic() - began, cpu_seconds([process.pid]) - cpu
        gaps = sorted(gap for one in telephones.all for gap in one.gaps_ms)
        packets = sum(len(one.arrivals) for one in telephones.all) / took
        heard = sum(bool(one.arrivals) for one in telephones.all)
        threads, mb = status_of(process.pid, "Threads"), status_of(process.pid, "VmRSS") / 1024
    return Sounded(calls, heard, packets / calls, gaps, 100 * used / took, threads, mb)


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process that answers, and its port."""
    with (folder / "errors.log").open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        said = process.stdout.readline() if process.stdout else ""
        yield process, int(json.loads(said)["port"])
    finally:
        process.kill()
        process.wait()


@contextmanager
def holding(port: int, caller: int, *, telephones: Telephones, folder: Path) -> Iterator[None]:
    """So many calls up, or on their way."""
    calls = len(telephones.all)
    lines = ["SEQUENTIAL", *(str(telephones.first_port + number) for number in range(calls))]
    (folder / "ports.csv").write_text("\n".join(lines) + "\n")
    where = ["-i", LOOPBACK, "-p", str(caller), "-s", "1022", "-inf", "ports.csv", "-nostdin", f"{LOOPBACK}:{port}"]
    limits = ["-m", str(calls), "-r", str(_A_SECOND), "-l", "2000", "-d", "600000"]
    command = ["sipp", "-sf", str(Path(__file__).parent / "holds.xml"), *limits, *where]
    sipp = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        sipp.kill()
        sipp.wait()
