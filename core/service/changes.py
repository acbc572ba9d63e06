"""What was stored since somebody last looked: on which channels there may be something to send."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

EVERY_CHANNEL = ""


class Changes(asyncio.Event):
    """Set whenever a unit was stored. Who sets it without naming channels means all of them."""

    def __init__(self) -> None:
        super().__init__()
        self._channels: set[str] = set()

    def set(self) -> None:
        """Something may be sent on any channel."""
        self.note((EVERY_CHANNEL,))

    def note(self, channels: Iterable[str]) -> None:
        """Something was stored, and something is to be sent on these channels; none: only due times may differ."""
        self._channels.update(channels)
        super().set()

    def take(self) -> list[str]:
        """The channels since this was last asked, in order; `EVERY_CHANNEL` alone where somebody named none."""
        taken, self._channels = self._channels, set()
        self.clear()
        return [EVERY_CHANNEL] if EVERY_CHANNEL in taken else sorted(taken)
