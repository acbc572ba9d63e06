"""
Whether a commit waits for more to share it, learned from the last ones.

Where commits go side by side and the disk is quick, waiting is a loss: while one is written, the next is received.
Elsewhere everybody who is there should share each: those who have just been answered will be back in a moment, and
would wait for the commit of all others before their own begins.
"""

from __future__ import annotations

from collections import deque

CROWD = 16
"""Fewer are not waited for: who sends a message now and then gains nothing by company."""
SLOW_SECONDS = 0.0025
"""What a commit takes, its rows apart, where the disk is slow. At about 2 ms the two ways cost the same."""
_ROW_SECONDS = 0.00003
_LOOKED_AT = 16  # the quickest of so many: on a loop that is busy, the end of a commit is heard late


class Pace:
    """`longest`: how long a commit may wait for company, in seconds. `flights`: how many may go side by side."""

    def __init__(self, longest: float, *, flights: int) -> None:
        self._longest = longest
        self._flights = flights
        self._disk = deque((0.0,), maxlen=_LOOKED_AT)
        self.crowd = 0
        """How many may be expected to share the next commit: those of the last one, and who waited for its end."""

    def note(self, seconds: float, *, rows: int, waiting: int) -> None:
        """A commit of so many rows took so long; so many wait now."""
        self._disk.append(seconds - rows * _ROW_SECONDS)
        self.crowd = rows + waiting

    @property
    def flights(self) -> int:
        """How many commits should go side by side now: on a slow disk the second would only wait for the first."""
        return 1 if self._longest > 0 and min(self._disk) > SLOW_SECONDS else self._flights

    def patience(self, waiting: int) -> float:
        """How long the next commit waits for the rest of its crowd, in seconds."""
        is_worth_it = self.flights == 1 and self.crowd >= CROWD and waiting < self.crowd
        return self._longest if is_worth_it else 0.0
