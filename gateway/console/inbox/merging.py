"""
One list out of several, each of which is read page by page in its own order. Pure.

Everything has a place: since when somebody waits too long (microseconds; for a case its due time, for a call the time
by which it was promised, for a conversation its last message), the number of its list, its id. A list that was filtered
may know that there is more without having found it: nothing behind that horizon is shown before it was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Generic, Protocol, TypeVar

Place = tuple[int, int, str]
After = tuple[int, str]
_BEHIND_ALL = "~"


class Placed(Protocol):
    """Anything with a place."""

    @property
    def place(self) -> Place:
        """Where it stands among all others."""


T = TypeVar("T", bound=Placed)


@dataclass(frozen=True)
class Part(Generic[T]):
    """Some lines of one list, in order; `horizon`: how far it was looked at, None: to its end."""

    items: Sequence[T]
    horizon: Place | None


@dataclass(frozen=True)
class Merged(Generic[T]):
    """Some lines of all lists, in order; `after`: where to go on, None at the end."""

    items: Sequence[T]
    after: Place | None


def start_of(number: int, after: Place | None) -> After | None:
    """Where list `number` goes on behind a place that may belong to another list."""
    if after is None:
        return None
    instant, owner, one = after
    return instant, one if owner == number else _BEHIND_ALL if owner > number else ""


def merged(parts: Sequence[Part[T]], *, most: int) -> Merged[T]:
    """The first `most` lines that are certain to be the first."""
    horizon = min((part.horizon for part in parts if part.horizon is not None), default=None)
    in_order = list(merge(*(part.items for part in parts), key=lambda line: line.place))
    certain = [line for line in in_order if horizon is None or line.place <= horizon]
    shown = certain[:most]
    if len(certain) > most:
        return Merged(shown, shown[-1].place)
    return Merged(shown, horizon)
