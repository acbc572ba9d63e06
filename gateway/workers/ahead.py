"""When the next clock or wait is due that stands in the database already: its loop wakes for it by itself."""

from __future__ import annotations

from datetime import datetime

from core.storage import due_clocks, timers
from core.storage.database import Connection
from gateway.deployment import Deployment


async def until_due(deployment: Deployment) -> float | None:
    """Seconds from now; negative for what waits already, None where nothing does."""
    moment = await deployment.database.read(_next_due)
    return None if moment is None else (moment - deployment.now()).total_seconds()


def _next_due(connection: Connection) -> datetime | None:
    known = [due_clocks.oldest(connection), timers.next_due(connection)]
    return min((moment for moment in known if moment is not None), default=None)
