"""A telephone for tests: sends G.711 over a real UDP socket and keeps what it is sent."""

from __future__ import annotations

import asyncio
import math
from array import array
from itertools import cycle

from channels.call_center.media.g711 import FRAME, RATE, decode, encode
from channels.call_center.media.rtp import Packet, Sender, read
from channels.call_center.ports import Law, RtpPlan


def tone(hertz: float, *, seconds: float, height: int = 8000) -> bytes:
    """Linear sound."""
    count = int(seconds * RATE)
    return array("h", (round(height * math.sin(math.tau * hertz * n / RATE)) for n in range(count))).tobytes()


def strength(linear: bytes, hertz: float) -> float:
    """The amplitude of one frequency in linear sound."""
    samples = array("h", linear)
    turns = [math.tau * hertz * n / RATE for n in range(len(samples))]
    real = sum(sample * math.cos(turn) for sample, turn in zip(samples, turns, strict=True))
    imaginary = sum(sample * math.sin(turn) for sample, turn in zip(samples, turns, strict=True))
    return 2 * math.hypot(real, imaginary) / max(1, len(samples))


class Phone(asyncio.DatagramProtocol):
    """One caller. `heard` are the packets that came, in order."""

    transport: asyncio.DatagramTransport

    def __init__(self, law: Law = "PCMA") -> None:
        self.law: Law = law
        self.sender = Sender()
        self.heard: list[Packet] = []

    @classmethod
    async def open(cls, law: Law = "PCMA") -> Phone:
        """On a port that the system chooses."""
        loop = asyncio.get_running_loop()
        transport, phone = await loop.create_datagram_endpoint(lambda: cls(law), local_addr=("127.0.0.1", 0))
        phone.transport = transport
        return phone

    @property
    def plan(self) -> RtpPlan:
        """What our side is told of this telephone."""
        host, port = self.transport.get_extra_info("sockname")
        return RtpPlan(host, port, law=self.law, payload_type=8 if self.law == "PCMA" else 0)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep it."""
        packet = read(data)
        if packet is not None:
            self.heard.append(packet)

    def send(self, to: tuple[str, int], sound: bytes) -> None:
        """One packet."""
        self.transport.sendto(self.sender.pack(sound, 8 if self.law == "PCMA" else 0), to)
        self.sender.advance(len(sound))

    async def talk(self, to: tuple[str, int], linear: bytes, *, again: bool = False) -> None:
        """Say it in real time; `again` and again, until cancelled."""
        sound = encode(linear, self.law)
        frames = [sound[at : at + FRAME] for at in range(0, len(sound) - FRAME + 1, FRAME)]
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number, frame in enumerate(cycle(frames) if again else frames):
            await asyncio.sleep(max(0.0, start + number * 0.02 - loop.time()))
            self.send(to, frame)

    def linear(self) -> bytes:
        """All that was heard, one after another."""
        return b"".join(decode(packet.payload, self.law) for packet in self.heard if packet.payload_type in (0, 8))

    def close(self) -> None:
        """Hang up."""
        self.transport.close()
