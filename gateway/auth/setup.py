"""Mounts the sign-in pages and keeps what they share for the life of the application."""

from __future__ import annotations

from aiohttp import web

from core.identity.passwords import Passwords
from gateway.auth.door import HASHING, Hashing
from gateway.auth.limits import TURNSTILE, Turnstile


def setup_auth(app: web.Application, *, passwords: Passwords | None = None) -> None:
    """
    Mount sign-in, second factor, sign-out and the account page under /console.

    The pages draw with `gateway.pages`, which asks this package who is signed in; hence the late import.
    """
    from gateway.auth.routes import add_routes

    app[HASHING] = Hashing(passwords or Passwords())
    app[TURNSTILE] = Turnstile()
    add_routes(app)
