"""How long a voice waits in the jitter buffer of a network that loses: ours, and the one inside aiortc."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from aiortc.jitterbuffer import JitterBuffer as StockBuffer
from aiortc.rtp import RtpPacket

from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from channels.call_center.media.g711 import FRAME, FRAME_MS
from channels.call_center.media.jitter import JitterBuffer

LOSSES = (0.0, 0.01, 0.03, 0.05)
Arrivals = list[tuple[float, int]]
"""(when in ms, which frame), in order."""
Delays = Callable[[Arrivals, int], Iterator[float]]
"""From the arrivals and the number of frames to the delay of each that is heard, in ms."""


def measurements() -> list[Measurement]:
    """One."""
    goals = (
        Goal("delay_ms", "delay at 5 % loss, ours, p95", at_most=60, unit="ms", source="issue 6"),
        Goal("stock", "delay at 1 % loss, ours by aiortc's, p95", at_most=0.5, unit="×", source="issue 6"),
    )
    return [Measurement("calls.loss", "A voice over a network that loses", goals, measure_loss)]


def measure_loss(terms: Terms) -> Result:
    """Ten minutes of each loss, simulated: both buffers are pure."""
    frames = 5_000 if terms.quick else 30_000
    kinds: tuple[tuple[str, Delays], ...] = (("ours", ours), ("aiortc", stock))
    found = {(name, loss): sorted(of(arrivals(loss, frames), frames)) for name, of in kinds for loss in LOSSES}
    figures = {"delay_ms": _p95(found["ours", 0.05]), "stock": _p95(found["ours", 0.01]) / _p95(found["aiortc", 0.01])}
    rows: tuple[tuple[Cell, ...], ...]
    columns = ("", "loss %", "delay p50 ms", "p95", "max", "heard %")
    rows = tuple((name, round(100 * loss), *_row(delays, frames)) for (name, loss), delays in found.items())
    table = Table("From when a frame was spoken until it is played, or given to whoever plays it", columns, rows)
    note = "Simulated: 10 ms of network, up to 5 ms of jitter, frames of 20 ms."
    return Result(figures, (table,), (note,))


def _row(delays: Sequence[float], frames: int) -> tuple[Cell, ...]:
    middle = delays[len(delays) // 2]
    return (round(middle), round(_p95(delays)), round(delays[-1]), round(100 * len(delays) / frames, 1))


def _p95(ordered: Sequence[float]) -> float:
    return ordered[int(len(ordered) * 0.95)]


def arrivals(loss: float, frames: int) -> Arrivals:
    """What comes of so many frames, and when; the same for everybody."""
    chance = random.Random(711)
    return sorted((10 + n * FRAME_MS + 5 * chance.random(), n) for n in range(1, frames) if chance.random() >= loss)


def ours(coming: Arrivals, frames: int) -> Iterator[float]:
    """By the ticks of the player."""
    buffer, left = JitterBuffer("PCMA"), coming[::-1]
    for tick in range(frames):
        while left and left[-1][0] <= tick * FRAME_MS:
            number = left.pop()[1]
            buffer.put(number, number.to_bytes(4, "big") * (FRAME // 4))
        frame = buffer.get()
        if frame is not None and frame[0] == 0 and frame == frame[:4] * (FRAME // 4):
            yield tick * FRAME_MS - int.from_bytes(frame[:4], "big") * FRAME_MS


def stock(coming: Arrivals, _frames: int) -> Iterator[float]:
    """As aiortc's receiver sets its buffer up for sound; a frame is out when a later packet pushes it."""
    buffer = StockBuffer(capacity=16, prefetch=4)
    for at, number in coming:
        packet = RtpPacket(payload_type=8, sequence_number=number & 0xFFFF, timestamp=number * FRAME, payload=b"")
        packet._data = b""  # type: ignore[attr-defined]
        _, frame = buffer.add(packet)
        if frame is not None:
            yield at - frame.timestamp // FRAME * FRAME_MS
