"""Our WebRTC legs beside aiortc's own media: the same browsers, the same answers, what a leg costs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.calls.browsers import FastPage, keep_talking
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from bench.results import ROOT

CROWDS = (10, 50, 100)
KINDS = ("ours", "aiortc")
DUE_S = 50
"""Packets a second of every leg."""
_CONNECT_S = 30.0
"""Who is not connected by then hears nothing: there are legs that a busy process never gets to."""


@dataclass(frozen=True)
class Cost:
    """Of so many legs, of which `heard` said anything: CPU in % of a core; what the browsers heard."""

    legs: int
    heard: int
    cpu: float
    threads: int
    packets_s: float
    gaps_ms: list[float]

    @property
    def sent(self) -> float:
        """The part of the packets due that left."""
        return self.packets_s / (DUE_S * self.legs)

    def row(self, name: str) -> tuple[Cell, ...]:
        """For the table."""
        gaps = [round(self.gaps_ms[int(part * (len(self.gaps_ms) - 1))], 1) for part in (0.5, 0.99, 1.0)]
        taken = (round(self.cpu, 1), round(10_000 * self.cpu / self.packets_s), self.threads)
        return (name, self.legs, self.heard, round(100 * self.sent, 1), *taken, *gaps)


def measurements() -> list[Measurement]:
    """One."""
    goals = (
        Goal("sent", "packets sent of those due, ours, 100 legs", at_least=99.5, unit="%", source="issue 6"),
        Goal("cpu", "CPU of a packet that leaves, ours by theirs, 100 legs", at_most=0.25, unit="×", source="issue 6"),
        Goal("threads", "threads for each leg, ours", at_most=0.1, source="issue 6"),
    )
    return [Measurement("calls.aiortc", "Beside aiortc's own media", goals, measure)]


def measure(terms: Terms) -> Result:
    """Each crowd: ours, then theirs."""
    crowds, seconds = ((5,), 4.0) if terms.quick else (CROWDS, 20.0)
    found: dict[tuple[str, int], Cost] = {}
    for legs in crowds:
        for kind in KINDS:
            found[kind, legs] = one = asyncio.run(cost(kind, legs, seconds=seconds))
            terms.say(f"{kind}, {legs} legs: {100 * one.sent:.0f} % sent, {one.cpu:.1f} % CPU")
    ours, theirs = (found[kind, crowds[-1]] for kind in KINDS)
    figures = {
        "sent": 100 * ours.sent,
        "cpu": (ours.cpu / ours.packets_s) / (theirs.cpu / theirs.packets_s),
        "threads": ours.threads / ours.legs,
    }
    cost_columns, evenness = ("CPU %", "µs/packet", "threads"), ("gap p50 ms", "p99", "max")
    columns = ("", "legs", "of them heard", "sent of due %", *cost_columns, *evenness)
    rows = tuple(one.row(kind) for (kind, _), one in found.items())
    return Result(figures, (Table("Answered browsers, G.711 both ways", columns, rows),), (_NOTE,))


_NOTE = (
    "ICE, DTLS and SRTP in both; ours plays music by the engine's clock, aiortc encodes silence and decodes what it "
    "hears. A leg owes fifty packets a second; what does not leave in time is silence in an ear. Percent of one core; "
    "threads beyond those of an idle process. Gaps as a second process of the bench sees them, on the same machine."
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
        await _until_all_hear(pages)
        before = await _asked(process, "")
        await asyncio.sleep(seconds)
        after = await _asked(process, "")
    began, took = before["at_s"], after["at_s"] - before["at_s"]
    heard = [[at - began for at in page.arrivals if 0 <= at - began < took] for page in pages]
    gaps = sorted(1000 * (b - a) for arrivals in heard for a, b in pairwise(arrivals))
    cpu, threads = 100 * (after["cpu_s"] - before["cpu_s"]) / took, after["threads"] - idle["threads"]
    return Cost(legs, sum(map(bool, heard)), cpu, threads, sum(map(len, heard)) / took, gaps)


async def _until_all_hear(pages: Sequence[FastPage]) -> None:
    """Or until it is clear that some never will."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_CONNECT_S):
            while not all(page.arrivals for page in pages):
                await asyncio.sleep(0.1)


async def _asked(process: asyncio.subprocess.Process, line: str) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n".encode())
    said: dict[str, Any] = json.loads(await process.stdout.readline())
    return said


async def _end(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()
