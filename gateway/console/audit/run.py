"""The proof over the whole archive, run beside everything else: minutes on a million cases, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from channels.tasks import ended
from core.storage import upkeep
from gateway.admin.actions.upkeep import verify
from gateway.deployment import Deployment

log = structlog.get_logger()


class AuditRun:
    """Whether one is on its way, and what the last one found; the newest figures of all processes are in the store."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._task: asyncio.Task[None] | None = None
        self.since: datetime | None = None
        self.findings: list[Mapping[str, str]] = []

    @property
    def is_on(self) -> bool:
        """It has not ended yet."""
        return self._task is not None and not self._task.done()

    def begin(self) -> None:
        """Start, unless one is on its way."""
        if not self.is_on:
            self.since = self._deployment.now()
            self._task = asyncio.create_task(self._verify(), name="audit")

    async def _verify(self) -> None:
        try:
            report: dict[str, Any] = await verify(self._deployment, {})
        except Exception:  # the outermost of this task: told, and the page shows the last figures as they were
            log.exception("audit_broke_off")
            return
        self.findings = report["findings"]

    async def last(self) -> dict[str, Any] | None:
        """When it was last done, over how many cases, with how many findings; None: never."""
        return (await self._deployment.database.read(upkeep.noted)).get(upkeep.AUDIT)

    async def stop(self, _app: web.Application) -> None:
        """The process ends; nothing is written by a proof."""
        if self._task is not None:
            await ended(self._task)


AUDIT_RUN = web.AppKey("audit_run", AuditRun)
