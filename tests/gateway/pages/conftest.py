"""A site with a second factor, as in production, over a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from core.storage.database import Database
from tests.gateway.pages.shell import Site, open_site


@pytest_asyncio.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """Demo mode, second factor required."""
    async with open_site(database) as opened:
        yield opened


@pytest_asyncio.fixture
async def easy_site(database: Database) -> AsyncIterator[Site]:
    """Demo mode, the second factor switched off by its setting."""
    async with open_site(database, require_second_factor=False) as opened:
        yield opened
