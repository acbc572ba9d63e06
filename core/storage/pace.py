"""
Whether a commit waits for more to share it, learned from the last ones.

Where commits go side by side and the disk is quick, waiting is a loss: while one is written, the next is received.
Elsewhere everybody who is there should share each: those who have just been answered will be back in a moment, and
would wait for the commit of all others before their own begins. Where commits go side by side and the disk is slow, a
large crowd goes in two halves in turn: one is answered and received anew while the other's sync is waited for.
Who sends at a pace of their own does not come back: company that was waited for in vain is not waited for again soon.
"""

from __future__ import annotations

import sys
from collections import deque

CROWD = 16
"""Fewer are not waited for: who sends a message now and then gains nothing by company."""
LARGE_CROWD = 48
"""So many go in two halves on a slow disk; of fewer, each half would be too small to be worth a sync."""
SLOW_SECONDS = 0.0025
"""What a commit takes, its rows apart, where the disk is slow. At about 2 ms the two ways cost the same."""
_ROW_SECONDS = 0.00003
_MOST_DOUBTS = 64
_LOOKED_AT = 16  # the quickest of so many: on a loop that is busy, the end of a commit is heard late


class Pace:
    """`longest`: how long a commit may wait for company, in seconds. `flights`: how many may go side by side."""

    def __init__(self, longest: float, *, flights: int) -> None:
        self._longest = longest
        self._flights = flights
        self._disk = deque((0.0,), maxlen=_LOOKED_AT)
        self._doubts = self._passed_by = 0  # how many crowds to let go by after a wait in vain, and how many went since
        self._is_halved = False
        self.crowd = 0
        """How many may be expected to share the next commit: a half, or all who were there when the last one ended."""

    def note(self, seconds: float, *, rows: int, waiting: int, beside: int = 0) -> None:
        """A commit of so many rows took so long; so many wait now, and so many are in a commit beside it."""
        self._disk.append(seconds - rows * _ROW_SECONDS)
        everybody = rows + waiting + beside
        self._is_halved = self._is_slow and self._flights > 1 and everybody >= LARGE_CROWD
        self.crowd = -(-everybody // 2) if self._is_halved else everybody
        if self.crowd >= CROWD:
            self._passed_by += 1

    def note_wait(self, before: int, after: int) -> None:
        """So many waited when a wait for company began, and so many when it ended."""
        was_worth_it = after >= self.crowd or after - before >= CROWD
        self._doubts = 0 if was_worth_it else min(max(2 * self._doubts, 2), _MOST_DOUBTS)
        self._passed_by = 0

    @property
    def flights(self) -> int:
        """How many commits should go side by side now: on a slow disk few would only wait for each other's sync."""
        return 1 if self._is_slow and not self._is_halved else self._flights

    @property
    def most(self) -> int:
        """How many the next commit should take: not what its other half would wait for."""
        return self.crowd if self._is_halved else sys.maxsize

    def patience(self, waiting: int) -> float:
        """How long the next commit waits for the rest of its crowd, in seconds."""
        is_due = self.crowd >= CROWD and waiting < self.crowd and self._passed_by >= self._doubts
        is_worth_it = self._flights == 1 or self._is_slow
        return self._longest if is_due and is_worth_it else 0.0

    @property
    def _is_slow(self) -> bool:
        return self._longest > 0 and min(self._disk) > SLOW_SECONDS
