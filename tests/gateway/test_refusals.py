"""A webhook with a wrong secret is seen where staff look at the channel, whichever process refused it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from gateway.admin.actions import ACTIONS
from gateway.app import create_app
from gateway.refusals import Refusals
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel, signed

Client = TestClient[Request, Application]
HOOK, BODY = "/hooks/testchat/page", b'{"events": []}'


@pytest_asyncio.fixture
async def client(world: World) -> AsyncIterator[Client]:
    """Plays the provider of a chat channel beside the others."""
    channel = HookedTestChannel()
    world.deployment = replace(world.deployment, channels={**world.deployment.channels, channel.name: channel})
    async with TestClient(TestServer(create_app(world.deployment))) as opened:
        yield opened


async def knock(client: Client, times: int, **headers: str) -> None:
    """Deliveries with a signature that is not ours."""
    for _ in range(times):
        async with client.post(HOOK, data=BODY, headers=headers or {"x-test-signature": "0" * 64}) as answer:
            assert answer.status == (200 if headers else 401)


async def told(world: World) -> tuple[int, str]:
    """What `langnghe channel list` says of the channel."""
    (line,) = [one for one in await ACTIONS["channel.list"](world.deployment, {}) if one["channel"] == "testchat"]
    return line["refused"], line.get("refused_at", "")


@on_both_engines
async def test_what_was_refused_is_told_until_a_day_is_over(world: World, client: Client) -> None:
    """How many, and when the last; what is proved is not counted, nor a browser that looks in."""
    await knock(client, 1, **signed(BODY))
    async with client.get(HOOK) as answer:
        assert answer.status == 403
    assert await told(world) == (0, "")
    await knock(client, 3)
    world.clock.advance(hours=2)
    async with client.get(f"{HOOK}?verify_token=wrong") as answer:
        assert answer.status == 403
    last = world.clock().isoformat()

    assert await told(world) == (4, last)
    world.clock.advance(hours=23)
    assert await told(world) == (1, last)
    world.clock.advance(hours=2)
    assert await told(world) == (0, "")


@on_both_engines
async def test_processes_add_up_what_they_refused(world: World) -> None:
    """Each writes down its own; none overwrites the other's, and both show the sum."""
    database, now = world.deployment.database, world.clock
    both = [Refusals(database, now=now) for _ in range(2)]
    for number in range(6):
        both[number % 2].note("zalo")
    await asyncio.gather(*(one.keep() for one in both))
    world.clock.at -= timedelta(minutes=1)  # the clock of one is behind
    both[0].note("zalo")
    found = [(await one.lately())["zalo"] for one in both]

    assert [one.count for one in found] == [7, 7]
    assert found[0].last_at == world.clock() + timedelta(minutes=1)


async def test_what_cannot_be_written_is_not_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is away for a moment: counted on, and written down afterwards."""

    async def away(_work: object) -> None:
        raise TimeoutError

    refusals = Refusals(world.deployment.database, now=world.clock)
    refusals.note("zalo")
    with monkeypatch.context() as patched:
        patched.setattr(world.deployment.database, "write", away)
        with pytest.raises(TimeoutError):
            await refusals.keep()
    refusals.note("zalo")

    assert (await refusals.lately())["zalo"].count == 2
