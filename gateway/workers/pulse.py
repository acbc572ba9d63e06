"""Measures how late the event loop wakes: everything in the process waits as long."""

from __future__ import annotations

import asyncio
import time

from gateway.metrics import LOOP_LAG

_NAP = 0.05


class Pulse:
    """Sleeps a moment and looks how much longer it took."""

    async def run_once(self) -> int:
        """One beat."""
        asked = time.monotonic()
        await asyncio.sleep(_NAP)
        LOOP_LAG.set(max(0.0, time.monotonic() - asked - _NAP))
        return 0
