"""A closed loop of citizens: each writes, waits until the ticket is there, and writes the next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

OpenTicket = Callable[[], Awaitable[None]]
"""Sends a message; returns once its ticket is there."""
Meter = Callable[[], Sequence[float]]
"""CPU seconds used so far: of the server, of its database."""


@dataclass(frozen=True)
class Load:
    """How much is asked: citizens at once, seconds before the measuring begins, seconds measured."""

    in_flight: int = 16
    warm_up: float = 1.0
    seconds: float = 6.0


@dataclass
class Lap:
    """
    What happened within the measured seconds; `sent` counts all, before and after them too.

    `latencies`: seconds. `cpu`: seconds of the server and of its database. `behind`: answers to citizens that were not
    sent yet when the last ticket was there.
    """

    seconds: float = 0.0
    sent: int = 0
    latencies: list[float] = field(default_factory=list)
    cpu: tuple[float, ...] = (0.0, 0.0)
    behind: int = 0

    @classmethod
    def joined(cls, laps: Iterable[Lap]) -> Lap:
        """Several laps as one."""
        whole = cls()
        for lap in laps:
            whole.seconds += lap.seconds
            whole.sent += lap.sent
            whole.latencies += lap.latencies
            whole.cpu = tuple(left + right for left, right in zip(whole.cpu, lap.cpu, strict=True))
            whole.behind = max(whole.behind, lap.behind)
        return whole

    @property
    def opened(self) -> int:
        """Tickets that were there within the measured seconds."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Tickets per second."""
        return self.opened / self.seconds

    def milliseconds(self, share: float) -> float:
        """The latency that this share of tickets did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else float("nan")

    @property
    def cpu_ms(self) -> tuple[float, ...]:
        """CPU milliseconds per ticket: of the server, of its database."""
        return tuple(used * 1000 / max(self.opened, 1) for used in self.cpu)


async def closed_loop(open_ticket: OpenTicket, *, meter: Meter, load: Load) -> Lap:
    """Let the citizens write while it warms up and while it counts; returns when the last ticket is there."""
    lap, begin = Lap(), time.perf_counter() + load.warm_up
    end = begin + load.seconds

    async def citizen() -> None:
        while (sent_at := time.perf_counter()) < end:
            lap.sent += 1
            await open_ticket()
            if begin <= (there := time.perf_counter()) < end:
                lap.latencies.append(there - sent_at)

    async def measure() -> None:
        await asyncio.sleep(load.warm_up)
        before, begun = meter(), time.perf_counter()
        await asyncio.sleep(end - begun)
        lap.seconds = time.perf_counter() - begun
        lap.cpu = tuple(after - earlier for after, earlier in zip(meter(), before, strict=True))

    async with asyncio.TaskGroup() as group:
        group.create_task(measure())
        for _ in range(load.in_flight):
            group.create_task(citizen())
    return lap
