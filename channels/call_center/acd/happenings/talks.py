"""What becomes of calls that somebody has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal["listen", "whisper", "take_over", "leave"]


@dataclass(frozen=True, slots=True)
class NotReached:
    """Nobody answered what an agent dialled, or they gave it up: nothing to write up, and a callback is tried again."""

    call: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """Caller or agent hung up."""

    call: str


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
