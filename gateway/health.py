"""
Is it alive, can it work, and what do the figures say: `/healthz`, `/readyz`, `/metrics`.

`/healthz` answers as long as the event loop does. `/readyz` asks the database and tells what fails; without Redis
everything goes on, only later, so that it is shown and no reason to be taken out of service. `/metrics` reads
the gauges of what waits when somebody asks for them.
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.storage import cases, inbox_queue, outbox
from gateway import metrics
from gateway.deployment import DEPLOYMENT, Deployment

_PATIENCE = 2.0


def setup_health(app: web.Application) -> None:
    """Mount the three."""
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _readyz(request: web.Request) -> web.Response:
    deployment = request.app[DEPLOYMENT]
    ready = await _database_answers(deployment)
    checks = {"database": ready}
    if deployment.events.connected is not None:
        checks["redis"] = deployment.events.connected
    return web.json_response({"ready": ready, "checks": checks}, status=200 if ready else 503)


async def _database_answers(deployment: Deployment) -> bool:
    try:
        await asyncio.wait_for(deployment.database.read(inbox_queue.inbox_state), _PATIENCE)
    except Exception:  # whatever ails it, the answer is: not ready
        return False
    return True


async def _metrics(request: web.Request) -> web.Response:
    deployment = request.app[DEPLOYMENT]
    metrics.JOURNAL_EMPTY.set(1 if deployment.journal.empty else 0)
    try:
        await asyncio.wait_for(_read_gauges(deployment), _PATIENCE)
    except Exception:  # figures of a database that is away are missing, not fatal: counters still tell
        metrics.DATABASE_UP.set(0)
    else:
        metrics.DATABASE_UP.set(1)
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _read_gauges(deployment: Deployment) -> None:
    now = deployment.now()
    waiting = await deployment.database.read(inbox_queue.inbox_state)
    metrics.INBOX_WAITING.set(waiting.waiting)
    metrics.INBOX_OLDEST.set((now - waiting.oldest).total_seconds() if waiting.oldest else 0)
    metrics.INBOX_QUARANTINED.set(waiting.quarantined)
    unsent = await deployment.database.read(outbox.outbox_state)
    metrics.OUTBOX_PENDING.set(unsent.pending)
    metrics.OUTBOX_OLDEST.set((now - unsent.oldest).total_seconds() if unsent.oldest else 0)
    metrics.OUTBOX_UNKNOWN.set(unsent.unknown)
    metrics.OUTBOX_FAILED.set(unsent.failed)
    due = await deployment.database.read(cases.oldest_due)
    metrics.CLOCK_OVERDUE.set(max(0.0, (now - due).total_seconds()) if due else 0)
    metrics.CALENDAR_DAYS.set((deployment.regulation.calendar(now).exhausts_on() - now.date()).days)
