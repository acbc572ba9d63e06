"""What a leg may wait for, tick by tick: keys, or a message that is spoken after the tone. Pure; a tick is 20 ms."""

from __future__ import annotations

from collections import deque
from typing import Literal

from channels.call_center.media.g711 import FRAMES_A_SECOND
from channels.call_center.media.voice import VoiceMeter


def ticks(seconds: float) -> int:
    """Seconds as ticks."""
    return round(seconds * FRAMES_A_SECOND)


class Collecting:
    """Gathers keys: `most` of them, up to a key of `end`, or until a pause."""

    def __init__(self, most: int, *, first_s: float, next_s: float, end: str) -> None:
        self._most, self._end = most, end
        self._next = ticks(next_s)
        self._left = ticks(first_s)
        self.keys = ""

    def tick(self, pressed: deque[str]) -> bool:
        """Take what was pressed; whether it is over."""
        while pressed:
            key = pressed.popleft()
            if key in self._end:
                return True
            self.keys += key
            if len(self.keys) >= self._most:
                return True
            self._left = self._next
        self._left -= 1
        return self._left < 0


class Listening:
    """A message being spoken. `ended` is empty as long as it goes on."""

    def __init__(self, *, longest_s: float, silence_s: float, end: str) -> None:
        self._left, self._silence_s, self._end = ticks(longest_s), silence_s, end
        self.meter = VoiceMeter()
        self.ended: Literal["", "key", "longest", "silence"] = ""

    def tick(self, loudness: int, pressed: deque[str]) -> bool:
        """One frame of the caller's; whether it is over. Keys that end nothing are passed over."""
        self.meter.add(loudness)
        self._left -= 1
        while pressed and not self.ended:
            if pressed.popleft() in self._end:
                self.ended = "key"
        if not self.ended and self._left <= 0:
            self.ended = "longest"
        elif not self.ended and self.meter.silent_s >= self._silence_s:
            self.ended = "silence"
        return bool(self.ended)
