"""Which channels work, as far as this process knows: by what came of sending, and by what a check-up was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

_MOST_FAILURES = 3


class Vitals:
    """A channel is sick after a few failures in a row, or while it says so itself; a message that leaves heals it."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._down: frozenset[str] = frozenset()

    def note(self, channel: str, outcome: str) -> None:
        """What came of sending one message: an outbox state."""
        if outcome == "sent":
            del self._failures[channel]
            self._down -= {channel}
        elif outcome == "pending":
            self._failures[channel] += 1

    def checked(self, told: Mapping[str, bool]) -> None:
        """What each channel says of itself."""
        self._down = frozenset(channel for channel, works in told.items() if not works)

    def healthy(self, channel: str) -> bool:
        """Whether it is worth trying first."""
        return channel not in self._down and self._failures[channel] < _MOST_FAILURES
