"""Sockets: one UDP socket, one TCP listener, and the connections that came and went over it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from channels.call_center.sip.flows import Flow, Remote, Taken, TcpFlow, UdpFlow
from channels.call_center.sip.settings import Transport

CONNECT_WITHIN_S = 5.0
RECEIVE_BUFFER = 1 << 20
TRIES = 20


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._wire: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        if self._wire and data.strip(b"\r\n\0 "):  # else a keep-alive
            self._taken(data, UdpFlow(self._wire, (str(addr[0]), cast(int, addr[1]))))


class Wires:
    """
    UDP and TCP on the same address and port.

    `taken` gets every message as bytes, with the way back; `accepts` says which addresses may connect to us.
    """

    def __init__(self, taken: Taken, accepts: Callable[[str], bool]) -> None:
        self._taken = taken
        self._accepts = accepts
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._connections: dict[Remote, TcpFlow] = {}
        self.local: Remote = ("", 0)

    async def open(self, host: str, port: int) -> None:
        """Listen; port 0 takes one that is free for both. Raises: OSError."""
        for tries_left in reversed(range(TRIES if port == 0 else 1)):
            try:
                await self._open(host, port)
                return
            except OSError:
                if not tries_left:
                    raise

    async def _open(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._taken), local_addr=(host, port))
        self._udp.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.local = self._udp.get_extra_info("sockname")[:2]
        try:
            self._tcp = await loop.create_server(self._accepted, host, self.local[1])
        except OSError:
            self._udp.close()
            raise

    def _accepted(self) -> TcpFlow:
        return TcpFlow(self._taken, self._connections, self._accepts)

    def _opened(self) -> TcpFlow:
        return TcpFlow(self._taken, self._connections, lambda _: True)

    async def flow(self, transport: Transport, remote: Remote) -> Flow:
        """The way to a numeric address, connected where it has to be. Raises: OSError, TimeoutError."""
        if transport == "udp":
            if not self._udp or self._udp.is_closing():
                raise ConnectionError("the socket is closed")
            return UdpFlow(self._udp, remote)
        known = self._connections.get(remote)
        if known and not known.closing:
            return known
        async with asyncio.timeout(CONNECT_WITHIN_S):
            _, made = await asyncio.get_running_loop().create_connection(self._opened, *remote)
        return made

    async def close(self) -> None:
        """Close everything."""
        for connection in list(self._connections.values()):
            connection.close()
        if self._tcp:
            self._tcp.close()
        if self._udp:
            self._udp.close()
