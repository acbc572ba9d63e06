"""What can happen on the floor; the input of `step`. A happening about somebody who is not there does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Part = Literal["listen", "whisper", "take_over", "leave"]


@dataclass(frozen=True, slots=True)
class Queued:
    """
    A caller wants a person; or somebody is owed a call (`callback`), counted from `since` when that is earlier.

    `only`: the one agent they were promised to.
    """

    call: str
    queue: str
    priority: int = 0
    skills: frozenset[str] = frozenset()
    kind: Literal["line", "callback"] = "line"
    since: datetime | None = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A caller left the queue: hung up, or was taken elsewhere."""

    call: str


@dataclass(frozen=True, slots=True)
class CallbackChosen:
    """A waiting caller will be called back and hangs up; the place in the queue is kept."""

    call: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An agent is there, away until they say otherwise. A second time (a reload) changes nothing but queues, skills."""

    agent: str
    queues: frozenset[str]
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SignedOut:
    """An agent has gone; a call that rings for them goes on to the next, one that they have is theirs to its end."""

    agent: str


@dataclass(frozen=True, slots=True)
class Chose:
    """An agent is free for calls, or not; during a call it counts from its end on."""

    agent: str
    available: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Took:
    """The agent answers the call that rings for them."""

    agent: str
    call: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The agent does not take it; it rings for the next, and for them again later."""

    agent: str
    call: str


@dataclass(frozen=True, slots=True)
class Dials:
    """An agent who has nothing in hand calls somebody; the call is theirs from the first ring on."""

    agent: str
    call: str
    queue: str


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nobody answered what an agent dialled, or they gave it up: there is nothing to write up."""

    call: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """Caller or agent hung up."""

    call: str


@dataclass(frozen=True, slots=True)
class WrappedUp:
    """The agent's notes are done before their time is."""

    agent: str


@dataclass(frozen=True, slots=True)
class Vanished:
    """The agent's browser is gone in the middle of a call."""

    agent: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """The agent's browser is there again."""

    agent: str


@dataclass(frozen=True, slots=True)
class Passed:
    """An agent gives their call to a queue, or to one agent of it."""

    call: str
    queue: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Supervised:
    """A supervisor listens to a call, whispers to its agent, takes it over, or leaves it."""

    supervisor: str
    call: str
    part: Part


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed; told about once a second."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is really there: calls that are up (callbacks waited for included), agents whose page is connected."""

    calls: frozenset[str]
    agents: frozenset[str]


Happening = (
    Queued
    | GaveUp
    | CallbackChosen
    | SignedIn
    | SignedOut
    | Chose
    | Took
    | Declined
    | Dials
    | NotReached
    | TalkEnded
    | WrappedUp
    | Vanished
    | CameBack
    | Passed
    | Supervised
    | Ticked
    | Counted
)
