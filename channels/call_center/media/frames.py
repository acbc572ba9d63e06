"""Packets of any length cut into frames of 20 ms, numbered by their timestamp. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from channels.call_center.media.g711 import FRAME

_HALF_CIRCLE = 1 << 31


class Framer:
    """
    Numbers the frames of one stream.

    Nearly every packet is one frame. Some telephones send 10, 30 or 40 ms whatever was agreed: what is left of one
    packet waits for the next, and is dropped where that does not follow.
    """

    def __init__(self) -> None:
        self._stamp: int | None = None
        self._time = 0
        self._rest = b""
        self._rest_time = 0

    def split(self, stamp: int, payload: bytes) -> Iterator[tuple[int, bytes]]:
        """(number, 160 bytes) of each full frame."""
        time = self._unwrap(stamp)
        if self._rest:
            if time == self._rest_time + len(self._rest):
                payload, time = self._rest + payload, self._rest_time
            self._rest = b""
        for start in range(0, len(payload) - FRAME + 1, FRAME):
            yield (time + start) // FRAME, payload[start : start + FRAME]
        left = len(payload) % FRAME
        if left:
            self._rest, self._rest_time = payload[-left:], time + len(payload) - left

    def _unwrap(self, stamp: int) -> int:
        """Samples since the first packet; 32 bits are over after six days, and jump at will."""
        if self._stamp is not None:
            step = (stamp - self._stamp) & 0xFFFFFFFF
            self._time += step if step < _HALF_CIRCLE else step - 2 * _HALF_CIRCLE
        self._stamp = stamp
        return self._time
