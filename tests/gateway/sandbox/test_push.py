"""Browsers on the sandbox's page: notices are switched on by code and PIN, on the portal's own page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from gateway.sandbox.player_push import HOW_VI, WRONG_VI, PushPlayer
from gateway.sandbox.players import Act, CannotDo, Mood, NotTaken
from tests.gateway.portal.citizen import Citizen
from tests.gateway.portal.conftest import portal_app
from tests.gateway.portal.test_follow import work_through
from tests.support.deployments import open_world

CONTACT = "mailto:vanhanh@phananh.example.vn"


@pytest_asyncio.fixture
async def table(tmp_path: Path) -> AsyncIterator[tuple[Citizen, PushPlayer]]:
    """A citizen on the portal, and a browser beside it."""
    player = PushPlayer(gateway="", first=1)
    await player.start({})
    async with open_world(tmp_path, push={"contact": CONTACT, "sandbox": player.addresses["http"]}) as world:
        player._service.now = world.clock
        async with TestClient(TestServer(portal_app(world.deployment))) as client:
            player.gateway = str(client.make_url("/"))
            yield Citizen(world, client), player
    await player.stop()


async def test_it_rings_when_there_is_news_and_tells_nothing_of_it(table: tuple[Citizen, PushPlayer]) -> None:
    """Typed as the page shows them."""
    citizen, player = table
    code, pin = await citizen.reported()
    await player.act("an", Act(text=f"{code} {pin}"))
    await work_through(citizen.world)

    assert any("có tin mới" in one.text for one in player.arrived("an"))
    assert player.arrived("binh") == []


async def test_what_opens_nothing_is_said(table: tuple[Citizen, PushPlayer]) -> None:
    """Too few digits, a wrong PIN, a portal that is away."""
    citizen, player = table
    code, pin = await citizen.reported()
    for words, told in (
        ("xin chào", HOW_VI),
        (code, HOW_VI),
        (f"{code} {pin[:-1]}{(int(pin[-1]) + 1) % 10}", WRONG_VI),
    ):
        with pytest.raises(CannotDo, match=told[:10]):
            await player.act("an", Act(text=words))
    player.gateway = "http://127.0.0.1:9"
    with pytest.raises(NotTaken):
        await player.act("an", Act(text=f"{code} {pin}"))


@pytest.mark.parametrize(("mood", "status"), [(Mood.THROTTLED, "throttled"), (Mood.LOST, "cut"), (Mood.SLOW, "normal")])
def test_moods_are_those_of_the_push_service(mood: Mood, status: str) -> None:
    """What a push service does not know changes nothing."""
    player = PushPlayer(gateway="", first=1)
    player.behave(Mood.ERROR)
    player.behave(mood)

    assert player._service.mood == status
