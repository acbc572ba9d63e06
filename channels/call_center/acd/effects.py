"""What the floor wants done; the output of `step`, carried out in order by the telephony process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.call_center.acd.happenings import Part


@dataclass(frozen=True, slots=True)
class Ring:
    """Show the call to the agent until then. `callback`: there is nobody on the line yet."""

    agent: str
    call: str
    until: datetime
    callback: bool = False


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Take the call off the agent's page. `why`: gave_up, declined, no_answer, moved, signed_out."""

    agent: str
    call: str
    why: str


@dataclass(frozen=True, slots=True)
class Connect:
    """Let caller and agent hear each other; a callback is dialled first. `since`: from when on the caller waited."""

    agent: str
    call: str
    since: datetime
    callback: bool = False


@dataclass(frozen=True, slots=True)
class Comfort:
    """Music for the caller: nobody is there for them at this moment."""

    call: str


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the caller their place (1 is next) and the wait to expect, in seconds."""

    call: str
    place: int
    expected_s: float


@dataclass(frozen=True, slots=True)
class OfferCallback:
    """Ask the caller whether they would rather be called back."""

    call: str


@dataclass(frozen=True, slots=True)
class Capture:
    """Take the report by machine now. `why`: nobody, full, waited."""

    call: str
    why: str


@dataclass(frozen=True, slots=True)
class Join:
    """Let a supervisor take part in a call, or leave it."""

    supervisor: str
    call: str
    part: Part


@dataclass(frozen=True, slots=True)
class Repaired:
    """Something was stuck and has been put right; for the log. `what` is call or agent."""

    what: str
    id: str
    found: str


Effect = Ring | StopRinging | Connect | Comfort | Say | OfferCallback | Capture | Join | Repaired
