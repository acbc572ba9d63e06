"""`/du-lieu-cua-ban`: what we know of whoever writes to us, who sees it, how long, and what their rights are (VN-4)."""

from __future__ import annotations

from aiohttp import web

from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.workers.sweeps import FOLLOWERS

PAGE = "/du-lieu-cua-ban"


async def show_data_use(request: web.Request) -> web.StreamResponse:
    """The page; the times it names are this deployment's own."""
    settings = request.app[DEPLOYMENT].settings
    return render(
        request,
        "portal/data_use.html",
        retention=settings.retention,
        followers_days=FOLLOWERS.days,
        calls=settings.takes_calls,
        processors=settings.personal_data.processors,
    )
