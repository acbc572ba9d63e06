"""The whole application, and a phone in front of it."""

from __future__ import annotations

from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestClient

from tests.gateway.api.app.phone import Phone, app_on
from tests.support.deployments import World


@pytest_asyncio.fixture
async def phone(world: World, client: TestClient[Any, Any]) -> Phone:
    """An app with a key, and nothing open in it."""
    return await app_on(world, client)
