"""A deployment that may call this machine, its lanes, and officials."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from gateway.admin.actions import ACTIONS
from gateway.links.lanes import Lanes
from tests.gateway.api.staffing import LIGHTS
from tests.support.deployments import World, world_over

if TYPE_CHECKING:
    from tests.gateway.links.offices import Office

CITY, PROVINCE = "thanh-pho", "tinh"
ACTS = {"kind": "peer", "agency": LIGHTS, "roles": ["officer", "leader"]}
HERE = {"links": {"inside": ("127.0.0.0/8",), "most_a_minute": 40}}


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A fresh world that may call this machine."""
    async with world_over(database_url, tmp_path, **HERE) as opened:
        yield opened


@pytest_asyncio.fixture
async def province(tmp_path: Path) -> AsyncIterator[Office]:
    """Where the citizen wrote."""
    from tests.gateway.links.offices import Office

    async with Office(tmp_path / "province") as opened:
        yield opened


@pytest_asyncio.fixture
async def city(tmp_path: Path, province: Office) -> AsyncIterator[Office]:
    """An agency of the province that has a system of its own; both know each other."""
    from tests.gateway.links.offices import Office

    async with Office(tmp_path / "city") as opened:
        await introduce(province, opened, **ACTS)
        yield opened


async def introduce(province: Office, city: Office, **acts: Any) -> None:
    """Both know each other from now on; `acts`: what the city is in the province."""
    secret = await linked(province.world, CITY, url=city.url, known_as=PROVINCE, **acts)
    await linked(city.world, PROVINCE, kind="peer", url=province.url, known_as=CITY, secret=secret)


async def linked(world: World, name: str, **wanted: Any) -> str:
    """Begin a link as an operator does; returns its secret."""
    made = await ACTIONS["link.add"](world.deployment, {"name": name, "kind": "webhook", **wanted})
    return str(made["secret"])


async def told(world: World, lanes: Lanes | None = None) -> None:
    """Settle, then send what links are told until nothing is due."""
    await world.settle()
    ours = lanes or Lanes(world.deployment, owner="lanes")
    while await ours.run_once():
        await ours.finish()
    await ours.finish()


async def standing(world: World) -> dict[str, tuple[int, int]]:
    """Link → what waits for it, what failed."""
    lines = await ACTIONS["link.list"](world.deployment, {})
    return {line["name"]: (line["waiting"], line["failed"]) for line in lines}
