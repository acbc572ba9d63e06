"""A leg without sound: it takes a port, and remembers what it was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from channels.call_center.ports import (
    KeyPressed,
    Media,
    MediaEvent,
    MediaStats,
    MediaUnavailable,
    Played,
    Recorded,
    RtpPlan,
)


@dataclass
class FakeLeg:
    """`plans` are those it was to send by, `keys` those that came by signalling."""

    local: tuple[str, int]
    plans: list[RtpPlan] = field(default_factory=list)
    keys: list[tuple[str, int]] = field(default_factory=list)
    closed: bool = False
    _hear: Callable[[MediaEvent], None] = print

    def talk(self, plan: RtpPlan) -> None:
        self.plans.append(plan)

    def listen(self, hear: Callable[[MediaEvent], None]) -> None:
        self._hear = hear

    def press(self, key: str, milliseconds: int = 0) -> None:
        self.keys.append((key, milliseconds))
        self._hear(KeyPressed(key, milliseconds))

    async def play(self, slots: Sequence[str], *, barge_in: bool = False) -> Played:
        return Played()

    async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
        return "".join(key for key, _ in self.keys)[:most]

    def music(self, slot: str | None) -> None:
        """Silence."""

    def bridge(self, other: Media | None) -> None:
        """Nobody to hear."""

    def record(self, path: Path) -> None:
        """Nothing to record."""

    async def stop_recording(self) -> Recorded | None:
        return None

    async def take_message(self, path: Path, *, longest_s: float, silence_s: float, end: str = "#") -> Recorded:
        return Recorded(path, 0.0, "")

    async def send_keys(self, keys: str) -> None:
        """Nobody to press them for."""

    def stats(self) -> MediaStats:
        return MediaStats()

    async def close(self) -> Recorded | None:
        self.closed = True
        return None


@dataclass
class FakeMedia:
    """Opens legs up to `most` at once; `legs` are all that were opened."""

    most: int = 10_000
    legs: list[FakeLeg] = field(default_factory=list)

    @property
    def open_legs(self) -> int:
        return sum(not leg.closed for leg in self.legs)

    def open(self) -> Media:
        if self.open_legs >= self.most:
            raise MediaUnavailable
        self.legs.append(FakeLeg(("127.0.0.1", 20000 + 2 * (len(self.legs) % 5000))))
        return self.legs[-1]
