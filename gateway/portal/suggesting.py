"""
`/phan-anh/goi-y`: while a report is written, which category its words hint at, and who has reported the same nearby.

What is typed comes as a form with its token, never in an address, and nothing of it is kept.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from aiohttp import web

from core.identity.codes import format_code
from core.service.public.nearby import Nearby, nearby
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.pages.formats import local_date
from gateway.pages.languages import say
from gateway.portal.fields import Filled, read_fields
from gateway.portal.handing_in import readable
from gateway.portal.shared import PORTAL, client_of

PAGE = "/phan-anh/goi-y"


async def suggest(request: web.Request) -> web.StreamResponse:
    """`category`: {id, label} or null; `near`: reports that may be followed instead, the nearest first."""
    portal, deployment = request.app[PORTAL], request.app[DEPLOYMENT]
    if portal.suggesting.wait(client_of(request), deployment.now()):
        raise web.HTTPTooManyRequests
    filled = read_fields(await request.post())
    category = await _hinted(deployment, filled)
    chosen = filled["category"] or category
    near = await _near(request, filled, chosen) if chosen else []
    known = deployment.regulation.current.intake.categories
    told = {"id": category, "label": say(request, known[category].label)} if category in known else None
    answer = {"category": told, "near": [_told(request, one) for one in near]}
    return web.json_response(answer, headers={"Cache-Control": "no-store"})


async def _hinted(deployment: Deployment, filled: Filled) -> str:
    sorter = await deployment.sorters.categories()
    found = await asyncio.to_thread(sorter.sort, readable(filled).raw)
    return found.guesses[0].label if found.sure else ""


async def _near(request: web.Request, filled: Filled, category: str) -> list[Nearby]:
    deployment, point = request.app[DEPLOYMENT], filled.point
    if point is None:
        return []
    now = deployment.now()
    look = partial(nearby, point=point, category=category, regulation=deployment.regulation, now=now)
    return await deployment.database.read(look)


def _told(request: web.Request, one: Nearby) -> dict[str, Any]:
    return {
        "code": one.code,
        "shown": format_code(one.code),
        "category": say(request, one.category),
        "stage": say(request, one.stage),
        "day": local_date(one.received_at),
        "away": one.away_m,
    }
