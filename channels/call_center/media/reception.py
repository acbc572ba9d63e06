"""What arrived and what did not, as RFC 3550 (§6.4.1, A.3, A.8) counts it. Pure."""

from __future__ import annotations

from channels.call_center.media.g711 import RATE
from channels.call_center.media.rtp import Packet

_HALF_CIRCLE = 1 << 15
_RESTART = 3000
"""A jump of a minute in the numbering is a new beginning, not a loss."""


class Reception:
    """Counters of one leg over all streams that it heard."""

    def __init__(self) -> None:
        self.received = 0
        self._lost_before = 0
        self._jitter = 0.0
        self._ssrc: int | None = None
        self._first = self._highest = self._count = 0
        self._transit: float | None = None

    @property
    def lost(self) -> int:
        """Packets that were sent and never came."""
        return self._lost_before + max(0, self._highest - self._first + 1 - self._count if self._count else 0)

    @property
    def jitter_ms(self) -> float:
        """Mean deviation of the packets' spacing."""
        return self._jitter * 1000

    def note(self, packet: Packet, arrived: float) -> None:
        """One packet; `arrived` in seconds of any steady clock."""
        self.received += 1
        step = self._step(packet)
        if packet.ssrc != self._ssrc or abs(step) > _RESTART:
            self._begin(packet)
            return
        self._count += 1
        self._highest = max(self._highest, self._highest + step)
        self._spread(arrived - packet.stamp / RATE)

    def _step(self, packet: Packet) -> int:
        step = (packet.sequence - self._highest) & 0xFFFF
        return step if step < _HALF_CIRCLE else step - 2 * _HALF_CIRCLE

    def _begin(self, packet: Packet) -> None:
        self._lost_before = self.lost
        self._ssrc, self._transit = packet.ssrc, None
        self._first = self._highest = packet.sequence
        self._count = 1

    def _spread(self, transit: float) -> None:
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < 1:  # a timestamp that jumps is no jitter
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit
