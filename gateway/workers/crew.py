"""All loops of a worker process, started and stopped together."""

from __future__ import annotations

import asyncio
from functools import partial

from core.service.sending import Sender
from core.storage import outbox
from gateway.deployment import Deployment
from gateway.metrics import SENT
from gateway.workers.daily import Daily
from gateway.workers.due import DueWorker
from gateway.workers.inbound import InboundWorker
from gateway.workers.loop import Loop
from gateway.workers.pulse import Pulse


class Crew:
    """Inbox, outbox, due times, journal and daily work of one process; `owner` names it in leases and claims."""

    def __init__(self, deployment: Deployment, *, owner: str) -> None:
        self._deployment = deployment
        inbound = InboundWorker(deployment, deployment.intake, owner=owner)
        sender = Sender(
            deployment.database,
            safe=deployment.safe,
            channels=deployment.channels,
            owner=owner,
            now=deployment.now,
            noted=lambda channel, outcome: SENT.labels(channel, outcome).inc(),
        )
        self._loops = [
            Loop("inbound", inbound.run_once, interval=0.25, wake=deployment.inbox.arrived),
            Loop("outbox", sender.run_once, interval=0.25),
            Loop("due", DueWorker(deployment).run_once, interval=0.5),
            Loop("journal", deployment.inbox.ship, interval=1.0),
            Loop("daily", Daily(deployment).run_once, interval=60.0),
            Loop("pulse", Pulse().run_once, interval=1.0),
        ]
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin; on SQLite whoever claimed an outbox entry before this start is dead."""
        if self._deployment.settings.embedded:
            await self._deployment.database.write(partial(outbox.mark_all_unknown))
        self._tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self._loops]

    async def stop(self) -> None:
        """Let every loop finish its round."""
        for loop in self._loops:
            loop.stop()
        await asyncio.gather(*self._tasks)
