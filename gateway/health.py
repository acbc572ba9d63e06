"""
Is it alive, can it work, and what do the figures say: `/healthz`, `/readyz`, `/metrics`.

`/healthz` answers as long as the event loop does, and names every alarm that rings with the page that says what to do.
`/readyz` asks database, journal and background loops and tells what fails; without Redis everything goes on, only
later, so that it is shown and no reason to be taken out of service. `/metrics` reads what waits when somebody asks.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.storage.figures import answers
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.watch.export import exposition
from gateway.watch.watch import WATCH, Ringing

_PATIENCE = 2.0


def setup_health(app: web.Application) -> None:
    """Mount the three."""
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)


async def _healthz(request: web.Request) -> web.Response:
    watch, limits = request.app[WATCH], request.app[DEPLOYMENT].settings.alarms
    alarms = [_shown(one, one.alarm.limit_in(limits)) for one in watch.ringing]
    looked = watch.looked_at.isoformat() if watch.looked_at else None
    return web.json_response({"ok": True, "alarms": alarms, "looked_at": looked})


def _shown(ringing: Ringing, limit: float) -> dict[str, Any]:
    alarm = ringing.alarm
    return {
        "name": alarm.name,
        "means": alarm.means,
        "value": round(ringing.value, 3),
        "limit": limit,
        "of": list(ringing.of),
        "since": ringing.since.isoformat(),
        "page": alarm.page,
    }


async def _readyz(request: web.Request) -> web.Response:
    deployment, watch = request.app[DEPLOYMENT], request.app[WATCH]
    dead = watch.dead_loops
    checks: dict[str, Any] = {
        "database": await _database_answers(deployment),
        "journal": await _journal_takes(deployment),
        "loops": not dead,
    }
    ready = all(checks.values())
    if deployment.events.connected is not None:
        checks["redis"] = deployment.events.connected
    told = {"ready": ready, "checks": checks} | ({"dead_loops": dead} if dead else {})
    return web.json_response(told, status=200 if ready else 503)


async def _database_answers(deployment: Deployment) -> bool:
    try:
        await asyncio.wait_for(deployment.database.read(answers), _PATIENCE)
    except Exception:  # whatever ails it, the answer is: not ready
        return False
    return True


async def _journal_takes(deployment: Deployment) -> bool:
    """Whether the folder of the local journal can be written: without it an outage of the database loses messages."""
    try:
        await asyncio.wait_for(asyncio.to_thread(_probe, deployment.settings.data / "journal"), _PATIENCE)
    except (OSError, TimeoutError):
        return False
    return True


def _probe(folder: Path) -> None:
    """Four kilobytes, so that a full disk is noticed although a name would still find room."""
    path = folder / f".ready-{os.getpid()}"
    with path.open("wb") as stream:
        stream.write(bytes(4096))
        stream.flush()
        os.fsync(stream.fileno())
    path.unlink(missing_ok=True)


async def _metrics(request: web.Request) -> web.Response:
    read = await exposition(request.app[WATCH], request.app[DEPLOYMENT])
    return web.Response(body=generate_latest() + read, headers={"Content-Type": CONTENT_TYPE_LATEST})
