"""Open work of an agency or an official goes to a successor, said in the log with who did it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from aiohttp import web

from core.service.offices import HandedOver, OpenWork
from gateway.admin.services import successions_of
from gateway.auth import staff_of
from gateway.deployment import DEPLOYMENT

log = structlog.get_logger()


async def give(request: web.Request, work: Sequence[OpenWork], *, reason: str, **whom: str) -> HandedOver:
    """What came of it. Args: whom: as of `Successions.hand_over`. Raises: OfficeRefused · NotFound."""
    by = staff_of(request).id
    done = await successions_of(request.app[DEPLOYMENT]).hand_over(work, reason=reason, by=by, **whom)
    log.info("work_handed_over", cases=len(done.done), refused=len(done.refused), by=by)
    return done
