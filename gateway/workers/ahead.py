"""When the next thing is due that stands in the database already: loops wake for it by themselves."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from core.storage import cases, conversations, fetches, outbox
from core.storage.database import Connection
from gateway.deployment import Deployment


class Foresight:
    """Looks at the earliest due times; the answers are seconds from now, negative for what waits already."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    async def due(self) -> float | None:
        """Until the next clock or wait."""
        return self._until(await self._deployment.database.read(_next_due))

    async def outbox(self, channel: str) -> float | None:
        """Until the next message of a channel may be sent (again)."""
        return self._until(await self._deployment.database.read(partial(outbox.next_send, channel=channel)))

    async def files(self, channel: str) -> float | None:
        """Until the next file of a channel may be fetched."""
        return self._until(await self._deployment.database.read(partial(fetches.next_try, channel=channel)))

    def _until(self, moment: datetime | None) -> float | None:
        return None if moment is None else (moment - self._deployment.now()).total_seconds()


def _next_due(connection: Connection) -> datetime | None:
    known = [cases.oldest_due(connection), conversations.next_timer(connection)]
    return min((moment for moment in known if moment is not None), default=None)
