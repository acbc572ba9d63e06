"""What a call centre remembers between two moments: its queues, its agents, who waits, who talks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

NOTHING: Mapping[str, datetime] = MappingProxyType({})


class Overflow(StrEnum):
    """What is done for somebody who has waited long enough."""

    OFFER_CALLBACK = "offer_callback"
    MOVE = "move"
    EASE = "ease"
    CAPTURE = "capture"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    After `after_s` seconds in the queue, once: offer a callback, move to another queue, ease the wish for skills,
    or take the report by machine. `queue` names where MOVE goes.
    """

    after_s: float
    do: Overflow
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """
    People who wait for the same kind of help.

    `priority` is where its callers begin; each `ages_s` seconds of waiting add one. `most_waiting`: the next one is
    taken by machine at once, and so is everybody while nobody is signed in for the queue. `ring_s`: how long an agent
    may let it ring. `wrap_up_s`: time for notes afterwards. `told_every_s`: how often the place in the queue is said.
    `usual_talk_s`: of a talk, until the floor has learnt better.

    Callbacks: `most_attempts` of them, `try_again_s` apart. Who left the queue for one keeps their place; who was
    missed elsewhere begins `missed_priority` away from it, an emergency `emergency_priority`.
    """

    name: str
    priority: int = 0
    ages_s: float = 60
    most_waiting: int = 50
    ring_s: float = 15
    wrap_up_s: float = 30
    told_every_s: float = 45
    usual_talk_s: float = 180
    rules: tuple[Rule, ...] = ()
    most_attempts: int = 3
    try_again_s: float = 1800
    missed_priority: int = -10
    emergency_priority: int = 30

    @property
    def eases(self) -> bool:
        """Whether its callers are given to somebody without the skills, sooner or later."""
        return any(rule.do is Overflow.EASE for rule in self.rules)


class AgentState(StrEnum):
    """What an agent does. RESERVED: a call rings for them. AWAY and AVAILABLE are chosen, the others happen."""

    AVAILABLE = "available"
    AWAY = "away"
    RESERVED = "reserved"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


@dataclass(frozen=True, slots=True)
class Agent:
    """
    Somebody who answers, while signed in. `skills`: fields and languages, as the queues' callers ask for them.

    `since` is when `state` began, `idle_since` when they last became free: the longest idle is asked first.
    `until` ends RESERVED and WRAP_UP. `wanted`: what they chose during a call, and become after it. `why`: of AWAY.
    """

    id: str
    queues: frozenset[str]
    skills: frozenset[str]
    since: datetime
    idle_since: datetime
    state: AgentState = AgentState.AWAY
    until: datetime | None = None
    call: str = ""
    wanted: AgentState = AgentState.AWAY
    why: str = ""


@dataclass(frozen=True, slots=True)
class Waiter:
    """
    One who waits: on the line; for our callback, which keeps the place (`since`) that the caller had; or an agent for
    the colleague whom they ask about their call.

    `skills` are asked for until a rule eases them. `declined`: agents who did not take it, and when. `ringing`: the
    agent for whom it rings. `ruled`: how many of the queue's rules were carried out. `told_at`: place last said.
    `first`: goes before all others, because somebody was talking to them already. `attempts` to call back that
    nobody answered; `not_before`: nobody is to be called until then.
    """

    call: str
    queue: str
    since: datetime
    kind: Literal["line", "callback", "colleague"] = "line"
    priority: int = 0
    skills: frozenset[str] = frozenset()
    declined: Mapping[str, datetime] = field(default_factory=lambda: NOTHING)
    ringing: str = ""
    only: str = ""
    first: bool = False
    ruled: int = 0
    told_at: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None

    def may_ring(self, now: datetime) -> bool:
        """Whether it may ring for somebody at this moment, if it does not already."""
        return not self.ringing and (self.not_before is None or self.not_before <= now)

    def rank(self, queue: Queue, now: datetime) -> tuple[bool, int, datetime, str]:
        """Smaller is served sooner: those given back, then by priority with age, then by time of arrival."""
        aged = int((now - self.since) / timedelta(seconds=queue.ages_s))
        return (not self.first, -(queue.priority + self.priority + aged), self.since, self.call)


@dataclass(frozen=True, slots=True)
class Talk:
    """
    A call that an agent has. `lost_at`: since when their browser is gone; the caller hears music meanwhile.

    `owed`: whom the agent calls back, as they waited for it. `consult`: a colleague is asked about a call. `others`:
    supervisors and how they take part.
    """

    call: str
    agent: str
    queue: str
    since: datetime
    lost_at: datetime | None = None
    owed: Waiter | None = None
    consult: bool = False
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acd:
    """
    The whole floor. Every call is in `waiting` or in `talks`, never in both; every agent has at most one call.

    `again_s`: an agent who declined is asked again after so long. `lost_s`: how long a vanished agent is waited for.
    `usual_s`: seconds of a talk in each queue, as learnt. `settled`: callbacks that were made, and when: for
    `settling_s` the case service may still count them among those that wait.
    """

    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent] = field(default_factory=dict)
    waiting: Mapping[str, Waiter] = field(default_factory=dict)
    talks: Mapping[str, Talk] = field(default_factory=dict)
    again_s: float = 20
    lost_s: float = 30
    settling_s: float = 600
    usual_s: Mapping[str, float] = field(default_factory=dict)
    settled: Mapping[str, datetime] = field(default_factory=lambda: NOTHING)

    def usual_of(self, queue: Queue) -> float:
        """Seconds of a talk in a queue."""
        return self.usual_s.get(queue.name, queue.usual_talk_s)
