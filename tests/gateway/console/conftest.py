"""An office for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.gateway.console.office import Office, open_office
from tests.support.deployments import World


@pytest_asyncio.fixture
async def office(world: World) -> AsyncIterator[Office]:
    """The application over a fresh world."""
    async with open_office(world) as opened:
        yield opened
