"""What can happen on the floor; the input of `step`. A happening about somebody who is not there does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Part = Literal["listen", "whisper", "take_over", "leave"]


@dataclass(frozen=True, slots=True)
class Queued:
    """A caller wants a person."""

    call: str
    queue: str
    priority: int = 0
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A caller left the queue: hung up, or was taken elsewhere."""

    call: str


@dataclass(frozen=True, slots=True)
class Callback:
    """
    Somebody is owed a call since then.

    `kind`: they left the queue for it and keep their place; or were missed elsewhere; or it is an emergency.
    `not_before`: nobody is woken; `attempts`: how often nobody answered.
    """

    call: str
    queue: str
    since: datetime
    kind: Literal["kept", "missed", "emergency"] = "missed"
    skills: frozenset[str] = frozenset()
    attempts: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """Everybody who is owed a call, whole, as the case service knows it; whoever is not among them is owed none."""

    calls: tuple[Callback, ...]


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
    """
    An agent who has nothing in hand calls somebody; the call is theirs from the first ring on.

    `owed`: the callback that this is, if it is one.
    """

    agent: str
    call: str
    queue: str
    owed: str = ""


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nobody answered what an agent dialled, or they gave it up: nothing to write up, and a callback is tried again."""

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
class Asks:
    """
    An agent asks a colleague about a call: it rings for that one and nobody else.

    `call` is an id of its own, nobody is on the line; it is gone where the colleague does not take it.
    """

    call: str
    queue: str
    colleague: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An agent gives their call to the colleague with whom they talk in another, `consult`, which ends by that."""

    call: str
    consult: str


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
    """What is really there: calls that are up, agents who are signed in, those of them whose browser is heard."""

    calls: frozenset[str]
    agents: frozenset[str]
    heard: frozenset[str]


Happening = (
    Queued
    | GaveUp
    | Owed
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
    | Asks
    | HandedOver
    | Supervised
    | Ticked
    | Counted
)
