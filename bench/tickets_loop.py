"""A closed loop of citizens: each writes, waits until the ticket is there, and writes the next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

OpenTicket = Callable[[int], Awaitable[None]]
"""Sends the message with this number; returns once its ticket is there."""
Meter = Callable[[], Sequence[float]]
"""CPU seconds used so far: of the server, of its database."""


@dataclass
class Lap:
    """What happened within the measured seconds; `sent` counts all, before and after them too."""

    seconds: float = 0.0
    sent: int = 0
    latencies: list[float] = field(default_factory=list)
    cpu: tuple[float, ...] = ()

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


async def closed_loop(
    open_ticket: OpenTicket, *, meter: Meter, in_flight: int, warm_up: float, seconds: float, first: int = 1
) -> Lap:
    """Let `in_flight` citizens write for `warm_up` and then for `seconds`; numbers count up from `first`."""
    lap, begin = Lap(), time.perf_counter() + warm_up
    end = begin + seconds

    async def citizen() -> None:
        while (sent_at := time.perf_counter()) < end:
            number = first + lap.sent
            lap.sent += 1
            await open_ticket(number)
            if begin <= (there := time.perf_counter()) < end:
                lap.latencies.append(there - sent_at)

    async def measure() -> None:
        await asyncio.sleep(warm_up)
        before, begun = meter(), time.perf_counter()
        await asyncio.sleep(end - begun)
        lap.seconds = time.perf_counter() - begun
        lap.cpu = tuple(after - earlier for after, earlier in zip(meter(), before, strict=True))

    async with asyncio.TaskGroup() as group:
        group.create_task(measure())
        for _ in range(in_flight):
            group.create_task(citizen())
    return lap
