"""A call's sound over Twilio as a wire of the media engine; it outlives the stream that carries it."""

from __future__ import annotations

import time
from collections.abc import Callable

from channels.call_center.media.rtp import HEADER, LONGEST, Sender
from channels.call_center.media.wire import Hear
from channels.call_center.ports import RtpPlan

_KIND = 0
PLAN = RtpPlan("", 0, law="PCMU", payload_type=_KIND, dtmf_type=None)
"""Keys of the caller come as messages; ours are played as tones, for a stream carries no events."""
_PIECE = LONGEST - HEADER.size


class StreamWire:
    """Implements `media.wire.Wire`: packets are unpacked for the stream, and made of what it brings."""

    def __init__(self) -> None:
        self.local = ("", 0)
        self.ssrc: int | None = None
        self._caller = Sender()
        self._hear: Hear | None = None
        self._say: Callable[[bytes], None] | None = None

    def carry(self, say: Callable[[bytes], None] | None) -> None:
        """From now on by this stream; None: by none."""
        self._say = say

    def bring(self, payload: bytes) -> None:
        """The caller says this; a stream has no gaps, so neither have the timestamps."""
        now = time.monotonic()
        for at in range(0, len(payload), _PIECE):
            piece = payload[at : at + _PIECE]
            packet = self._caller.pack(piece, _KIND)
            self._caller.advance(len(piece))
            if self._hear is not None:
                self._hear(packet, now)

    def talk(self, plan: RtpPlan) -> None:
        """Nothing to do: there is one address, and it is Twilio's affair."""

    def listen(self, hear: Hear) -> None:
        """Give what arrives to `hear`."""
        self._hear = hear

    def poll(self) -> None:
        """Nothing to do: what arrives is handed over at once."""

    def send(self, packet: bytes) -> None:
        """Say it, where there is a stream; a moment without one is silence."""
        if self._say is not None:
            self._say(packet[HEADER.size :])

    def close(self) -> None:
        """Neither hear nor say any more."""
        self._hear = self._say = None
