"""What was stored since somebody last looked: where there may be something to send, and what it was about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

EVERY_CHANNEL = ""


class Changes(asyncio.Event):
    """Set whenever a unit was stored. Who sets it without naming channels means all of them."""

    def __init__(self) -> None:
        super().__init__()
        self._channels: set[str] = set()
        self._touched: set[str] = set()

    def set(self) -> None:
        """Something may be sent on any channel."""
        self.note((EVERY_CHANNEL,))

    def note(self, channels: Iterable[str], *, touched: Iterable[str] = ()) -> None:
        """
        Something was stored, and something is to be sent on these channels; none: only due times may differ.

        `touched`: the cases and conversations that are no longer as they were (`case:ID`, `talk:ID`).
        """
        self._channels.update(channels)
        self._touched.update(touched)
        super().set()

    def take(self) -> list[str]:
        """The channels since this was last asked, in order; `EVERY_CHANNEL` alone where somebody named none."""
        taken, self._channels = self._channels, set()
        self.clear()
        return [EVERY_CHANNEL] if EVERY_CHANNEL in taken else sorted(taken)

    def take_touched(self) -> list[str]:
        """The cases and conversations since this was last asked, in order."""
        taken, self._touched = self._touched, set()
        return sorted(taken)
