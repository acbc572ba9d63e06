"""Providers that call by GET, sign the address, or want to read something: what they say is stored like a body."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from yarl import URL

from core.contract.errors import SignatureInvalid
from core.contract.ports import ItemKey, RawDelivery
from gateway.app import create_app
from gateway.hooks import doors_of
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel

Client = TestClient[Request, Application]
QUERY = "key=right&content=%C4%90%C6%B0+a%20b"


@dataclass
class QueryTestChannel(HookedTestChannel):
    """Believes whoever says `key=right`, once its body is the query; answers in words."""

    name: str = "testquery"
    hook: str = "testquery/secret"
    account: str = "us"
    hook_methods: frozenset[str] = frozenset({"GET", "POST"})
    seen: list[RawDelivery] = field(default_factory=list)

    def verify(self, delivery: RawDelivery) -> None:
        """By a word in the body."""
        if b"key=right" not in delivery.body:
            raise SignatureInvalid("wrong key")
        self.seen.append(delivery)

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """All of it."""
        return [ItemKey(delivery.body.hex()[:100], "c")]

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """Says it back."""
        return "text/xml", f"<Heard>{len(delivery.body)}</Heard>"


@pytest_asyncio.fixture
async def channel(world: World) -> QueryTestChannel:
    """Beside the others."""
    channel = QueryTestChannel()
    channels = {**world.deployment.channels, channel.name: channel}
    world.deployment = replace(world.deployment, channels=channels)
    return channel


@pytest_asyncio.fixture
async def client(world: World, channel: QueryTestChannel) -> AsyncIterator[Client]:
    """Plays the provider."""
    async with TestClient(TestServer(create_app(world.deployment))) as opened:
        yield opened


async def test_a_query_is_verified_and_stored_as_it_was_written(client: Client, channel: QueryTestChannel) -> None:
    """Escapes and all, so that it can be read again and its signature too."""
    async with client.get(URL(f"/hooks/testquery/secret?{QUERY}", encoded=True)) as answer:
        assert (answer.status, answer.content_type) == (200, "text/xml")
        assert await answer.text() == f"<Heard>{len(QUERY)}</Heard>"

    assert [(one.body, one.query) for one in channel.seen] == [(QUERY.encode(), QUERY)]


async def test_the_same_hook_takes_a_form(client: Client, channel: QueryTestChannel) -> None:
    """Its query comes beside the body, undecoded."""
    url = URL("/hooks/testquery/secret?t=a%20b", encoded=True)
    async with client.post(url, data=b"key=right") as answer:
        assert (answer.status, await answer.text()) == (200, "<Heard>9</Heard>")

    assert [(one.body, one.query) for one in channel.seen] == [(b"key=right", "t=a%20b")]


async def test_a_query_that_proves_nothing_is_refused(client: Client, channel: QueryTestChannel) -> None:
    """Also one without a query, one that is no UTF-8, and one by another method or on another path."""
    for method, path, status in (
        ("GET", "/hooks/testquery/secret", 401),
        ("GET", "/hooks/testquery/secret?key=%FF", 401),
        ("HEAD", "/hooks/testquery/secret?key=right", 405),
        ("GET", "/hooks/testquery/guess?key=right", 404),
    ):
        async with client.request(method, URL(path, encoded=True)) as answer:
            assert answer.status == status, (method, path)

    assert channel.seen == []


async def test_who_wants_to_read_something_is_not_answered_at_the_socket(
    world: World, channel: QueryTestChannel
) -> None:
    """The front knows one answer only."""
    plain = HookedTestChannel()
    doors = doors_of(replace(world.deployment, channels={plain.name: plain, channel.name: channel}))

    assert [door.is_plain for door in doors] == [True, False]
