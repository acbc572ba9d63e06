"""What the tests of the sound share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from channels.call_center.media.recorder import Recorder
from channels.call_center.media.tests.rig import Rig


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    """A thread that writes."""
    recorder = Recorder()
    yield recorder
    await recorder.stop()


@pytest.fixture
async def rig(recorder: Recorder) -> Rig:
    """A leg that talks A-law."""
    return Rig(recorder)
