"""What the page's process does with what is said there: moods that belong to no provider alone, and its guards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from gateway.sandbox import desk as desks
from gateway.sandbox.desk import Desk
from gateway.sandbox.page import create_page
from gateway.sandbox.players import Act, Arrived, CannotDo, Facts, Mood, NotTaken, Person

AN = "an"


@dataclass
class Bench:
    """A provider whose every answer the test decides."""

    facts: Facts = field(default_factory=lambda: Facts("bench", "Kênh thử"))
    addresses: Mapping[str, str] = field(default_factory=dict)
    brought: list[str] = field(default_factory=list)
    shown: list[Arrived] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)
    stuck: bool = False
    retried: int = 0

    async def start(self, ports: Mapping[str, int]) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    def people(self) -> Sequence[Person]:
        return [Person(AN, "Nguyễn Văn An")]

    async def act(self, person: str, act: Act) -> None:
        if act.button:
            raise CannotDo("Không có nút này trên màn hình.")
        if act.text == "mất":
            raise NotTaken("HTTP 503")
        self.brought.append(act.text or act.link or f"{len(act.photo)} bytes")

    def arrived(self, person: str) -> Sequence[Arrived]:
        return self.shown

    def waiting(self) -> bool:
        return self.stuck

    def behave(self, mood: Mood) -> None:
        self.moods.append(mood)

    async def retry(self) -> None:
        self.retried += 1
        self.stuck = False


@dataclass
class Table:
    """The page over one such provider."""

    client: TestClient[Any, Any]
    bench: Bench
    desk: Desk

    async def say(self, **what: Any) -> int:
        """The status of the answer."""
        async with self.client.post("/sandbox/bench/say", json={"person": AN, **what}) as answer:
            return answer.status

    async def lines(self) -> list[dict[str, Any]]:
        """The one screen."""
        async with self.client.get("/sandbox/state") as answer:
            found: list[dict[str, Any]] = (await answer.json())["channels"][0]["people"][0]["lines"]
            return found

    async def states(self) -> list[str]:
        """How each line stands."""
        return [line["state"] for line in await self.lines()]


@pytest_asyncio.fixture
async def table() -> AsyncIterator[Table]:
    """Opened, with the desk at work."""
    bench = Bench()
    desk = Desk([bench])
    looking = asyncio.create_task(desk.run())
    app = create_page(desk, gateway="http://127.0.0.1:9", office="Trung tâm")
    async with TestClient(TestServer(app)) as client:
        yield Table(client, bench, desk)
    looking.cancel()


async def until(table: Table, states: list[str]) -> None:
    """Wait for the screen to say so."""
    async with asyncio.timeout(20):
        while await table.states() != states:
            await asyncio.sleep(desks.LOOK_SECONDS)


async def test_both_sides_stand_in_the_order_in_which_they_came(table: Table) -> None:
    """With pictures, places and what the provider says of a message."""
    assert await table.say(text="Đèn hỏng") == 200
    table.bench.shown.append(Arrived("Dạ, ở đâu ạ?", ("Bỏ qua",), state="Đã đến máy"))
    assert await table.say(place={"latitude": 16.5, "longitude": 107.5}) == 200
    assert await table.say(sample=True) == 200

    lines = await table.lines()
    assert [line["text"] for line in lines] == ["Đèn hỏng", "Dạ, ở đâu ạ?", "Đã chia sẻ vị trí", ""]
    assert lines[1]["buttons"] == ["Bỏ qua"]
    assert table.bench.brought[1] == "https://www.google.com/maps?q=16.5,107.5"
    async with table.client.get(f"/sandbox/photos/{lines[3]['photo']}") as photo:
        assert (photo.content_type, (await photo.read())[:2]) == ("image/jpeg", b"\xff\xd8")


async def test_what_is_kept_back_comes_the_last_first(table: Table) -> None:
    """Out of order is the desk's own doing, the same on every channel."""
    table.desk.behave("bench", Mood.OUT_OF_ORDER)
    await table.say(text="một")
    await table.say(text="hai")
    assert await table.states() == [desks.HELD] * 2

    await until(table, [desks.TAKEN] * 2)
    assert table.bench.brought == ["hai", "một"]
    assert table.bench.moods == [Mood.OUT_OF_ORDER]


async def test_what_the_gateway_did_not_take_is_seen_and_repeated(table: Table) -> None:
    """Refused at once; or stuck with the provider, which tries again."""
    assert await table.say(text="mất") == 200
    assert await table.states() == [desks.NOT_TAKEN]
    table.bench.stuck = True
    await table.say(text="chờ")
    assert await table.states() == [desks.NOT_TAKEN, desks.ON_ITS_WAY]

    await until(table, [desks.NOT_TAKEN, desks.TAKEN])
    assert table.bench.retried == 1


async def test_a_lost_answer_is_named_on_the_message_it_was_about(table: Table) -> None:
    """The citizen has it, and the gateway does not know."""
    async with table.client.post("/sandbox/bench/mood", json={"mood": "lost"}) as answer:
        assert answer.status == 200
    table.bench.shown.append(Arrived("Đã có kết quả."))
    await until(table, ["Đã đến máy; câu trả lời cho hệ thống bị mất"])


async def test_what_cannot_be_done_is_said_or_refused(table: Table) -> None:
    """No such button: words for people. No such person, nothing to do, not base64: a mistake of the caller."""
    assert await table.say(button="Hài lòng") == 409
    for wrong in ({}, {"fresh": True}, {"photo": "%"}, {"place": {"latitude": 1}}, {"person": "x", "text": "a"}):
        assert await table.say(**wrong) == 400, wrong
    async with table.client.post("/sandbox/bench/mood", json={"mood": "angry"}) as answer:
        assert answer.status == 400


async def test_no_page_from_elsewhere_gives_commands(table: Table) -> None:
    """A form of another site sends no JSON; a name that was bent to this machine is not its address."""
    async with table.client.post("/sandbox/bench/say", data={"person": AN, "text": "x"}) as answer:
        assert answer.status == 415
    async with table.client.get("/sandbox/state", headers={"Host": "evil.example.vn"}) as answer:
        assert answer.status == 403
    async with table.client.get("/sandbox") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert table.bench.brought == []
