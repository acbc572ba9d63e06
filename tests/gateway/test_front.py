"""What stands before aiohttp: takes the plain hooks itself, and everything else arrives there as it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import Connection, func, select

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from core.storage.tables import inbox_item
from gateway.app import create_app
from gateway.front import connection as front_connection
from gateway.front.head import MOST_HEAD, may_become_plain, read_head
from gateway.front.listening import Front
from gateway.hooks import Door, doors_of
from tests.support.deployments import World
from tests.support.hooked import SIGNATURE, HookedTestChannel, signed
from tests.support.waiting import PATIENCE

HOST = "127.0.0.1"
PATH = "/hooks/testchat/page"
NAIVE = datetime(2026, 11, 23)  # noqa: DTZ001 - the mistake that is tested


@dataclass
class House:
    """A front with aiohttp behind it; `passed` is how many connections came as far as that."""

    world: World
    front: Front
    passed: int = 0

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Visitor]:
        """Connect."""
        reader, writer = await asyncio.open_connection(HOST, self.front.port)
        try:
            yield Visitor(reader, writer)
        finally:
            writer.close()

    async def stored(self) -> int:
        """How many items the inbox ever took."""

        def count(connection: Connection) -> int:
            return int(connection.scalar(select(func.count()).select_from(inbox_item)) or 0)

        return await self.world.deployment.database.read(count)


@dataclass
class Visitor:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> Answer:
        """Send all of it, and read one answer."""
        self.writer.write(request)
        return await self.hear()

    async def hear(self) -> Answer:
        """One answer."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(lines[0].split()[1]), headers, body)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest_asyncio.fixture
async def house(world: World) -> AsyncIterator[House]:
    """A deployment with a chat channel, listening as the process does."""
    channel = HookedTestChannel()
    world.deployment = replace(world.deployment, channels={**world.deployment.channels, channel.name: channel})
    runner = web.AppRunner(create_app(world.deployment), access_log=None, shutdown_timeout=1)
    await runner.setup()

    def behind() -> asyncio.Protocol:
        opened.passed += 1
        assert runner.server is not None
        return runner.server()

    opened = House(world, Front(doors_of(world.deployment), behind))
    await opened.front.listen(HOST, 0)
    try:
        yield opened
    finally:
        opened.front.close()
        await asyncio.gather(opened.front.drain(5), runner.cleanup())


def body_of(key: str) -> bytes:
    """One message."""
    return json.dumps({"events": [{"id": key, "user": "u1", "at": 1_790_000_000, "text": "đèn hỏng"}]}).encode()


def request(
    key: str = "m1",
    *,
    line: str = f"POST {PATH} HTTP/1.1",
    more: str = "",
    body: bytes | None = None,
    length: str = "",
) -> bytes:
    """As a provider sends it; `more` are further header lines, `length` what it says of its body."""
    body = body_of(key) if body is None else body
    told = length or f"Content-Length: {len(body)}\r\n"
    head = f"{line}\r\nHost: localhost\r\n{SIGNATURE.title()}: {signed(body)[SIGNATURE]}\r\n{more}{told}\r\n"
    return head.encode() + body


async def test_a_plain_hook_is_taken_at_the_socket(house: House) -> None:
    """Stored, answered, and the connection kept for the next; aiohttp never hears of it."""
    async with house.visit() as visitor:
        answers = [await visitor.ask(request(key, more="Connection: Keep-Alive\r\n")) for key in ("m1", "m2", "m1")]

    assert [answer.status for answer in answers] == [200] * 3
    assert "date" in answers[0].headers
    assert (await house.stored(), house.passed) == (2, 0)


async def test_the_network_may_cut_and_join_requests_as_it_likes(house: House) -> None:
    """One byte at a time, and three at once: answered in order, one each."""
    async with house.visit() as visitor:
        for byte in request("m0"):
            visitor.writer.write(bytes([byte]))
            await visitor.writer.drain()
            await asyncio.sleep(0)
        assert (await visitor.hear()).status == 200
        visitor.writer.write(b"".join(request(f"m{number}") for number in range(1, 4)))
        assert [(await visitor.hear()).status for _ in range(3)] == [200] * 3

    assert (await house.stored(), house.passed) == (4, 0)


CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body_of("m1")), body_of("m1"))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(request(line=f"POST {PATH}?from=proxy HTTP/1.1"), id="query"),
        pytest.param(request(line="POST /hooks/testchat/p%61ge HTTP/1.1"), id="escaped"),
        pytest.param(request(line=f"POST {PATH} HTTP/1.0", more="Connection: keep-alive\r\n"), id="http 1.0"),
        pytest.param(request(more="Connection: close\r\n"), id="close"),
        pytest.param(request(more="Expect: 100-continue\r\n"), id="expect"),
        pytest.param(request(more="X-Twice: 1\r\nX-Twice: 2\r\n"), id="twice"),
        pytest.param(request(more="X-Name: Ngọc\r\n"), id="not ascii"),
        pytest.param(request(length="Transfer-Encoding: chunked\r\n").replace(body_of("m1"), CHUNKED), id="chunked"),
        pytest.param(request(body=body_of("m1").ljust(front_connection.MOST_HELD + 1)), id="large"),
    ],
)
async def test_what_is_not_plain_is_answered_by_aiohttp(house: House, sent: bytes) -> None:
    """Every byte of it arrives there."""
    async with house.visit() as visitor:
        answer = await visitor.ask(sent)
        if answer.status == 100:
            answer = await visitor.hear()

    assert answer.status == 200
    assert (await house.stored(), house.passed) == (1, 1)


async def test_a_head_that_never_ends_in_our_way_is_answered(house: House) -> None:
    """Lines that end in a line feed alone: its sender is told that it is wrong, and is not left waiting for an hour."""
    async with house.visit() as visitor, asyncio.timeout(PATIENCE):
        answer = await visitor.ask(request().replace(b"\r\n", b"\n"))

    assert answer.status == 400
    assert house.passed == 1


async def test_what_is_refused_is_told_as_everywhere(house: House) -> None:
    """401 unsigned, 413 too large, 404 nobody's; and a connection that aiohttp has serves hooks as well."""
    async with house.visit() as visitor:
        unsigned = await visitor.ask(request().replace(b"\xc4\x91\xc3\xa8n", b"den den").replace(b"m1", b"m2"))
        nobodys = await visitor.ask(request(line="POST /hooks/nobody/page HTTP/1.1"))
        taken = await visitor.ask(request())
    async with house.visit() as visitor:
        large = await visitor.ask(request(length=f"Content-Length: {2 * 1024 * 1024}\r\n"))

    assert [answer.status for answer in (unsigned, nobodys, taken, large)] == [401, 404, 200, 413]
    assert (await house.stored(), house.passed) == (1, 2)


async def test_pages_come_through(house: House) -> None:
    """One port serves all of it."""
    async with house.visit() as visitor:
        answer = await visitor.ask(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert answer.status == 200
    assert house.passed == 1


async def test_when_nothing_can_be_stored_the_provider_is_told_when_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 on a connection that is kept; when it sends again, it is taken."""
    inbox = house.world.deployment.inbox

    async def full(*_: object) -> None:
        raise IntakeUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(inbox, "_away", True)
        patched.setattr(inbox, "_journalise", full)
        async with house.visit() as visitor:
            answer = await visitor.ask(request())
            assert (answer.status, answer.headers["retry-after"]) == (503, "5")
            assert json.loads(answer.body)["error"] == "intake_unavailable"
            patched.undo()
            assert (await visitor.ask(request())).status == 200

    await inbox.ship()  # behind whatever of this conversation may be in the journal
    assert (await house.stored(), house.passed) == (1, 0)


async def test_a_mistake_of_ours_is_a_500_and_not_a_receipt(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is passed on, and fails there in the usual way."""

    def split(_self: HookedTestChannel, _delivery: RawDelivery) -> list[ItemKey]:
        return [ItemKey("k", "c", provider_time=NAIVE)]

    monkeypatch.setattr(HookedTestChannel, "split", split)
    async with house.visit() as visitor:
        assert (await visitor.ask(request())).status == 500

    assert (await house.stored(), house.passed) == (0, 1)


class Gate:
    """Commits end when the test says so."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self._accept = house.world.deployment.database.accept
        self.begun, self.open = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(house.world.deployment.inbox._commits, "_budget", 3600)
        monkeypatch.setattr(house.world.deployment.database, "accept", self._wait)

    async def _wait(self, batch: object) -> None:
        self.begun.set()
        await self.open.wait()
        await self._accept(batch)  # type: ignore[arg-type]


async def test_nobody_is_answered_before_it_is_on_disk(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """And work that has time gives way until then."""
    gate, courtesy = Gate(house, monkeypatch), house.world.deployment.courtesy
    async with house.visit() as visitor:
        answer = asyncio.create_task(visitor.ask(request()))
        await gate.begun.wait()
        assert not answer.done()
        assert courtesy._guests == 1

        gate.open.set()
        assert (await answer).status == 200
    assert courtesy._guests == 0


async def test_a_stop_answers_who_waits_and_hangs_up_on_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody new is let in, and the stop ends when the last one has gone."""
    gate = Gate(house, monkeypatch)
    async with house.visit() as resting, house.visit() as waiting:
        answer = asyncio.create_task(waiting.ask(request() + request("m2")))
        await gate.begun.wait()
        port = house.front.port
        house.front.close()
        draining = asyncio.create_task(house.front.drain(3600))
        assert await resting.reader.read() == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, port)
        assert not draining.done()

        gate.open.set()
        assert (await answer).status == 200
        assert await waiting.reader.read() == b""
        await draining
    assert await house.stored() == 1


async def test_who_hangs_up_too_early_is_stored_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender heard nothing and sends it again, which is then a repeat."""
    gate = Gate(house, monkeypatch)
    async with house.visit() as visitor:
        visitor.writer.write(request())
        await gate.begun.wait()
    gate.open.set()
    async with house.visit() as visitor:
        assert (await visitor.ask(request())).status == 200

    assert await house.stored() == 1
    assert house.world.deployment.courtesy._guests == 0


async def test_who_sends_on_without_listening_is_not_read_without_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits of one connection is bounded; it is read on when there is room again."""
    monkeypatch.setattr(front_connection, "MOST_HELD", 1024)
    gate = Gate(house, monkeypatch)
    async with house.visit() as visitor:
        visitor.writer.write(request("m0"))
        await gate.begun.wait()
        visitor.writer.write(b"".join(request(f"m{number}") for number in range(1, 30)))
        (connection,) = house.front._crowd
        async with asyncio.timeout(30):
            while not connection._is_paused:
                await asyncio.sleep(0)
        gate.open.set()
        assert [(await visitor.hear()).status for _ in range(30)] == [200] * 30

    assert await house.stored() == 30


async def test_a_connection_on_which_nothing_comes_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the end, as aiohttp does it."""
    monkeypatch.setattr(front_connection, "RESTING_SECONDS", 0.0)
    async with house.visit() as visitor:
        assert await visitor.reader.read() == b""


@pytest.mark.parametrize(
    "head",
    [
        request().replace(b"Host: localhost\r\n", b""),
        request().replace(b"Host: ", b"Host : "),
        request().replace(b"Host: localhost\r\n", b"Host: local\n host\r\n"),
        request().replace(b"Host: localhost\r\n", b"Host: local\0host\r\n"),
        request().replace(b"Host: localhost\r\n", b"Host: localhost\r\n folded\r\n"),
        request(length="Content-Length: +5\r\n"),
        request(length="Content-Length: 5, 5\r\n"),
        request(length="Content-Length: 5\r\nContent-Length: 6\r\n"),
        request(length="Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        request(length="Content-Length: 5\r\nContent-Encoding: gzip\r\n"),
        request(length=" \r\n"),
        request(more="Upgrade: websocket\r\n"),
        request(more=f"X-Long: {'x' * MOST_HEAD}\r\n"),
        request(line=f"GET {PATH} HTTP/1.1"),
        request(line=f"POST  {PATH} HTTP/1.1"),
        request(line=f"POST {PATH} HTTP/1.1 "),
    ],
)
def test_what_two_readers_may_understand_differently_is_not_plain(head: bytes) -> None:
    """Smuggling needs somebody who reads it; whether it is an error is for aiohttp to say."""
    assert read_head(head) is None
    assert not may_become_plain(head)


async def test_an_account_is_one_plain_word(house: House) -> None:
    """A path with more in it is aiohttp's to read; a hook without an account in its path has its own."""
    (door,) = doors_of(house.world.deployment)
    found = [door.account_in(f"/hooks/testchat/{word}") for word in ("page-1.vn", ".", "..", "a/b", "a%20b", "")]
    assert found == ["page-1.vn", None, None, None, None, None]

    alone = Door(house.world.deployment, HookedTestChannel(hook="zalo", account="oa"))
    assert (alone.account_in("/hooks/zalo"), alone.account_in("/hooks/zalo/oa")) == ("oa", None)


def test_the_beginning_of_a_hook_is_waited_for() -> None:
    """From the first letter; but not of anything else, and not for ever."""
    whole = request()
    end = whole.index(b"\r\n\r\n")
    assert all(may_become_plain(whole[:length]) for length in range(1, end))
    assert not may_become_plain(b"GET /")
    assert not may_become_plain(whole[:end].replace(b"\r\n", b"\n"))
    assert not may_become_plain(b"POST /hooks/" + b"x" * MOST_HEAD)
