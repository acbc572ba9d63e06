"""
The load client: a process of its own that costs far less per request than the server it asks.

Steered by lines of JSON on its input, answers with lines of JSON. Closed loop: every connection sends its next request
when the last was answered. Open loop: requests leave at their own instants, whatever the server does, and latency
counts from the instant they were due.

    {"do": "closed", "ports": [8080], "connections": 64, "seconds": 1, "repeats": 0, "recycled": false}
    {"do": "open", "ports": [8080], "connections": 128, "seconds": 10, "rate": 500, "repeats": 0.05}
    {"do": "acknowledged"}
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from array import array
from collections import Counter, deque
from typing import Any

import uvloop

from bench.connection import Connection
from bench.messages import Numbered, Supply, ranges

HOST = "127.0.0.1"
MOST_A_SECOND = 40_000
TICK = 0.001
PATIENCE = 30.0


class Round:
    """One slice: the connections, what they send, and what came of it."""

    def __init__(self, plan: list[Numbered]) -> None:
        self.plan = plan
        self.next = 0
        self.ends = 0.0
        self.latencies = array("d")
        self.in_time = 0
        self.statuses: Counter[int] = Counter()
        self.acknowledged: list[int] = []
        self.broken = 0
        self.busy = 0
        self.connections: list[Connection] = []
        self.over = asyncio.Event()

    async def open(self, ports: list[int], connections: int) -> None:
        """Connect, in turn to every port."""
        loop = asyncio.get_running_loop()
        for number in range(connections):
            _, protocol = await loop.create_connection(lambda: Connection(self), HOST, ports[number % len(ports)])
            self.connections.append(protocol)

    def close(self) -> None:
        """Hang up."""
        for connection in self.connections:
            connection.close()

    def send(self, connection: Connection, due: float) -> None:
        """The next request of the plan leaves now."""
        number, data = self.plan[self.next]
        self.next += 1
        self.busy += 1
        connection.send(number, data, due)

    def answered(self, connection: Connection, status: int, now: float) -> None:
        """One answer is complete."""
        self.busy -= 1
        self.latencies.append(now - connection.due)
        self.in_time += now <= self.ends
        self.statuses[status] += 1
        if status == 200:
            self.acknowledged.append(connection.number)
        self.go_on(connection, now)

    def lost(self, connection: Connection) -> None:
        """The server hung up while it owed an answer."""
        self.busy -= 1
        self.broken += 1
        self._check_over(time.perf_counter())

    def go_on(self, connection: Connection, now: float) -> None:
        """Closed loop: send again, until the time or the plan is over."""
        if now < self.ends and self.next < len(self.plan):
            self.send(connection, now)
        else:
            self._check_over(now)

    def _check_over(self, now: float) -> None:
        if self.busy == 0:
            self.over.set()

    async def run(self, seconds: float) -> None:
        """Send for so long, then wait for the last answers."""
        now = time.perf_counter()
        self.ends = now + seconds
        for connection in self.connections:
            if self.next < len(self.plan):
                self.send(connection, now)
        async with asyncio.timeout(seconds + PATIENCE):
            await self.over.wait()


class OpenRound(Round):
    """Requests leave when they are due; those that find no free connection wait for one, and the clock runs."""

    def __init__(self, plan: list[Numbered], *, rate: float) -> None:
        super().__init__(plan)
        self.rate = rate
        self.began = 0.0
        self.idle: deque[Connection] = deque()
        self.due: deque[float] = deque()
        self.scheduled = 0

    def go_on(self, connection: Connection, now: float) -> None:
        """A connection is free again."""
        if self.due:
            self.send(connection, self.due.popleft())
        else:
            self.idle.append(connection)
            self._check_over(now)

    def _check_over(self, now: float) -> None:
        if self.busy == 0 and self.scheduled == len(self.plan) and not self.due:
            self.over.set()

    def _tick(self) -> None:
        now = time.perf_counter()
        while self.scheduled < len(self.plan) and (due := self.began + self.scheduled / self.rate) <= now:
            self.scheduled += 1
            if self.idle:
                self.send(self.idle.popleft(), due)
            else:
                self.due.append(due)

    async def run(self, seconds: float) -> None:
        """Keep to the timetable, then wait for the last answers."""
        self.idle.extend(self.connections)
        self.began = time.perf_counter()
        self.ends = self.began + seconds
        while self.scheduled < len(self.plan):
            self._tick()
            await asyncio.sleep(TICK)
        async with asyncio.timeout(PATIENCE):
            await self.over.wait()


class Client:
    """Carries out what it is told; remembers what was acknowledged."""

    def __init__(self, prefix: str) -> None:
        self._supply = Supply(prefix)
        self._recycled = Supply(f"{prefix}r")  # for servers that store nothing: their requests need not be new

    async def closed(
        self, *, ports: list[int], connections: int, seconds: float, repeats: float = 0.0, recycled: bool = False
    ) -> dict[str, Any]:
        """A slice in which every connection is always busy."""
        supply = self._recycled if recycled else self._supply
        plan = supply.plan(int(MOST_A_SECOND * seconds), repeats=repeats)
        return await self._carry_out(Round(plan), supply, ports, connections, seconds)

    async def open(
        self, *, ports: list[int], connections: int, seconds: float, rate: float, repeats: float = 0.0
    ) -> dict[str, Any]:
        """A slice at a fixed rate."""
        plan = self._supply.plan(int(rate * seconds), repeats=repeats)
        return await self._carry_out(OpenRound(plan, rate=rate), self._supply, ports, connections, seconds)

    async def acknowledged(self) -> dict[str, Any]:
        """Every message that was answered 200, as ranges of numbers."""
        return {"prefix": self._supply.prefix, "ranges": ranges(self._supply.acknowledged)}

    async def _carry_out(
        self, slice_: Round, supply: Supply, ports: list[int], connections: int, seconds: float
    ) -> dict[str, Any]:
        await slice_.open(ports, connections)
        gc.collect()
        gc.disable()
        used = time.process_time()
        try:
            await slice_.run(seconds)
        finally:
            used = time.process_time() - used
            gc.enable()
            slice_.close()
        if supply is self._recycled:
            supply.give_back(slice_.plan)
        else:
            supply.note_sent(slice_.plan[: slice_.next])
            supply.acknowledged.update(slice_.acknowledged)
            supply.give_back(slice_.plan[slice_.next :])
        return _summary(slice_, seconds, used)


def _summary(slice_: Round, seconds: float, used: float) -> dict[str, Any]:
    latencies = sorted(slice_.latencies)
    count = len(latencies)
    return {
        "requests": count,
        "rate": slice_.in_time / seconds,
        "p50_ms": percentile(latencies, 0.50) * 1000,
        "p99_ms": percentile(latencies, 0.99) * 1000,
        "statuses": {str(status): number for status, number in slice_.statuses.items()},
        "accepted": len(slice_.acknowledged),
        "broken": slice_.broken,
        "exhausted": type(slice_) is Round and slice_.next == len(slice_.plan),
        "client_us": used / count * 1e6 if count else 0.0,
    }


def percentile(ordered: list[float], share: float) -> float:
    """The value that so large a share does not exceed; 0 of nothing."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


async def serve(prefix: str) -> None:
    """Carry out one line after another, until the input ends."""
    client = Client(prefix)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        answer = await getattr(client, order.pop("do"))(**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
