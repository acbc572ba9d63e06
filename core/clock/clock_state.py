"""
The words for a clock's life: what it does, how the step stands, and the stretches behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.clock.zone import local


class ClockState(StrEnum):
    """What the clock does."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class ClockStatus(StrEnum):
    """How the step stands at an instant: what a board shows in one word."""

    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"  # stopped in time
    MISSED = "missed"  # stopped too late


@dataclass(frozen=True)
class Interval:
    """A finished stretch of a clock's life: in which state, from when to when, and why it was entered."""

    state: ClockState
    start: datetime
    end: datetime
    reason: str = ""

    def to_dict(self) -> dict[str, str]:
        """JSON-ready."""
        ends = {"from": self.start.isoformat(), "to": self.end.isoformat()}
        return {"state": self.state.value, **ends, "reason": self.reason}

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> Interval:
        """Read back what `to_dict` wrote."""
        start, end = (local(datetime.fromisoformat(data[key])) for key in ("from", "to"))
        return cls(ClockState(data["state"]), start, end, reason=data["reason"])
