"""A leg without network and without time: packets are put in and taken out, ticks are given by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from channels.call_center.media.g711 import FRAME, encode
from channels.call_center.media.leg import Leg
from channels.call_center.media.recorder import Recorder
from channels.call_center.media.rtp import Packet, Sender, read
from channels.call_center.media.tests.phone import tone
from channels.call_center.media.wire import Hear
from channels.call_center.ports import Law, MediaEvent, RtpPlan

PLAN = RtpPlan("192.0.2.7", 4000)
MU_PLAN = RtpPlan("192.0.2.7", 4000, law="PCMU", payload_type=0)


class Tones:
    """Prompts whose name is their frequency; half a second each."""

    def sound(self, slot: str, law: Law) -> bytes:
        """A pure tone."""
        return encode(tone(1000 if slot == "tone" else float(slot), seconds=0.5), law)


class Cable:
    """Implements `Wire`: what the leg sends is in `sent`."""

    def __init__(self, *, ssrc: int | None = None) -> None:
        self.local = ("192.0.2.1", 20000)
        self.ssrc = ssrc
        self.sent: list[Packet] = []
        self.marks = 0
        self.plans: list[RtpPlan] = []
        self.closed = 0
        self._coming: list[bytes] = []
        self._hear: Hear | None = None

    def talk(self, plan: RtpPlan) -> None:
        """Keep it."""
        self.plans.append(plan)

    def listen(self, hear: Hear) -> None:
        """Keep it."""
        self._hear = hear

    def poll(self) -> None:
        """Hand over what `bring` brought."""
        coming, self._coming = self._coming, []
        for data in coming:
            assert self._hear is not None
            self._hear(data, 0.0)

    def send(self, packet: bytes) -> None:
        """Keep it."""
        read_packet = read(packet)
        assert read_packet is not None
        self.sent.append(read_packet)
        self.marks += packet[1] >> 7

    def close(self) -> None:
        """Count it."""
        self.closed += 1

    def bring(self, data: bytes) -> None:
        """Let a packet arrive."""
        self._coming.append(data)


class Rig:
    """One leg, its cable, its events; `caller` numbers what the other side sends."""

    def __init__(self, recorder: Recorder, *, plan: RtpPlan = PLAN, ssrc: int | None = None) -> None:
        self.cable = Cable(ssrc=ssrc)
        self.events: list[MediaEvent] = []
        self.on_stage: list[Leg] = []
        self.caller = Sender()
        self.leg = Leg(self.cable, Tones(), recorder, stage=self)
        self.leg.listen(self.events.append)
        self.plan = plan
        self.leg.talk(plan)

    def enter(self, leg: Leg) -> None:
        """The leg wants ticks."""
        self.on_stage.append(leg)

    def leave(self, leg: Leg) -> None:
        """It wants no more."""
        if leg in self.on_stage:
            self.on_stage.remove(leg)

    def say(self, sound: bytes, *, payload_type: int | None = None) -> None:
        """One packet of the other side's."""
        kind = self.plan.payload_type if payload_type is None else payload_type
        self.cable.bring(self.caller.pack(sound, kind))
        self.caller.advance(len(sound))

    async def run(self, ticks: int, linear: bytes = b"") -> None:
        """So many ticks, while the other side says this (20 ms a tick)."""
        sound = encode(linear, self.plan.law)
        for at in range(0, ticks * FRAME, FRAME):
            if at + FRAME <= len(sound):
                self.say(sound[at : at + FRAME])
            self.leg.tick()
            await asyncio.sleep(0)

    async def until(self, over: Callable[[], bool], *, within: int = 5000) -> int:
        """Tick until something is so; how many ticks it took."""
        for tick in range(within):
            if over():
                return tick
            await self.run(1)
        raise AssertionError(f"not within {within} ticks")

    def sent_sound(self) -> bytes:
        """All sound that the leg sent, without keys."""
        return b"".join(packet.payload for packet in self.cable.sent if packet.payload_type == self.plan.payload_type)


def wav(folder: Path) -> Path:
    """Where a recording goes."""
    return folder / "call" / "whole.wav"
