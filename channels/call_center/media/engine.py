"""The engine of all sound (MediaFactory): opens legs, gives them their ticks, refuses more than it can carry."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from channels.call_center.media.leg import Leg
from channels.call_center.media.pace import BOUNDS_MS, PHASES, Clock
from channels.call_center.media.recorder import Recorder
from channels.call_center.media.repertoire import Sounds
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tape_file import SealTo
from channels.call_center.media.udp import Ports
from channels.call_center.media.wire import Wire
from channels.call_center.ports import MediaUnavailable, Recorded

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """
    The engine at this moment. `late_ms` are percentiles of the last seconds, `late_counts` beats by the upper bound of
    their lateness in ms since the start; `refused_tapes` counts recordings that the disk did not take whole.
    """

    legs: int
    late_p50_ms: float = 0.0
    late_p99_ms: float = 0.0
    late_longest_ms: float = 0.0
    beats_missed: int = 0
    refused_legs: int = 0
    refused_tapes: int = 0
    late_counts: Mapping[float, int] = field(default_factory=dict)


class Engine:
    """
    One for the process.

    Args:
        address, ports: what UDP sockets are bound to; an empty range leaves the port to the system.
        seal_to: public key of whoever may open finished recordings (`sealing`); while it is None they stay plain WAV.
    """

    def __init__(
        self,
        address: str,
        ports: range,
        prompts: Sounds,
        *,
        settings: MediaSettings | None = None,
        seal_to: SealTo = lambda: None,
    ) -> None:
        self._settings = settings or MediaSettings()
        self._ports = Ports(address, ports, advertised=self._settings.advertised, anywhere=self._settings.behind_nat)
        self._prompts, self._recorder = prompts, Recorder(seal_to=seal_to)
        self._clock = Clock(self._turn)
        self._legs: set[Leg] = set()
        self._phases: list[tuple[Leg, ...]] = [()] * PHASES
        self._refused = 0
        self._closing: set[asyncio.Task[Recorded | None]] = set()

    async def start(self) -> None:
        """Let the clock run."""
        self._clock.start()

    async def stop(self) -> None:
        """Close every leg, write every recording to its end, stop the clock. Twice is once."""
        await asyncio.gather(*(leg.close() for leg in tuple(self._legs)))
        self._clock.stop()
        await self._recorder.stop()

    def open(self, wire: Wire | None = None, *, ours: bool = False) -> Leg:
        """
        A leg over a UDP port of its own, or over another wire. Raises: MediaUnavailable.

        `ours`: one of our own people, who makes the crowd smaller: a late clock does not keep them out.
        """
        reason = self._refusal(ours=ours)
        if reason:
            self._refused += 1
            raise MediaUnavailable(reason)
        leg = Leg(wire or self._ports.open(), self._prompts, self._recorder, stage=self)
        self._legs.add(leg)
        return leg

    def status(self) -> EngineStatus:
        """For metrics and alarms."""
        pace = self._clock.pace
        if pace is None:
            return EngineStatus(len(self._legs))
        lateness = pace.lateness
        return EngineStatus(
            legs=len(self._legs),
            late_p50_ms=lateness.percentile(0.5),
            late_p99_ms=lateness.percentile(0.99),
            late_longest_ms=lateness.longest_ms,
            beats_missed=pace.missed,
            refused_legs=self._refused,
            refused_tapes=self._recorder.refused,
            late_counts=dict(zip((*BOUNDS_MS, float("inf")), lateness.buckets, strict=True)),
        )

    def enter(self, leg: Leg) -> None:
        """Tick this leg in the phase that has the fewest."""
        phase = min(range(PHASES), key=lambda number: len(self._phases[number]))
        self._phases[phase] = (*self._phases[phase], leg)

    def leave(self, leg: Leg) -> None:
        """The leg was closed."""
        self._legs.discard(leg)
        self._phases = [tuple(other for other in legs if other is not leg) for legs in self._phases]

    def _refusal(self, *, ours: bool) -> str:
        if self._clock.pace is None:
            return "the engine is not started"
        if len(self._legs) >= self._settings.most_legs:
            return "all legs are taken"
        if not ours and len(self._legs) >= self._settings.crowd and self._is_late():
            return "the clock is late"
        return ""

    def _is_late(self) -> bool:
        pace = self._clock.pace
        return pace is not None and pace.lateness.percentile(0.99) > self._settings.latest_ms

    def _turn(self, phase: int) -> None:
        for leg in self._phases[phase]:
            try:
                leg.tick()
            except Exception:
                log.exception("leg_failed")
                self._give_up(leg)

    def _give_up(self, leg: Leg) -> None:
        """A leg that fails once fails at every tick: whoever waits for it is told that it is gone."""
        self.leave(leg)
        closing = asyncio.get_running_loop().create_task(leg.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
