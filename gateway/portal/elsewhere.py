"""What is never ours to keep (khiếu nại, tố cáo, corruption): noticed before anything is stored, and only counted."""

from __future__ import annotations

import asyncio
from functools import partial

from aiohttp import web

from channels.web.adapter import CHANNEL
from core.clock.zone import local
from core.intake.rules import DiversionKind
from core.intake.signals.diversion import read_diversion
from core.storage import conversations
from gateway.deployment import DEPLOYMENT
from gateway.portal.fields import Filled
from gateway.portal.handing_in import readable
from gateway.portal.shared import PORTAL


async def belongs_elsewhere(filled: Filled) -> DiversionKind | None:
    """Which kind of what we may not take this is, if it is one (VN-1, VN-2)."""
    return await asyncio.to_thread(read_diversion, readable(filled))


async def send_elsewhere(request: web.Request, kind: DiversionKind, *, channel: str = CHANNEL) -> str:
    """Count it, and keep nothing else of it; where to go instead, in the regulation's words."""
    deployment = request.app[DEPLOYMENT]
    day = local(deployment.now()).date().isoformat()
    await deployment.database.write(partial(conversations.count_diversion, kind=kind.value, channel=channel, day=day))
    return request.app[PORTAL].rules.elsewhere.get(kind, "")
