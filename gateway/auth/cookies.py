"""
The two cookies: the session of staff, and a random value that ties forms of visitors without an account to their
browser.

Both are HttpOnly, SameSite=Lax and of this host only. With https they are Secure and carry the prefix `__Host-`, which
keeps neighbours on the same domain from planting them.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from aiohttp import web

from gateway.deployment import DEPLOYMENT

RANDOM_BYTES = 32
SESSION = "langnghe"
VISITOR = "langnghe_visitor"


def fresh() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def read(request: web.Request, name: str) -> str:
    """The value of one of our cookies, or an empty text."""
    return request.cookies.get(_full_name(request, name), "")


def put(
    request: web.Request, response: web.StreamResponse, *, name: str, value: str, lasts: timedelta | None = None
) -> None:
    """Set a cookie that lives until the browser closes, or for as long as it `lasts`; the server may end it earlier."""
    response.set_cookie(
        _full_name(request, name),
        value,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_is_secure(request),
        max_age=int(lasts.total_seconds()) if lasts else None,
    )


def drop(request: web.Request, response: web.StreamResponse, *, name: str) -> None:
    """Remove a cookie."""
    response.del_cookie(_full_name(request, name), path="/", httponly=True, samesite="Lax", secure=_is_secure(request))


def _full_name(request: web.Request, name: str) -> str:
    return f"__Host-{name}" if _is_secure(request) else name


def _is_secure(request: web.Request) -> bool:
    return request.app[DEPLOYMENT].settings.public_url.startswith("https://")
