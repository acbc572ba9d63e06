"""A floor to try things on: two queues, some agents, and a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Effect
from channels.call_center.acd.model import Acd, Overflow, Queue, Rule
from channels.call_center.acd.step import step

EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
REPORTS = Queue(
    "reports",
    most_waiting=3,
    rules=(Rule(30, Overflow.OFFER_CALLBACK), Rule(60, Overflow.EASE), Rule(120, Overflow.CAPTURE)),
)
URGENT = Queue("urgent", priority=10, rules=(Rule(20, Overflow.MOVE, queue="reports"),))
BOTH = frozenset({"reports", "urgent"})


class Try:
    """A floor, its clock, and what it has wanted so far."""

    def __init__(self) -> None:
        self.acd = Acd({queue.name: queue for queue in (REPORTS, URGENT)})
        self.now = EIGHT
        self.wanted: list[Effect] = []

    def do(self, happening: h.Happening) -> tuple[Effect, ...]:
        """Let something happen; what it made the floor want."""
        self.acd, effects = step(self.acd, happening, self.now)
        self.wanted.extend(effects)
        return effects

    def later(self, seconds: float) -> tuple[Effect, ...]:
        """Time passes."""
        self.now += timedelta(seconds=seconds)
        return self.do(h.Ticked())

    def agent(self, name: str, *skills: str, queues: frozenset[str] = BOTH) -> None:
        """Somebody signs in and is free."""
        self.do(h.SignedIn(name, queues, frozenset(skills)))
        self.do(h.Chose(name, True))

    def talking(self, name: str, call: str) -> None:
        """An agent who has a call of the reports queue."""
        self.agent(name)
        self.do(h.Queued(call, "reports"))
        self.do(h.Took(name, call))
