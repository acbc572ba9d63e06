"""
The whole hotline at work: `langnghe serve`, agents in the console, callers over SIP, and a web process that is busy.

A caller hears the notice and gets an agent; when all agents talk, the others wait for some seconds and get the menu.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.calls.side_by_side import holding
from bench.calls.stage import asked, beside, hotline, port_of, tell
from bench.calls.telephones import Telephones
from bench.measurement import Goal, Measurement, Result, Table, Terms
from bench.processes import cpu_seconds, status_of
from gateway.telephony.running import running
from tests.support.servers import free_port
from tests.support.serving import Served

BRIDGED, LED, VISITORS = 60, 40, 8
TEN_MINUTES_S = 600.0
_A_SECOND = 10
_SETTLE_S = 10.0


@dataclass(frozen=True)
class Crowd:
    """Callers, so many of them with an agent, so many in the menu; `visitors` keep the web process busy."""

    bridged: int
    led: int
    visitors: int
    seconds: float


@dataclass(frozen=True)
class Heard:
    """
    What callers heard; `cpu` of the telephony process in % of a core; `floor` as the agents' process told.

    `browser_kb`: what an agent's browser took before anybody called, `caller_kb`: what each caller added to that.
    """

    gaps_ms: list[float]
    jumps: int
    silent: int
    cpu: float
    browser_kb: float
    caller_kb: float
    threads: int
    pages_s: float
    floor: dict[str, Any]

    def gap(self, part: float) -> float:
        """Percentile of the time between one packet and the next."""
        return self.gaps_ms[min(int(len(self.gaps_ms) * part), len(self.gaps_ms) - 1)]


def measurements() -> list[Measurement]:
    """All of it at once."""
    many = (
        Goal("unheard", "of 100 callers, 60 with an agent: those who hear nothing", at_most=0, source="issue 6"),
        Goal("gap_p99_ms", "time between two packets to a caller, p99", at_most=25, unit="ms", source="issue 6"),
        Goal("gap_max_ms", "longest", at_most=60, unit="ms", source="issue 6"),
        Goal("lost", "packets lost or out of order, both ways", at_most=0, source="issue 6"),
        Goal("kb", "memory of a call", at_most=250, unit="kB", source="issue 6"),
        Goal("threads", "threads for each call", at_most=0.1, source="issue 6"),
    )
    return [Measurement("calls.hotline", "A hundred callers beside a busy web process", many, measure_hotline)]


def measure_hotline(terms: Terms) -> Result:
    """60 with agents, 40 in the menu, and visitors of the portal all the while."""
    crowd = Crowd(6, 4, 2, 3.0) if terms.quick else Crowd(BRIDGED, LED, VISITORS, TEN_MINUTES_S)
    with hotline(terms.folder, agents=crowd.bridged) as served:
        heard = hear(crowd, served, folder=terms.folder)
    calls = crowd.bridged + crowd.led
    figures = {
        "unheard": float(heard.silent + crowd.bridged - heard.floor["heard"]),
        "gap_p99_ms": heard.gap(0.99),
        "gap_max_ms": heard.gap(1.0),
        "lost": float(heard.jumps + heard.floor["jumps"]),
        "kb": heard.caller_kb + heard.browser_kb * crowd.bridged / calls,
        "threads": heard.threads / calls,
    }
    row = (crowd.bridged, crowd.led, round(crowd.seconds / 60, 1), round(heard.cpu, 1), round(heard.cpu / calls, 2))
    gaps = tuple(round(heard.gap(part), 1) for part in (0.5, 0.99, 1.0))
    cost, evenness = ("CPU %", "a call"), ("gap p50 ms", "p99", "max")
    kept = (round(heard.caller_kb), round(heard.browser_kb))
    columns = ("with an agent", "in the menu", "minutes", *cost, *evenness, *_KEPT, "pages/s beside it")
    table = Table("Telephony process", columns, ((*row, *gaps, *kept, round(heard.pages_s)),))
    return Result(figures, (table,), (_NOTE,))


_KEPT = ("kB a caller", "kB a browser")
_NOTE = (
    "`langnghe serve` on SQLite with the real console; agents are signed in, with WebRTC legs (ICE, DTLS, SRTP) in a "
    "second process; sipp sets the calls up, ten a second; the menu speaks for ten seconds and listens for two; every "
    "call is recorded on both sides and sealed. Memory of a call: all that the process grew by, from before the first "
    "agent sat down to the end, by the number of callers; what is loaded once is in it, counted with the browsers. CPU "
    "of the telephony process, percent of one core; visitors of the portal ask the web process for pages as fast as it "
    "shows them, on the same two cores."
)


def hear(crowd: Crowd, served: Served, *, folder: Path) -> Heard:
    """Everybody calls; then listen for so long."""
    calls, found = crowd.bridged + crowd.led, running(served.data)
    assert found is not None
    pid, web = found.pid, str(served.demo["http"])
    empty, threads = status_of(pid, "VmRSS"), status_of(pid, "Threads")
    with ExitStack() as stack:
        telephones = stack.enter_context(Telephones(calls))
        floor = stack.enter_context(beside("bench.calls.floor", web, "0", str(crowd.bridged)))
        staffed = status_of(pid, "VmRSS")
        stack.enter_context(holding(port_of(served), free_port(), telephones=telephones, folder=folder))
        telephones.talk((), calls / _A_SECOND + _SETTLE_S)
        visitors = stack.enter_context(beside("bench.calls.visitors", web, str(crowd.visitors)))
        telephones.talk((), _SETTLE_S)
        tell(floor)
        telephones.forget()
        began, cpu = time.monotonic(), cpu_seconds([pid])
        telephones.talk((), crowd.seconds)
        telephones.read()
        took, used = time.monotonic() - began, cpu_seconds([pid]) - cpu
        shown, told = asked(visitors), asked(floor)
        browser_kb, caller_kb = (staffed - empty) / crowd.bridged, (status_of(pid, "VmRSS") - staffed) / calls
        added = status_of(pid, "Threads") - threads
        gaps = sorted(gap for one in telephones.all for gap in one.gaps_ms)
        jumps = sum(one.jumps for one in telephones.all)
        silent = sum(not one.arrivals for one in telephones.all)
    cpu = 100 * used / took
    return Heard(gaps, jumps, silent, cpu, browser_kb, caller_kb, added, shown["shown"] / took, told)
