"""The queues of a flow as they are written; `acd.model.Queue` says what each entry means."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from channels.call_center.acd.model import Overflow, Queue, Rule

NAME = r"^[a-z][a-z0-9_]{0,31}$"
_USUAL = Queue("")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Overflowing(_Entry):
    """What is done for a caller after so many seconds."""

    after_s: float = Field(ge=0, le=7200)
    do: Overflow
    queue: str = ""


class Line(_Entry):
    """One queue."""

    priority: int = Field(default=_USUAL.priority, ge=-100, le=100)
    ages_s: float = Field(default=_USUAL.ages_s, gt=0)
    most_waiting: int = Field(default=_USUAL.most_waiting, ge=0, le=2000)
    ring_s: float = Field(default=_USUAL.ring_s, ge=5, le=120)
    wrap_up_s: float = Field(default=_USUAL.wrap_up_s, ge=0, le=1800)
    told_every_s: float = Field(default=_USUAL.told_every_s, ge=15, le=600)
    usual_talk_s: float = Field(default=_USUAL.usual_talk_s, gt=0, le=3600)
    most_attempts: int = Field(default=_USUAL.most_attempts, ge=1, le=10)
    try_again_s: float = Field(default=_USUAL.try_again_s, ge=60, le=86_400)
    missed_priority: int = Field(default=_USUAL.missed_priority, ge=-100, le=100)
    emergency_priority: int = Field(default=_USUAL.emergency_priority, ge=-100, le=100)
    rules: tuple[Overflowing, ...] = ()

    def queue(self, name: str) -> Queue:
        """The queue of this name on the floor; rules in the order of their time."""
        entries = self.model_dump(exclude={"rules"})
        rules = sorted((Rule(**rule.model_dump()) for rule in self.rules), key=lambda rule: rule.after_s)
        return Queue(name, **entries, rules=tuple(rules))


def on_the_floor(lines: Mapping[str, Line]) -> Mapping[str, Queue]:
    """Every queue by its name, in order."""
    return {name: line.queue(name) for name, line in lines.items()}
