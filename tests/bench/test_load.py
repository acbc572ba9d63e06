"""The load client counts what the server counts, and acknowledges nothing that was not answered 200."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web

from bench.connection import is_complete
from bench.load import Client, OpenRound, percentile
from bench.messages import PATH, number_of


@dataclass
class Server:
    """Counts message ids; `answer` decides what each request hears."""

    port: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    connections: set[int] = field(default_factory=set)
    answer: Callable[[web.Request, str], Awaitable[web.StreamResponse]] | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = json.loads(await request.read())["events"][0]["id"]
        self.seen[name] += 1
        self.connections.add(id(request.transport))
        return await self.answer(request, name) if self.answer else web.Response()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    """One that answers 200 unless the test says otherwise."""
    counting = Server()
    app = web.Application()
    app.router.add_post(PATH, counting.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    counting.port = runner.addresses[0][1]
    yield counting
    await runner.cleanup()


async def acknowledged(client: Client) -> set[int]:
    told = await client.acknowledged()
    return {number for first, last in told["ranges"] for number in range(first, last + 1)}


async def test_a_closed_loop_counts_every_answer(server: Server) -> None:
    """As many as the server saw, every one of them new, over as many connections as asked for."""
    client = Client("t")
    told = await client.closed(ports=[server.port], connections=8, seconds=0.2)

    assert told["requests"] == sum(server.seen.values()) == len(server.seen) > 0
    assert told["statuses"] == {"200": told["requests"]}
    assert {number_of("t", name) for name in server.seen} == await acknowledged(client)
    assert len(server.connections) == 8
    assert 0 < told["rate"] * 0.2 <= told["requests"] <= told["rate"] * 0.2 + 8 + 1e-6


async def test_an_open_loop_sends_as_many_as_are_due(server: Server) -> None:
    """No more, no less."""
    client = Client("t")
    told = await client.open(ports=[server.port], connections=4, seconds=0.2, rate=250)

    assert told["requests"] == sum(server.seen.values()) == 50


async def test_an_open_loop_counts_latency_from_the_due_instant(server: Server) -> None:
    """A server that does nothing at first makes all that fell due meanwhile late, sent or not."""
    released = asyncio.Event()

    async def hold(_request: web.Request, _name: str) -> web.StreamResponse:
        await released.wait()
        return web.Response()

    server.answer = hold
    client = Client("t")
    supply = client._supply.plan(100)
    slice_ = OpenRound(supply, rate=1000)
    await slice_.open([server.port], 2)
    running = asyncio.create_task(slice_.run(0.1))
    while len(slice_.due) < 98:  # two are under way, the others wait for a connection
        await asyncio.sleep(0.005)
    released.set()
    await running
    slice_.close()

    assert len(slice_.latencies) == 100
    assert max(slice_.latencies) >= 0.05  # the first waited for the last to fall due, 99 ms later


async def test_repeats_are_repeats(server: Server) -> None:
    """With a share of one, nothing new is sent."""
    client = Client("t")
    await client.closed(ports=[server.port], connections=4, seconds=0.1)
    known = set(server.seen)
    before = server.seen.copy()

    told = await client.closed(ports=[server.port], connections=4, seconds=0.1, repeats=1.0)

    assert set(server.seen) == known
    assert sum((server.seen - before).values()) == told["requests"] > 0


async def test_recycled_messages_are_not_acknowledged(server: Server) -> None:
    """A server without a store hears the same ones in every slice."""
    client = Client("t")
    for _ in range(2):
        await client.closed(ports=[server.port], connections=2, seconds=0.05, recycled=True)

    assert await acknowledged(client) == set()
    assert max(server.seen.values()) == 2


async def test_only_200_is_an_acknowledgement(server: Server) -> None:
    """503 is counted by its status."""

    async def every_third_fails(_request: web.Request, name: str) -> web.StreamResponse:
        failing = (number_of("t", name) or 0) % 3 == 0
        return web.Response(status=503, text="later") if failing else web.Response()

    server.answer = every_third_fails
    client = Client("t")
    told = await client.closed(ports=[server.port], connections=3, seconds=0.1)

    assert told["statuses"]["200"] + told["statuses"]["503"] == told["requests"]
    assert told["accepted"] == told["statuses"]["200"]
    assert all(number % 3 for number in await acknowledged(client))


async def test_a_broken_connection_is_told(server: Server) -> None:
    """And its message is not acknowledged."""

    async def hang_up(request: web.Request, name: str) -> web.StreamResponse:
        if name == "t-1" and request.transport is not None:
            request.transport.abort()
        return web.Response()

    server.answer = hang_up
    client = Client("t")
    told = await client.closed(ports=[server.port], connections=2, seconds=0.1)

    assert told["broken"] == 1
    assert 1 not in await acknowledged(client)


async def test_several_ports_are_asked_in_turn(server: Server) -> None:
    """Half of the connections each."""
    client = Client("t")
    await client.closed(ports=[server.port, server.port], connections=6, seconds=0.05)

    assert len(server.connections) == 6


@pytest.mark.parametrize(
    ("answer", "complete"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: x\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: x\r\n", False),
        (b"HTTP/1.1 503 No\r\ncontent-length: 5\r\n\r\nlater", True),
        (b"HTTP/1.1 503 No\r\ncontent-length: 5\r\n\r\nlate", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nends in\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nends in\r\n\r\n", False),
        (b"", False),
    ],
)
def test_an_answer_ends_where_it_says(answer: bytes, complete: bool) -> None:
    """However the network cuts it."""
    assert is_complete(answer) is complete


def test_an_answer_has_to_say_its_length() -> None:
    """A client that guessed would count wrongly."""
    with pytest.raises(ValueError, match="without its length"):
        is_complete(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n")


def test_a_percentile_is_one_of_the_values() -> None:
    """Of nothing it is 0."""
    values = [float(number) for number in range(1, 101)]

    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1.0)) == (51.0, 100.0, 100.0)
    assert percentile([], 0.5) == 0.0
