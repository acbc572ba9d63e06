"""Builds the web application of one deployment: every part mounts its own routes, nothing else is decided here."""

from __future__ import annotations

from aiohttp import web

from gateway.api.setup import setup_api
from gateway.auth.setup import setup_auth
from gateway.console.setup import setup_console
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.health import setup_health
from gateway.hooks import setup_hooks
from gateway.middleware import middlewares
from gateway.open311.setup import setup_open311
from gateway.pages.setup import setup_pages
from gateway.portal.setup import setup_portal
from gateway.sandbox.link import setup_sandbox_link
from gateway.voice.hooks import setup_voice
from gateway.watch.watch import WATCH, Watch


def create_app(deployment: Deployment, watch: Watch | None = None) -> web.Application:
    """The portal, the console, the API, sign-in and the operators' three paths; `watch` looks at what runs beside."""
    limit = deployment.settings.http.max_body_mb * 1024 * 1024
    app = web.Application(middlewares=middlewares(deployment), client_max_size=limit)
    app[DEPLOYMENT] = deployment
    app[WATCH] = watch or Watch(deployment)
    for setup in (setup_health, setup_hooks, setup_pages, setup_auth):
        setup(app)
    setup_portal(app, tiles=deployment.settings.portal.tiles, credit=deployment.settings.portal.credit)
    setup_sandbox_link(app)
    setup_voice(app)
    setup_console(app)
    setup_api(app)
    setup_open311(app)
    return app
