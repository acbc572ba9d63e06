"""The ways to one peer: its address on our UDP socket, or a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, cast

from channels.call_center.sip.framing import Framer, Unframed
from channels.call_center.sip.settings import Transport

MAX_CONNECTIONS = 256
MAX_UNSENT = 1 << 20
REST_WITHIN_S = 10.0

Remote = tuple[str, int]
Taken = Callable[[bytes, "Flow"], None]


class Flow(Protocol):
    """A way to one peer. `send` never raises: what is lost is noticed by timers."""

    transport: Transport
    remote: Remote

    def send(self, data: bytes) -> None:
        """Send one whole message."""

    @property
    def closing(self) -> bool:
        """Whether nothing can be sent any more."""

    def to_port(self, port: int) -> Flow:
        """The same host at another port; a connection stays what it is."""


class UdpFlow:
    """A peer's address on our UDP socket."""

    transport: Transport = "udp"

    def __init__(self, wire: asyncio.DatagramTransport, remote: Remote) -> None:
        self._wire = wire
        self.remote = remote

    def send(self, data: bytes) -> None:
        """One datagram. A port that cannot be is left alone: it would break the socket for everybody."""
        if not self._wire.is_closing() and 0 < self.remote[1] < 2**16:
            with suppress(OSError, ValueError):
                self._wire.sendto(data, self.remote)

    @property
    def closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._wire.is_closing()

    def to_port(self, port: int) -> Flow:
        """The same host at another port."""
        return UdpFlow(self._wire, (self.remote[0], port))


class TcpFlow(asyncio.Protocol):
    """
    One connection over TCP, in plain or protected by TLS, whoever opened it.

    One whose address `accepts` does not like is closed at once.
    """

    def __init__(
        self,
        taken: Taken,
        connections: dict[Remote, TcpFlow],
        accepts: Callable[[str], bool],
        *,
        transport: Transport = "tcp",
    ) -> None:
        self.transport: Transport = transport
        self._taken = taken
        self._accepts = accepts
        self._connections = connections
        self._framer = Framer()
        self._patience: asyncio.TimerHandle | None = None
        self.remote: Remote = ("", 0)
        self._wire: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it for answers and for what we send later; too many are refused."""
        self._wire = cast(asyncio.Transport, transport)
        self.remote = self._wire.get_extra_info("peername")[:2]
        if len(self._connections) >= MAX_CONNECTIONS or not self._accepts(self.remote[0]):
            self._wire.abort()
            return
        self._connections[self.remote] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._connections.get(self.remote) is self:
            del self._connections[self.remote]
        self._wait(None)

    def data_received(self, data: bytes) -> None:
        """Hand on each whole message; a stream that cannot be cut is closed."""
        try:
            messages = self._framer.feed(data)
        except Unframed:
            self.close()
            return
        while self._framer.pings:
            self._framer.pings -= 1
            self.send(b"\r\n")
        for message in messages:
            self._taken(message, self)
        self._wait(REST_WITHIN_S if self._framer.partial else None)

    def _wait(self, seconds: float | None) -> None:
        if self._patience:
            self._patience.cancel()
        self._patience = asyncio.get_running_loop().call_later(seconds, self.close) if seconds else None

    def send(self, data: bytes) -> None:
        """Write to the stream; a peer that reads nothing loses the connection rather than our memory."""
        if not self._wire or self._wire.is_closing():
            return
        if self._wire.get_write_buffer_size() > MAX_UNSENT:
            self._wire.abort()
            return
        self._wire.write(data)

    def to_port(self, port: int) -> Flow:
        """Itself: what came over a connection is answered over it."""
        return self

    def close(self) -> None:
        """Close after what is written."""
        if self._wire:
            self._wire.close()

    @property
    def closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._wire is None or self._wire.is_closing()
