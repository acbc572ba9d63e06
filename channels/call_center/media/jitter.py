"""
The jitter buffer: gives one frame each tick, whatever the network does. Pure; time is the calls of `get`.

It starts two frames deep. A frame that comes too late makes it one deeper (at most eight), half a minute without one
shallower; a hole is bridged by the last frame, ever softer, then silence; what lies too deep for half a second is
shortened by one frame, so that a loss never leaves a lasting delay.
"""

from __future__ import annotations

from channels.call_center.media.g711 import FRAME_MS, halve
from channels.call_center.ports import Law

SHALLOWEST, DEEPEST = 2, 8
BRIDGED = 4
CLEAN_TICKS = 1500
DEEP_TICKS = 25
FAR_AHEAD, FAR_BEHIND = 100, 200
LATE_IN_A_ROW = 10
"""So many one after another are no slow packets: the sender's time has gone back."""


class JitterBuffer:
    """Frames of one stream by number. `late` counts those that came after their turn."""

    def __init__(self, law: Law) -> None:
        self._law: Law = law
        self.late = 0
        self._clean = 0
        self.restart()

    def restart(self) -> None:
        """Forget what is stored; the stream begins anew. Counters stay."""
        self.target = SHALLOWEST
        self._frames: dict[int, bytes] = {}
        self._next: int | None = None
        self._playing = False
        self._waited = self._idle = self._deep = self._stretch = self._late_row = 0
        self._last, self._bridged = b"", 0

    @property
    def delay_ms(self) -> int:
        """How long a frame that arrives now will wait."""
        return len(self._frames) * FRAME_MS

    def put(self, number: int, frame: bytes) -> None:
        """A frame that arrived; the numbers of one stream grow by one each 20 ms."""
        if self._next is not None:
            ahead = number - self._next
            if ahead > FAR_AHEAD or ahead < -FAR_BEHIND or self._late_row >= LATE_IN_A_ROW:
                self.restart()
            elif ahead < 0:
                self._came_late()
                return
            elif ahead == 0 and not self._playing and self._idle <= DEEPEST:
                self._deepen()  # it was not lost, only slower than we are deep
        self._late_row = 0
        self._frames.setdefault(number, frame)

    def get(self) -> bytes | None:
        """The frame of this tick; None is silence."""
        if not self._playing and not self._start():
            return self._bridge()
        self._relax()
        if self._stretch:
            self._stretch -= 1
            return self._bridge()
        return self._take()

    def _start(self) -> bool:
        """Begin once deep enough, or when the few that came have waited as long as that."""
        if not self._frames:
            self._idle += 1
            return False
        self._waited += 1
        if len(self._frames) < self.target and self._waited <= self.target:
            return False
        self._playing, self._waited, self._idle = True, 0, 0
        self._next = min(self._frames)
        return True

    def _take(self) -> bytes | None:
        assert self._next is not None
        frame = self._frames.pop(self._next, None)
        if frame is None and not self._frames:
            self._playing = False
            return self._bridge()
        self._next += 1
        if frame is None:
            return self._bridge()
        self._last, self._bridged = frame, 0
        return frame

    def _bridge(self) -> bytes | None:
        if not self._last or self._bridged >= BRIDGED:
            return None
        self._bridged += 1
        self._last = halve(self._last, self._law)
        return self._last

    def _came_late(self) -> None:
        self.late += 1
        self._late_row += 1
        if self._deepen():
            self._stretch += 1

    def _deepen(self) -> bool:
        self._clean = 0
        if self.target == DEEPEST:
            return False
        self.target += 1
        return True

    def _relax(self) -> None:
        """Lower what is deeper than need be."""
        self._clean += 1
        if self._clean >= CLEAN_TICKS and self.target > SHALLOWEST:
            self.target, self._clean = self.target - 1, 0
        self._deep = self._deep + 1 if len(self._frames) > self.target else 0
        if self._deep >= DEEP_TICKS and self._next is not None:
            self._frames.pop(self._next, None)
            self._next, self._deep = self._next + 1, 0
