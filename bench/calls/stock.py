"""Our WebRTC legs beside aiortc's own media: the same browsers, the same answers, what a leg costs."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from bench.calls.browsers import FastPage, keep_talking
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from bench.results import ROOT
from tests.support.waiting import until

CROWDS = (5, 10, 20)
KINDS = ("ours", "aiortc")


@dataclass(frozen=True)
class Cost:
    """Of so many legs: CPU in % of a core; what the browsers heard."""

    legs: int
    cpu: float
    threads: int
    packets_s: float
    gaps_ms: list[float]

    def row(self, name: str) -> tuple[Cell, ...]:
        """For the table."""
        gaps = [round(self.gaps_ms[int(part * (len(self.gaps_ms) - 1))], 1) for part in (0.5, 0.99)]
        taken = (round(self.cpu, 1), round(self.cpu / self.legs, 2), self.threads)
        return (name, self.legs, *taken, round(self.packets_s / self.legs, 1), *gaps)


def measurements() -> list[Measurement]:
    """One."""
    goals = (
        Goal("cpu", "CPU of a packet that leaves, ours by aiortc's, 20 legs", at_most=0.25, unit="×", source="issue 6"),
        Goal("threads", "threads for each leg, ours", at_most=0.1, source="issue 6"),
    )
    return [Measurement("calls.aiortc", "Beside aiortc's own media", goals, measure)]


def measure(terms: Terms) -> Result:
    """Each crowd: ours, then theirs."""
    crowds, seconds = ((5,), 4.0) if terms.quick else (CROWDS, 15.0)
    found: dict[tuple[str, int], Cost] = {}
    for legs in crowds:
        for kind in KINDS:
            found[kind, legs] = one = asyncio.run(cost(kind, legs, seconds=seconds))
            terms.say(f"{kind}, {legs} legs: {one.cpu:.1f} % CPU")
    ours, theirs = (found[kind, crowds[-1]] for kind in KINDS)
    figures = {
        "cpu": (ours.cpu / ours.packets_s) / (theirs.cpu / theirs.packets_s),
        "threads": ours.threads / ours.legs,
    }
    columns = ("", "legs", "CPU %", "a leg", "threads", "packets/s", "gap p50 ms", "p99")
    rows = tuple(one.row(kind) for (kind, _), one in found.items())
    return Result(figures, (Table("Answered browsers, G.711 both ways", columns, rows),), (_NOTE,))


_NOTE = (
    "ICE, DTLS and SRTP in both; ours plays music by the engine's clock, aiortc encodes silence and decodes what it "
    "hears. Percent of one core; threads beyond those of an idle process. Gaps as a second process of the bench sees "
    "them, on the same machine."
)


async def cost(kind: str, legs: int, *, seconds: float) -> Cost:
    """So many legs in a process of their own, heard for so long."""
    pages = [FastPage() for _ in range(legs)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.calls.legs", kind, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(_end, process)
        idle = await _asked(process, "")
        for page in pages:
            answer = await _asked(process, json.dumps({"sdp": await page.offer()}))
            await page.take(answer["sdp"])
            stack.push_async_callback(page.peer.close)
        talking = asyncio.create_task(keep_talking(pages))
        stack.callback(talking.cancel)
        await until(lambda: all(page.arrivals for page in pages), "every browser hears")
        for page in pages:
            page.forget()
        before = await _asked(process, "")
        await asyncio.sleep(seconds)
        after = await _asked(process, "")
    took = after["at_s"] - before["at_s"]
    packets = sum(len(page.arrivals) for page in pages) / took
    gaps = sorted(1000 * (b - a) for page in pages for a, b in zip(page.arrivals, page.arrivals[1:], strict=False))
    cpu = 100 * (after["cpu_s"] - before["cpu_s"]) / took
    return Cost(legs, cpu, after["threads"] - idle["threads"], packets, gaps)


async def _asked(process: asyncio.subprocess.Process, line: str) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n".encode())
    said: dict[str, Any] = json.loads(await process.stdout.readline())
    return said


async def _end(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()
