"""`/sandbox` of the gateway leads to the page of the process beside it; in demo mode, while that runs."""

from __future__ import annotations

from aiohttp import web

from gateway.deployment import DEPLOYMENT

PAGE = "/sandbox"


def setup_sandbox_link(app: web.Application) -> None:
    """Nothing at all in production."""
    settings = app[DEPLOYMENT].settings
    if settings.mode == "demo" and settings.sandbox.page:
        app.router.add_get(PAGE, _lead_there)


async def _lead_there(request: web.Request) -> web.StreamResponse:
    port = request.app[DEPLOYMENT].settings.sandbox.page
    raise web.HTTPFound(f"http://127.0.0.1:{port}{PAGE}")
