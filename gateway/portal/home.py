"""`/`: what this is, how to report, how to follow, and what came of the reports of others."""

from __future__ import annotations

from aiohttp import web

from core.service.public import Wanted
from core.service.public_notices import RINGING
from core.storage.public_notices import NoticeRow
from gateway.auth.apps import apps
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.pages import render
from gateway.portal.public_notices import KINDS, notices_of
from gateway.portal.shared import PORTAL
from gateway.portal.utilities import utilities_of

LATEST = 3
NOTICES = 3
"""Of those that warn of nothing; what warns is always shown."""

ROBOTS = """User-agent: *
Disallow: /tra-cuu
Disallow: /phan-anh/da-gui
Disallow: /console
Disallow: /api/
"""


async def show_home(request: web.Request) -> web.StreamResponse:
    """The first page."""
    deployment, portal = request.app[DEPLOYMENT], request.app[PORTAL]
    latest = await portal.desk.published(Wanted(), most=LATEST)
    pack = deployment.regulation.current
    known = await deployment.database.read(apps)
    return render(
        request,
        "portal/home.html",
        latest=latest.rows,
        lines=portal.rules.emergency_lines,
        channels=_other_ways(deployment, has_app=any(not one.ended for one in known)),
        declined_public=pack.publication.declined_public,
        notices=_first(await notices_of(deployment).in_force()),
        kinds=KINDS,
        utilities=utilities_of(deployment),
    )


def _first(notices: list[NoticeRow]) -> list[NoticeRow]:
    """Every warning, and a few of the others."""
    warnings = [row for row in notices if row.kind in RINGING]
    return warnings + notices[len(warnings) : len(warnings) + NOTICES]


def _other_ways(deployment: Deployment, *, has_app: bool) -> list[tuple[str, str]]:
    """
    (label, address) of the other channels that are switched on in this deployment, as the regulation names them.

    `has_app`: an app of the province's own has a key.
    """
    named = deployment.regulation.current.intake.channels
    ours = {"email": deployment.settings.email.address}
    ways = [(key, channel.label, ours.get(key, channel.address)) for key, channel in named.items()]
    on = {key for key in deployment.channels if key != "web" and (key != "app" or has_app)}
    return [(label, address) for key, label, address in ways if key in on and address]


async def show_robots(request: web.Request) -> web.StreamResponse:
    """What search engines leave alone."""
    return web.Response(text=ROBOTS, headers={"Cache-Control": "public, max-age=86400"})
