"""
A leg's UDP socket, and the range of ports it comes from.

The socket is read at the leg's own tick and not when the loop hears of it: a packet would only wait for that tick, and
100 calls would wake the loop 5,000 times a second. The kernel's timestamp says when a packet really came.
"""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress

from channels.call_center.media.latch import Latch
from channels.call_center.media.srtp import Shield
from channels.call_center.media.wire import Hear
from channels.call_center.ports import MediaUnavailable, RtpPlan

MOST_AT_ONCE = 24
"""Datagrams read in one tick; whoever sends more is not heard better."""
LONGEST = 2048
_SO_TIMESTAMPNS = 35  # Linux, asm-generic/socket.h; Python has no name for it
_TIMESPEC = struct.Struct("@ll")
_ANCILLARY = 64


class UdpWire:
    """Implements `Wire` over a bound, non-blocking socket."""

    def __init__(self, sock: socket.socket, *, advertised: str, anywhere: bool) -> None:
        self._socket = sock
        self._latch = Latch(anywhere=anywhere)
        self._hear: Hear | None = None
        self._shield: Shield | None = None
        self.local: tuple[str, int] = (advertised, sock.getsockname()[1])
        self.ssrc: int | None = None

    def talk(self, plan: RtpPlan) -> None:
        """Send there; what came before counts for nothing."""
        self._latch.expect(plan)
        if plan.srtp is None:
            self._shield = None
        elif self._shield is None or self._shield.keys != plan.srtp:
            self._shield = Shield(plan.srtp)

    def listen(self, hear: Hear) -> None:
        """Give admitted packets to `hear`."""
        self._hear = hear

    def poll(self) -> None:
        """Read what has arrived, some 24 datagrams at most."""
        self._latch.tick()
        for _ in range(MOST_AT_ONCE):
            try:
                data, ancillary, _flags, source = self._socket.recvmsg(LONGEST, _ANCILLARY)
            except OSError:  # nothing more; or an ICMP answer to something we sent
                return
            packet = data if self._shield is None else self._shield.open(data)
            if packet is not None and self._hear is not None and self._latch.admits(source[:2], packet):
                self._hear(packet, _arrival(ancillary))

    def send(self, packet: bytes) -> None:
        """To the latched source, or where SDP says. A full queue loses the packet, as a network would."""
        target = self._latch.target
        if target is not None:
            with suppress(OSError):
                self._socket.sendto(packet if self._shield is None else self._shield.close(packet), target)

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


def _arrival(ancillary: list[tuple[int, int, bytes]]) -> float:
    """Seconds of the system's clock; a clock that is set makes one wrong value of jitter."""
    if ancillary and len(ancillary[0][2]) == _TIMESPEC.size:
        seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
        return float(seconds + nanoseconds / 1e9)
    return time.time()


class Ports:
    """
    Even ports of a range, taken in turn: a port rests as long as it can, so that no late packet meets the next call.

    An empty range leaves the choice to the system.
    """

    def __init__(self, address: str, ports: range, *, advertised: str = "", anywhere: bool = False) -> None:
        self._address, self._advertised, self._anywhere = address, advertised or address, anywhere
        self._ports = [port for port in ports if port % 2 == 0] or [0]
        self._turn = 0

    def open(self) -> UdpWire:
        """The next free port. Raises: MediaUnavailable."""
        for _ in self._ports:
            port = self._ports[self._turn]
            self._turn = (self._turn + 1) % len(self._ports)
            sock = self._bind(port)
            if sock is not None:
                return UdpWire(sock, advertised=self._advertised, anywhere=self._anywhere)
        raise MediaUnavailable(f"no free port on {self._address}")

    def _bind(self, port: int) -> socket.socket | None:
        sock = socket.socket(socket.AF_INET6 if ":" in self._address else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            sock.bind((self._address, port))
        except OSError:
            sock.close()
            return None
        with suppress(OSError):  # another system: the time of reading has to do
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        return sock
