"""A portal over a whole deployment, and a citizen in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.deployment import DEPLOYMENT, Deployment
from gateway.middleware import middlewares
from gateway.pages import setup_pages
from gateway.portal import setup_portal
from tests.gateway.portal.citizen import Citizen
from tests.support.deployments import World

TILES = "/static/none/{z}/{x}/{y}.png"
"""Pictures that nobody has: the map works without them."""


def portal_app(deployment: Deployment, *, tiles: str = "") -> web.Application:
    """The public side of the web process."""
    limit = deployment.settings.http.max_body_mb * 1024 * 1024
    app = web.Application(middlewares=middlewares(deployment), client_max_size=limit)
    app[DEPLOYMENT] = deployment
    setup_pages(app)
    setup_portal(app, tiles=tiles)
    return app


@pytest_asyncio.fixture
async def citizen(world: World) -> AsyncIterator[Citizen]:
    """A browser without scripts."""
    async with TestClient(TestServer(portal_app(world.deployment))) as client:
        yield Citizen(world, client)


@pytest_asyncio.fixture
async def tiled_citizen(world: World) -> AsyncIterator[Citizen]:
    """The same where the deployment names a source of map pictures."""
    async with TestClient(TestServer(portal_app(world.deployment, tiles=TILES))) as client:
        yield Citizen(world, client)


@pytest_asyncio.fixture
async def at_work(world: World) -> AsyncIterator[None]:
    """Workers that take up whatever arrives, at once."""

    async def work() -> None:
        while True:
            await world.deployment.inbox.arrived.wait()
            world.deployment.inbox.arrived.clear()
            await world.settle()

    task = asyncio.create_task(work())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
