"""What one leg hears: packets in, one frame a tick out, keys told on the way. Pure."""

from __future__ import annotations

from collections.abc import Callable

from channels.call_center.media.frames import Framer
from channels.call_center.media.g711 import FRAME_MS, PAYLOAD_TYPES, convert
from channels.call_center.media.jitter import JitterBuffer
from channels.call_center.media.keys import KeyReader
from channels.call_center.media.reception import Reception
from channels.call_center.media.rtp import Packet, read
from channels.call_center.ports import KeyPressed, Law, RtpPlan

COMFORT_NOISE = 13


def is_sound(kind: int, plan: RtpPlan) -> bool:
    """Whether a payload type belongs to a leg's stream: either law, whatever was agreed, its keys, its silence."""
    return kind in PAYLOAD_TYPES or kind in (plan.payload_type, plan.dtmf_type, COMFORT_NOISE)


class Ear:
    """One leg's hearing, over all streams that it is sent."""

    def __init__(self, plan: RtpPlan, told: Callable[[KeyPressed], None]) -> None:
        self._told = told
        self.reception = Reception()
        self._buffer, self._late_before = JitterBuffer(plan.law), 0
        self.expect(plan)

    def expect(self, plan: RtpPlan) -> None:
        """Hear by this plan from now on."""
        self._plan, self._quiet_ticks = plan, 0
        self._begin(None)

    def take(self, data: bytes, arrived: float) -> None:
        """One datagram; `arrived` in seconds of any steady clock. Never raises."""
        packet = read(data)
        if packet is None or not is_sound(packet.payload_type, self._plan):
            return
        self._quiet_ticks = 0
        if packet.ssrc != self._ssrc:
            self._begin(packet.ssrc)
        self.reception.note(packet, arrived)
        if packet.payload_type == self._plan.dtmf_type:
            self._read_key(packet)
        else:
            self._read_sound(packet)

    def frame(self) -> bytes | None:
        """The frame of this tick in the plan's law; None is silence."""
        self._quiet_ticks += 1
        return self._buffer.get()

    @property
    def quiet_s(self) -> float:
        """How long no packet has come, in seconds of ticks."""
        return self._quiet_ticks * FRAME_MS / 1000

    @property
    def late(self) -> int:
        """Packets that came after their turn."""
        return self._late_before + self._buffer.late

    @property
    def delay_ms(self) -> int:
        """How deep the jitter buffer is."""
        return self._buffer.delay_ms

    def _begin(self, ssrc: int | None) -> None:
        """A stream that begins: nothing of the one before fits to it."""
        self._ssrc, self._framer, self._keys = ssrc, Framer(), KeyReader()
        self._late_before += self._buffer.late
        self._buffer = JitterBuffer(self._plan.law)

    def _read_key(self, packet: Packet) -> None:
        key = self._keys.read(packet.payload, stamp=packet.stamp, ssrc=packet.ssrc)
        if key is not None:
            self._told(key)

    def _read_sound(self, packet: Packet) -> None:
        law = self._law(packet.payload_type)
        if law is None:
            return  # comfort noise: somebody is there, silence is what they say
        for number, frame in self._framer.split(packet.stamp, packet.payload):
            self._buffer.put(number, convert(frame, law, self._plan.law))

    def _law(self, kind: int) -> Law | None:
        return self._plan.law if kind == self._plan.payload_type else PAYLOAD_TYPES.get(kind)
