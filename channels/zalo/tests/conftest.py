"""The channel with the provider's sandbox behind it, connected and in normal mood."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from channels.zalo.sandbox import ZaloSandbox
from channels.zalo.tests.builders import Set, running


@pytest_asyncio.fixture
async def zalo() -> AsyncIterator[Set]:
    """Everything of one test."""
    async with running() as opened:
        yield opened


@pytest.fixture
def sandbox(zalo: Set) -> ZaloSandbox:
    """The provider alone."""
    return zalo.sandbox
