"""
What we say on a stream and how much of it waits at Twilio unheard. Pure: time comes in.

Twilio plays what it gets, one after another, and forgets nothing: whatever a stalled network delivered late would be
heard late for the rest of the call. Marks tell how late; too late, and the backlog is dropped at once.
"""

from __future__ import annotations

from collections import deque

from channels.call_center.media.g711 import SILENCE
from channels.call_center.twilio import messages

MARK_EVERY = 50
"""Frames of 20 ms."""
LATEST_S = 1.0
BREATH = 10
"""Silent frames that belong to what is being said; what is silent for longer is not sent at all."""
_QUIET = SILENCE["PCMU"]


class Playout:
    """One stream's way out. `dropped` counts backlogs, `late_s` is what the last mark told."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._frames = self._silent = self._marks = 0
        self._waiting: deque[tuple[str, float]] = deque(maxlen=100)
        self._clearing = False
        self.late_s = 0.0
        self.dropped = 0

    def say(self, payload: bytes, now: float) -> list[str]:
        """The messages that say one frame."""
        self._silent = self._silent + 1 if payload == _QUIET else 0
        if self._silent > BREATH:
            return self._drop()
        self._frames += 1
        told = [*self._drop(), messages.sound(self._stream, payload)]
        if self._frames % MARK_EVERY == 0:
            told.append(self.mark(now))
        return told

    def mark(self, now: float) -> str:
        """Ask when everything up to here has been heard; `last` is its name."""
        self._marks += 1
        self._waiting.append((self.last, now))
        return messages.mark(self._stream, self.last)

    @property
    def last(self) -> str:
        """Name of the newest mark."""
        return f"m{self._marks}"

    def played(self, name: str, now: float) -> None:
        """A mark came back; those before it will not."""
        while self._waiting:
            known, sent = self._waiting.popleft()
            if known == name:
                self.late_s = now - sent
                self._clearing = self.late_s > LATEST_S
                return

    def _drop(self) -> list[str]:
        if not self._clearing:
            return []
        self._clearing = False
        self.dropped += 1
        self._waiting.clear()
        return [messages.clear(self._stream)]
