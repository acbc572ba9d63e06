"""
`/viec/{token}`: an official opens one case from a message on their phone.

The page asks for one tap before anything is opened: programs that look at links in messages open nothing. What is
opened is a session for this case alone; everywhere else its reader is not signed in.
"""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from core.cases.commands import REGISTRY
from core.contract.errors import NotFound
from core.service.actors import Member
from core.service.case_links import PATTERN, Opened
from core.storage import people
from core.storage.database import Connection
from gateway.auth import cookies, current_staff, sessions
from gateway.auth.targets import see_other
from gateway.console.shared import CASES, CONSOLE
from gateway.deployment import DEPLOYMENT
from gateway.pages import render

PAGE = "/viec"
DONE = f"{PAGE}/xong"
"""Where a move leads that has taken the case out of its reader's sight: their session is good for nothing else."""
ENDED = "Liên kết này không còn dùng được. Vui lòng đăng nhập để xem việc của anh/chị."

log = structlog.get_logger()


def mount(router: web.UrlDispatcher) -> None:
    """The page that asks for a tap, the tap, and the page after the last move."""
    router.add_get(f"{PAGE}/{{token:{PATTERN}}}", ask)
    router.add_post(f"{PAGE}/{{token:{PATTERN}}}", enter)
    router.add_get(DONE, show_done)


async def ask(request: web.Request) -> web.StreamResponse:
    """Whoever is signed in already goes on to the case; everybody else is asked for one tap."""
    opened = _opened(request)
    staff = current_staff(request)
    if opened is not None and staff is not None and not staff.one_case:
        return see_other(f"{CASES}/{opened.case_id}")
    return _page(request, opened is not None)


async def enter(request: web.Request) -> web.StreamResponse:
    """Open a session for the case, if its reader still is an official with a part in it; noted (VN-4)."""
    deployment, opened = request.app[DEPLOYMENT], _opened(request)
    if opened is None or not await _may(request, opened):
        return _page(request, False)

    def write(connection: Connection) -> str:
        now = deployment.now()
        people.log_access(connection, user_id=opened.user_id, what="case_link", ref=opened.case_id, now=now)
        begun = sessions.open_session(connection, opened.user_id, second_factor=True, now=now, case_id=opened.case_id)
        return begun.cookie

    cookie = await deployment.database.write(write)
    response = see_other(f"{CASES}/{opened.case_id}")
    cookies.put(request, response, name=cookies.SESSION, value=cookie)
    log.info("case_link_used", user=opened.user_id, case=opened.case_id)
    return response


async def show_done(request: web.Request) -> web.StreamResponse:
    """That the move was carried out; nothing of the case."""
    command = request.query.get("xong", "")
    return _page(request, True, done=REGISTRY[command].label if command in REGISTRY else "")


def _opened(request: web.Request) -> Opened | None:
    return request.app[DEPLOYMENT].clerk.case_links.open(request.match_info["token"])


async def _may(request: web.Request, opened: Opened) -> bool:
    """Whether this official still has an account, and may see the case."""
    deployment = request.app[DEPLOYMENT]
    try:
        user = await deployment.database.read(partial(people.user_by_id, user_id=opened.user_id))
        grants, _ = await deployment.database.read(partial(sessions.held, user_id=user.id, now=deployment.now()))
        await request.app[CONSOLE].reader.case(opened.case_id, Member(user.id, grants))
    except NotFound:
        return False
    return user.active


def _page(request: web.Request, good: bool, *, done: str | None = None) -> web.Response:
    """`done`: what was carried out, once it was."""
    status = 200 if good else 410
    response = render(request, "console/one_case.html", status=status, good=good, done=done, ended=ENDED)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
