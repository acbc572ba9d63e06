"""
Every form proves that it stands on a page of ours.

Staff: a random token of their session. Visitors: the SHA-256 of a random cookie that scripts cannot read. The token
comes back as the form field `csrf` or, from htmx and our modules, as the header `X-CSRF-Token`. Browsers also say
where a request comes from (Sec-Fetch-Site); another site is refused whatever it knows.
"""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web

from gateway.auth import cookies
from gateway.auth.errors import CsrfRefused, NotSignedIn
from gateway.auth.staff import current_session, current_staff
from gateway.auth.targets import HOME

FIELD = "csrf"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MACHINES = ("/api/", "/hooks/", "/open311/", "/oauth/", "/thong-bao/dung-nhan/")
"""Doors of programs, mail programs among them: only a signed-in browser has to show its token."""

VISITOR = web.RequestKey("visitor", str)


def csrf_token(request: web.Request) -> str:
    """The token for forms on the page that answers this request; a visitor gets a cookie with it."""
    session = current_session(request)
    if session is not None:
        return session.csrf
    if VISITOR not in request:
        request[VISITOR] = cookies.read(request, cookies.VISITOR) or cookies.fresh()
    return _visitor_token(request[VISITOR])


async def check_csrf(request: web.Request) -> None:
    """Let a changing request pass only with its token. Raises CsrfRefused; NotSignedIn where a session has ended."""
    if request.method in SAFE_METHODS or not _browser_is_trusted(request):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CsrfRefused("the request comes from another site")
    expected, given = _expected(request), await _given(request)
    if not (expected and hmac.compare_digest(expected.encode(), given.encode())):
        if (
            request.path.startswith(HOME)
            and cookies.read(request, cookies.SESSION)
            and current_session(request) is None
        ):
            raise NotSignedIn("the session has ended")
        raise CsrfRefused("token missing or wrong")


def keep_visitor(request: web.Request, response: web.StreamResponse) -> None:
    """Hand the visitor's cookie over with the page that carries the token; before the answer begins to leave."""
    if VISITOR in request and cookies.read(request, cookies.VISITOR) != request[VISITOR]:
        cookies.put(request, response, name=cookies.VISITOR, value=request[VISITOR])


def _browser_is_trusted(request: web.Request) -> bool:
    """Whether a cookie gives this request any standing; a program's token never travels by itself."""
    staff = current_staff(request)
    if staff is not None and staff.token_id:
        return False
    return current_session(request) is not None or not request.path.startswith(MACHINES)


def _expected(request: web.Request) -> str:
    session = current_session(request)
    if session is not None:
        return session.csrf
    visitor = cookies.read(request, cookies.VISITOR)
    return _visitor_token(visitor) if visitor else ""


async def _given(request: web.Request) -> str:
    header = request.headers.get(HEADER)
    if header is not None:
        return header
    if request.content_type not in FORM_TYPES:
        return ""
    try:
        field = (await request.post()).get(FIELD, "")
    except (ValueError, LookupError) as error:  # broken multipart, unknown charset
        raise web.HTTPBadRequest from error
    return field if isinstance(field, str) else ""


def _visitor_token(cookie: str) -> str:
    return hashlib.sha256(b"langnghe/csrf/v1:" + cookie.encode()).hexdigest()
