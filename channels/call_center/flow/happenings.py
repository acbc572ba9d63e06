"""What happens in a call, and what is done about it: the two sides of the interpreter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from channels.call_center.flow.model import Slots

VIETNAMESE = "vi"


@dataclass(frozen=True)
class Begun:
    """
    A call was answered.

    Args:
        code, pin: drawn for this caller, promised only where the flow comes to it.
        ours: the machine called them about the report of this `code`; `looked`: where it stands, only where the number
            is proved to be its reporter's. `otp`: a one-time password. `told`: words that were made to be heard.
    """

    code: str
    pin: str
    open: bool = True
    storm: bool = False
    caller_known: bool = True
    ours: bool = False
    looked: Looked | None = None
    otp: str = field(default="", repr=False)
    told: Slots = ()


@dataclass(frozen=True)
class Said:
    """It was played to its end, or a key cut it short."""


@dataclass(frozen=True)
class Pressed:
    """Keys that came; empty: none in time."""

    keys: str


@dataclass(frozen=True)
class Heard:
    """A recording is over; `spoken`: somebody said something in it."""

    spoken: bool


@dataclass(frozen=True)
class Looked:
    """What the case service said; `found` is None where it did not answer."""

    found: bool | None
    stage: Slots = ()
    due: Slots = ()
    ratable: bool = False
    levels: int = 3


@dataclass(frozen=True)
class Transferred:
    """The other number took the call, and it is over; or did not."""

    taken: bool


@dataclass(frozen=True)
class Waited:
    """A person talked with the caller, and it is over; or they want a callback; or nobody takes calls ("machine")."""

    outcome: Literal["talked", "callback", "machine"]


Happening = Said | Pressed | Heard | Looked | Transferred | Waited


@dataclass(frozen=True)
class Play:
    """Play, then tell `Said`."""

    slots: Slots
    barge_in: bool = False


@dataclass(frozen=True)
class AskKeys:
    """Play, a key cuts it short; then take keys and tell `Pressed`."""

    slots: Slots
    most: int
    first_s: float
    next_s: float


@dataclass(frozen=True)
class TakeMessage:
    """Play, sound the tone, record; then tell `Heard`."""

    slots: Slots
    part: str
    longest_s: float
    silence_s: float


@dataclass(frozen=True)
class Ask:
    """Ask the case service; then tell `Looked`."""

    slots: Slots
    code: str
    pin: str


@dataclass(frozen=True)
class Connect:
    """Play, then connect with this number; tell `Transferred`."""

    slots: Slots
    to: str


@dataclass(frozen=True)
class WaitForAgent:
    """Play, then queue for a person with these skills; tell `Waited`."""

    slots: Slots
    queue: str
    priority: int = 0
    skills: frozenset[str] = frozenset()
    language: str = VIETNAMESE


@dataclass(frozen=True)
class HangUp:
    """Play, then end the call."""

    slots: Slots


Action = Play | AskKeys | TakeMessage | Ask | Connect | WaitForAgent | HangUp
