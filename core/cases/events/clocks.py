"""What time limits did."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from core.cases.events.base import Event
from core.contract.schema import Instant, Model


class WarningTime(Model):
    """A warning ahead of the limit: when, and which roles are told."""

    at: Instant
    tell: tuple[str, ...]


class Timing(Model):
    """
    A running limit as the clock engine gave it.

    Args:
        due_at: the limit; `late_from`: the first instant that is late. `engine` is the clock as `core.clock` stores
            it, with the explanation of the due time.
    """

    due_at: Instant
    late_from: Instant
    warnings: tuple[WarningTime, ...] = ()
    engine: dict[str, Any]


class ClockEvent(Event):
    """Something a time limit did."""

    clock_id: str


class ClockStarted(ClockEvent):
    """It runs, from the beginning or anew, with this due time."""

    kind: Literal["clock_started"] = "clock_started"
    name: str
    purpose: Literal["deadline", "wait", "window"]
    role: str = ""
    dispatch_id: str | None = None
    coordination_id: str | None = None
    timing: Timing


class ClockRecomputed(ClockEvent):
    """Another limit applies, from the same start (U-11: never silently)."""

    kind: Literal["clock_recomputed"] = "clock_recomputed"
    timing: Timing


class ClockPaused(ClockEvent):
    """It rests; what is left is kept."""

    kind: Literal["clock_paused"] = "clock_paused"
    engine: dict[str, Any]


class ClockResumed(ClockEvent):
    """It runs on with what was left."""

    kind: Literal["clock_resumed"] = "clock_resumed"
    timing: Timing


class ClockStopped(ClockEvent):
    """The step is done; `late_s` seconds too late, 0 in time."""

    kind: Literal["clock_stopped"] = "clock_stopped"
    late_s: int
    engine: dict[str, Any]


class ClockWarned(ClockEvent):
    """The time for a warning came."""

    kind: Literal["clock_warned"] = "clock_warned"
    warnings: int = Field(description="How many of the clock's warnings have come")
    tell: tuple[str, ...]


class ClockBreached(ClockEvent):
    """The limit passed; noticed `late_s` whole seconds after it. `offer` is a command that is now proposed."""

    kind: Literal["clock_breached"] = "clock_breached"
    name: str
    late_s: int
    tell: tuple[str, ...] = ()
    offer: str = ""
    reason_code: str = ""
    dispatch_id: str | None = None
