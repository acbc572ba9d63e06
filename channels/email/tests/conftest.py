"""Fixtures of the mail channel's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.email.tests.builders import Store
from tests.support.certificates import self_signed


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """A certificate for localhost, made on the spot: (certificate, key)."""
    return self_signed(tmp_path)


@pytest.fixture
def store() -> Store:
    """An inbox that takes everything."""
    return Store()
