"""What callers do, and who is owed a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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
