"""Sockets: one UDP socket, listeners for TCP and TLS, and the connections that came and went over them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from typing import cast

from channels.call_center.sip.flows import Flow, Remote, Taken, TcpFlow, UdpFlow
from channels.call_center.sip.settings import Transport
from channels.call_center.sip.tls import Tls, listening, towards

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
    UDP and TCP on the same address and port, TLS on the same address and a port of its own.

    `taken` gets every message as bytes, with the way back; `accepts` says which addresses may connect to us.
    """

    def __init__(self, taken: Taken, accepts: Callable[[str], bool], *, tls: Tls | None = None) -> None:
        self._taken = taken
        self._accepts = accepts
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._connections: dict[Remote, TcpFlow] = {}
        self._tls_settings = tls or Tls()
        self._tls: asyncio.Server | None = None
        self.local: Remote = ("", 0)
        self.local_tls: Remote = ("", 0)

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
            self._tcp = await loop.create_server(partial(self._flow, "tcp", self._accepts), host, self.local[1])
            self.local_tls = self.local
            await self._open_tls(host)
        except OSError:
            await self.close()
            raise

    async def _open_tls(self, host: str) -> None:
        ours = self._tls_settings
        if ours.listens:
            make, context = partial(self._flow, "tls", self._accepts), await asyncio.to_thread(listening, ours)
            self._tls = await asyncio.get_running_loop().create_server(make, host, ours.port, ssl=context)
            self.local_tls = self._tls.sockets[0].getsockname()[:2]

    def _flow(self, transport: Transport, accepts: Callable[[str], bool]) -> TcpFlow:
        return TcpFlow(self._taken, self._connections, accepts, transport=transport)

    async def flow(self, transport: Transport, remote: Remote, *, name: str = "") -> Flow:
        """
        The way to a numeric address, connected where it has to be. Raises: OSError, TimeoutError.

        `name`: whom the other side's certificate has to name.
        """
        if transport == "udp":
            if not self._udp or self._udp.is_closing():
                raise ConnectionError("the socket is closed")
            return UdpFlow(self._udp, remote)
        known = self._connections.get(remote)
        if known and not known.closing:
            return known
        async with asyncio.timeout(CONNECT_WITHIN_S):
            return await self._connected(transport, remote, name.strip("[]") or remote[0])

    async def _connected(self, transport: Transport, remote: Remote, name: str) -> TcpFlow:
        loop, make = asyncio.get_running_loop(), partial(self._flow, transport, _anybody)
        if transport == "tcp":
            return (await loop.create_connection(make, *remote))[1]
        context = await asyncio.to_thread(towards, self._tls_settings)
        return (await loop.create_connection(make, *remote, ssl=context, server_hostname=name))[1]

    async def close(self) -> None:
        """Close everything."""
        for connection in list(self._connections.values()):
            connection.close()
        for server in (self._tcp, self._tls):
            if server:
                server.close()
        if self._udp:
            self._udp.close()


def _anybody(_address: str) -> bool:
    """We have called them."""
    return True
