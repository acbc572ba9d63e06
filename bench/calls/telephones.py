"""Many telephones in one process: each sends a packet every 20 ms and notes when, by the kernel, it got one."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from channels.call_center.media.rtp import Sender
from tests.support.servers import LOOPBACK

FRAME_S = 0.02
GROUPS = 4
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
_READ_EVERY = 10


@dataclass
class Telephone:
    """
    `arrivals` in seconds; `jumps`: how often a packet did not follow the one before.

    `source`: where its sound comes from, as soon as any has come.
    """

    socket: socket.socket
    sender: Sender = field(default_factory=Sender)
    arrivals: list[float] = field(default_factory=list)
    jumps: int = 0
    last: int | None = None
    source: int | None = None

    def read(self) -> None:
        """Note what has arrived."""
        with suppress(BlockingIOError):
            while True:
                data, ancillary, _flags, (_host, self.source) = self.socket.recvmsg(2048, 64)
                seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
                self.arrivals.append(seconds + nanoseconds / 1e9)
                sequence = int.from_bytes(data[2:4], "big")
                self.jumps += self.last is not None and (sequence - self.last) & 0xFFFF != 1
                self.last = sequence

    @property
    def gaps_ms(self) -> list[float]:
        """Between one packet and the next."""
        return [1000 * (late - early) for early, late in zip(self.arrivals, self.arrivals[1:], strict=False)]


class Telephones:
    """So many, on ports that follow each other."""

    def __init__(self, count: int) -> None:
        self.all = _open(count)
        self.first_port: int = self.all[0].socket.getsockname()[1]
        self._said = random.Random(711).randbytes(160)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for telephone in self.all:
            telephone.socket.close()

    def talk(self, ports: Sequence[int], seconds: float) -> None:
        """Send for so long, and read. Without `ports` each sends to where its own sound comes from."""
        start = time.monotonic()
        for frame in range(round(seconds / FRAME_S)):
            for group in range(GROUPS):
                wait = start + frame * FRAME_S + group * FRAME_S / GROUPS - time.monotonic()
                time.sleep(max(0.0, wait))
                self._send(ports, group)
            if frame % _READ_EVERY == 0:
                self.read()

    def read(self) -> None:
        """Everybody notes what has arrived."""
        for telephone in self.all:
            telephone.read()

    def forget(self) -> None:
        """Begin to note anew."""
        self.read()
        for telephone in self.all:
            telephone.arrivals.clear()

    def _send(self, ports: Sequence[int], group: int) -> None:
        targets: Sequence[int | None] = ports or [telephone.source for telephone in self.all]
        for telephone, port in list(zip(self.all, targets, strict=True))[group::GROUPS]:
            if port is None:
                continue
            telephone.socket.sendto(telephone.sender.pack(self._said, 8), (LOOPBACK, port))
            telephone.sender.advance(160)


def _open(count: int) -> list[Telephone]:
    for _ in range(50):
        first = random.randrange(30_000, 60_000 - count)
        with suppress(OSError):
            return [Telephone(_bound(first + number)) for number in range(count)]
    raise OSError("no free ports that follow each other")


def _bound(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((LOOPBACK, port))
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    return sock
