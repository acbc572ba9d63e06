"""Puts the pages' common ground into an application."""

from __future__ import annotations

from aiohttp import web

from gateway.pages.assets import ASSETS, add_asset_routes, collect_assets
from gateway.pages.environment import ENVIRONMENT, build_environment
from gateway.pages.headers import add_security_headers
from gateway.pages.navigation import CONSOLE_MENU, PUBLIC_MENU, Menu


def setup_pages(app: web.Application) -> None:
    """Templates, static files, security headers and the two (still empty) menus. ConfigError: no front-end packages."""
    app[ENVIRONMENT] = build_environment()
    app[ASSETS] = collect_assets()
    app[PUBLIC_MENU] = Menu()
    app[CONSOLE_MENU] = Menu()
    app.on_response_prepare.append(add_security_headers)
    add_asset_routes(app)
