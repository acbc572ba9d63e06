"""By how much a number has grown of late."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta


class Growth:
    """Looks at a number that mostly grows; `within` is how far back it remembers."""

    def __init__(self, within: timedelta) -> None:
        self._within = within
        self._seen: deque[tuple[datetime, float]] = deque()

    def note(self, value: float, *, now: datetime) -> float:
        """How much higher it is than at any time within the span; 0 on the first look."""
        while self._seen and self._seen[0][0] <= now - self._within:
            self._seen.popleft()
        self._seen.append((now, value))
        return max(0.0, value - min(seen for _, seen in self._seen))
