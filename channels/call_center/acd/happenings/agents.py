"""What the people who answer do with themselves and with what rings for them."""

from __future__ import annotations

from dataclasses import dataclass


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
