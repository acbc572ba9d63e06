"""Finds out, once per request, who is asking: by API token, else by session cookie."""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from core.storage import people
from core.storage.people import SessionRow
from gateway.auth import cookies, sessions, tokens
from gateway.auth.sessions import TOUCH_EVERY, Found
from gateway.auth.staff import PENDING, STAFF, Staff
from gateway.deployment import DEPLOYMENT, Deployment

NOBODY_ASKS = ("/static/", "/hooks/", "/open311/", "/api/v1/app/", "/healthz", "/readyz", "/metrics", "/favicon")
"""Doors at which nobody is signed in: no look into the database for them."""

_ONE_CASE = "/console/ho-so/"
NOT_BY_LINK = ("xem-nguoi-phan-anh", "goi-nguoi-phan-anh", "van-ban")
"""What a link in a message does not open: names, numbers, calls to the reporter, letters with names."""

log = structlog.get_logger()


async def identify(request: web.Request) -> None:
    """Put the member of staff, or the session that waits for its second factor, on the request."""
    if request.path.startswith(NOBODY_ASKS) or STAFF in request:
        return
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == tokens.SCHEME:
        await _by_token(request, secret.strip())
    elif cookie := cookies.read(request, cookies.SESSION):
        await _by_cookie(request, cookie)


async def _by_token(request: web.Request, secret: str) -> None:
    deployment = request.app[DEPLOYMENT]
    staff = await deployment.small_reads.read(partial(tokens.owner, secret=secret, now=deployment.now()))
    if staff is not None:
        request[STAFF] = staff


async def _by_cookie(request: web.Request, cookie: str) -> None:
    deployment = request.app[DEPLOYMENT]
    found = await deployment.small_reads.read(partial(sessions.find, cookie=cookie, now=deployment.now()))
    if found is None or not _reaches(found.session, request.path):
        return
    if not found.user.active:
        await _sign_out_everywhere(deployment, found.user.id)
        return
    if found.is_complete(second_factor_required=deployment.settings.require_second_factor):
        user = found.user
        request[STAFF] = Staff(
            user.id,
            user.login,
            user.display_name,
            found.grants,
            session=found.session,
            borrowed=found.borrowed,
        )
        await _touch(deployment, found)
    elif deployment.now() - found.session.created_at < sessions.UNFINISHED:
        request[PENDING] = found.session


def _reaches(session: SessionRow, path: str) -> bool:
    """Whether a session is good there: one that a link opened only for its case, and never for who reported it."""
    if not session.case_id:
        return True
    page, _, rest = path.removeprefix(_ONE_CASE).partition("/")
    return path.startswith(_ONE_CASE) and page == session.case_id and not rest.startswith(NOT_BY_LINK)


async def _touch(deployment: Deployment, found: Found) -> None:
    """Remember the use, once a minute at most: reading a page shall not cost a write."""
    now = deployment.now()
    if now - found.session.seen_at >= TOUCH_EVERY:
        await deployment.database.write(partial(people.touch_session, id_hash=found.session.id_hash, now=now))


async def _sign_out_everywhere(deployment: Deployment, user_id: str) -> None:
    ended = await deployment.database.write(partial(people.revoke_sessions, user_id=user_id, now=deployment.now()))
    log.info("sessions_revoked", user=user_id, outcome="deactivated", count=ended)
