"""
Security headers on every answer, streamed ones and websockets included.

Scripts and styles come from our own files only, nothing inline; nobody may frame us. A handler that needs more sets
its own header first: what is there already stays.
"""

from __future__ import annotations

from aiohttp import web

from gateway.deployment import DEPLOYMENT

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()"),
)
TWO_YEARS = "max-age=63072000"
IS_PREPARED = web.RequestKey("is_prepared", bool)
"""Set once an answer has begun to leave."""


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`."""
    request[IS_PREPARED] = True
    for name, value in ALWAYS:
        response.headers.setdefault(name, value)
    if request.app[DEPLOYMENT].settings.public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
