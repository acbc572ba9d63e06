"""
Whom a leg listens to. Pure; time is the calls of `tick`.

Only the address agreed in SDP (behind NAT: any), and of it the first port that sends sound; another takes its place
only after the first has fallen silent, so that nobody talks into a call that is going on.
"""

from __future__ import annotations

from ipaddress import ip_address

from channels.call_center.media.ear import is_sound
from channels.call_center.media.rtp import read
from channels.call_center.ports import RtpPlan

Source = tuple[str, int]
SILENT_TICKS = 25
"""After half a second without a packet another source may take over."""


class Latch:
    """`source` is who is listened to and answered; None before the first packet."""

    def __init__(self, *, anywhere: bool) -> None:
        self._anywhere = anywhere
        self._plan: RtpPlan | None = None
        self._quiet = 0
        self._named: Source | None = None
        self.source: Source | None = None
        self.strangers = 0

    def expect(self, plan: RtpPlan) -> None:
        """A new plan; where the address is the same, the source stays."""
        old, self._plan = self._plan, plan
        if old is None or (old.address, old.port) != (plan.address, plan.port):
            self.source, self._named = None, _place(plan)

    @property
    def target(self) -> Source | None:
        """Where to send: to the source, before that where SDP says."""
        return self._named if self.source is None else self.source

    def tick(self) -> None:
        """20 ms have passed."""
        self._quiet += 1

    def admits(self, source: Source, data: bytes) -> bool:
        """Whether to listen to this packet; counts the others as strangers."""
        if source == self.source or self._takes(source, data):
            self._quiet = 0
            return True
        self.strangers += 1
        return False

    def _takes(self, source: Source, data: bytes) -> bool:
        if self._plan is None or not (self._anywhere or source[0] == self._plan.address):
            return False
        if self.source is not None and self._quiet <= SILENT_TICKS:
            return False
        packet = read(data)
        if packet is None or not is_sound(packet.payload_type, self._plan):
            return False
        self.source = source
        return True


def _place(plan: RtpPlan) -> Source | None:
    """Where a plan says that sound goes; None for hold of old (0.0.0.0) and for names: looking one up takes time."""
    try:
        nowhere = ip_address(plan.address).is_unspecified or not 0 < plan.port < 65536
    except ValueError:
        return None
    return None if nowhere else (plan.address, plan.port)
