"""What carries a leg's packets: a UDP socket (`udp`), or a browser's protected connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from channels.call_center.ports import Media, RtpPlan

Hear = Callable[[bytes, float], None]
"""A plain RTP packet, and when it arrived in seconds of any steady clock."""


class Wire(Protocol):
    """Carries plain RTP packets of one leg both ways; protection, if there is any, is its own affair."""

    @property
    def local(self) -> tuple[str, int]:
        """The address and port to write into our SDP."""

    @property
    def ssrc(self) -> int | None:
        """The SSRC we must send with; None leaves the choice to the leg."""

    def talk(self, plan: RtpPlan) -> None:
        """Where to send and whom to listen to from now on."""

    def listen(self, hear: Hear) -> None:
        """Give what arrives to `hear`, on the event loop; before `talk` nothing has to be given."""

    def poll(self) -> None:
        """Called each 20 ms: hand over what has arrived. A wire that hands over by itself does nothing."""

    def send(self, packet: bytes) -> None:
        """Off it goes; never raises."""

    def close(self) -> None:
        """Give back port and connection."""


class Legs(Protocol):
    """Opens legs over a wire (`engine.Engine`)."""

    def open(self, wire: Wire | None = None, *, ours: bool = False) -> Media:
        """`ours`: of an agent. Raises: MediaUnavailable."""
