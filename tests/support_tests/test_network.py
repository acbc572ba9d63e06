"""No test leaves the machine, whichever library it uses; loopback stays open."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
import uvloop

from tests.support.network import OutsideConnection, is_local

OUTSIDE = "192.0.2.1"  # RFC 5737: documentation only, nobody is there


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost", b"localhost", None, ""]
)
def test_this_machine_is_local(host: object) -> None:
    """Every way to name the own machine."""
    assert is_local(host)


@pytest.mark.parametrize("host", [OUTSIDE, "::ffff:192.0.2.1", "2001:db8::1", "example.com", "localhost.example.com"])
def test_others_are_not(host: str) -> None:
    """Numbers and names of other machines, also when they look alike."""
    assert not is_local(host)


def send_datagram(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", address)


def send_message(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendmsg([b"x"], [], 0, address)


@pytest.mark.parametrize(
    "leave",
    [
        lambda: socket.create_connection((OUTSIDE, 80), timeout=0.1),
        lambda: socket.create_connection(("example.com", 80), timeout=0.1),
        lambda: socket.getaddrinfo(host="example.com", port=80),
        lambda: send_datagram((OUTSIDE, 53)),
        lambda: send_message((OUTSIDE, 53)),
    ],
    ids=["tcp", "name", "lookup", "sendto", "sendmsg"],
)
def test_sockets_stay_here(leave: Callable[[], object], outside_connections: list[OutsideConnection]) -> None:
    """The attempt is refused and noted."""
    with pytest.raises(OutsideConnection):
        leave()

    assert outside_connections
    outside_connections.clear()


async def fetch() -> None:
    async with aiohttp.ClientSession() as session:
        await session.get(f"http://{OUTSIDE}/", timeout=aiohttp.ClientTimeout(1))


async def open_datagrams() -> None:
    await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(OUTSIDE, 53))


async def connect() -> None:
    await asyncio.get_running_loop().create_connection(asyncio.Protocol, OUTSIDE, 80)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("leave", [fetch, open_datagrams, connect])
def test_event_loops_stay_here(
    loop: Callable[[], asyncio.AbstractEventLoop],
    leave: Callable[[], Awaitable[None]],
    outside_connections: list[OutsideConnection],
) -> None:
    """Both loops that the gateway runs on refuse as well."""
    with asyncio.Runner(loop_factory=loop) as runner, pytest.raises(OutsideConnection):
        runner.run(leave())

    assert outside_connections
    outside_connections.clear()


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_loopback_stays_open(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """A server and a client on this machine still talk."""

    async def talk() -> bytes:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"here\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection("localhost", server.sockets[0].getsockname()[1])
            line = await reader.readline()
            writer.close()
        return line

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(talk()) == b"here\n"
