"""The account page: own sessions, password, second factor."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from aiohttp import web

from core.identity.passwords import weakness
from core.storage import people
from core.storage.database import Connection
from core.storage.people import SessionRow, UserRow
from gateway.auth import cookies, sessions
from gateway.auth.duties import duties_of
from gateway.auth.ending import tell_ended
from gateway.auth.errors import NotAllowed, TooManyAttempts
from gateway.auth.network import CLIENT
from gateway.auth.sessions import Opened
from gateway.auth.sign_in import WRONG_CODE, door_of, second_factor_of, text_of
from gateway.auth.staff import require_staff, staff_of
from gateway.auth.targets import ACCOUNT, SIGN_IN, see_other
from gateway.deployment import DEPLOYMENT
from gateway.pages import render

NOT_PROVED = "Mật khẩu hiện tại không đúng."
NOT_REPEATED = "Hai lần nhập mật khẩu mới không giống nhau."
DONE = {
    "mat-khau": "Đã đổi mật khẩu. Các phiên đăng nhập khác đã được kết thúc.",
    "phien": "Đã kết thúc phiên đăng nhập.",
    "thiet-bi": "Đã đổi thiết bị xác thực. Các phiên đăng nhập khác đã được kết thúc.",
}

log = structlog.get_logger()


@require_staff()
async def show_account(request: web.Request) -> web.Response:
    """Who I am here, and where I am signed in."""
    return await _page(request)


@require_staff()
async def change_password(request: web.Request) -> web.Response:
    """A new password, proved by the old one; every other session ends."""
    session, form, now = _session(request), await request.post(), request.app[DEPLOYMENT].now()
    new, repeated = text_of(form.get("new_password")), text_of(form.get("repeated_password"))
    try:
        user = await _prove_password(request, text_of(form.get("current_password")))
    except TooManyAttempts as error:
        return await _page(request, status=429, errors={"current_password": error.vi})
    if user is None:
        return await _page(request, status=422, errors={"current_password": NOT_PROVED})
    problem = weakness(new, login=user.login, display_name=user.display_name)
    if problem:
        return await _page(request, status=422, errors={"new_password": problem})
    if new != repeated:
        return await _page(request, status=422, errors={"repeated_password": NOT_REPEATED})
    opened = await door_of(request).change_password(user, new, second_factor=session.second_factor, now=now)
    log.info("password_changed", user=user.id)
    return _go_on(request, opened, done="mat-khau")


@require_staff()
async def end_session(request: web.Request) -> web.Response:
    """End one of my sessions; of this one too."""
    staff, deployment, form = staff_of(request), request.app[DEPLOYMENT], await request.post()
    id_hash = text_of(form.get("session"))
    await deployment.database.write(
        partial(sessions.revoke_own, user_id=staff.id, id_hash=id_hash, now=deployment.now())
    )
    tell_ended(deployment, staff.id)
    own = staff.session is not None and staff.session.id_hash == id_hash
    return see_other(SIGN_IN if own else f"{ACCOUNT}?xong=phien")


@require_staff()
async def end_all_sessions(request: web.Request) -> web.Response:
    """Sign out everywhere, here included."""
    staff, deployment = staff_of(request), request.app[DEPLOYMENT]
    await deployment.database.write(partial(people.revoke_sessions, user_id=staff.id, now=deployment.now()))
    tell_ended(deployment, staff.id)
    log.info("sessions_revoked", user=staff.id, outcome="own_wish")
    response = see_other(SIGN_IN)
    cookies.drop(request, response, name=cookies.SESSION)
    return response


@require_staff()
async def show_device(request: web.Request) -> web.Response:
    """The QR code for a new phone."""
    return await _device_page(request)


@require_staff()
async def change_device(request: web.Request) -> web.Response:
    """A new second factor, proved by the password and the new phone's first code; every other session ends."""
    session, form, now = _session(request), await request.post(), request.app[DEPLOYMENT].now()
    try:
        user = await _prove_password(request, text_of(form.get("current_password")))
        if user is None:
            return await _device_page(request, status=422, errors={"current_password": NOT_PROVED})
        right = await second_factor_of(request).enrol(user, session, text_of(form.get("code")), now=now)
    except TooManyAttempts as error:
        return await _device_page(request, status=429, errors={"code": error.vi})
    if not right:
        return await _device_page(request, status=422, errors={"code": WRONG_CODE})

    def start_afresh(connection: Connection) -> Opened:
        people.revoke_sessions(connection, user.id, now=now)
        return sessions.open_session(connection, user.id, second_factor=True, now=now)

    opened = await request.app[DEPLOYMENT].database.write(start_afresh)
    log.info("second_factor_changed", user=user.id)
    return _go_on(request, opened, done="thiet-bi")


async def _page(request: web.Request, *, status: int = 200, errors: dict[str, str] | None = None) -> web.Response:
    deployment, session = request.app[DEPLOYMENT], _session(request)
    user_id = session.user_id

    def read(connection: Connection) -> dict[str, Any]:
        return {
            "user": people.user_by_id(connection, user_id),
            "sessions": sessions.living(connection, user_id, now=deployment.now()),
        }

    return render(
        request,
        "auth/account.html",
        status=status,
        errors=errors or {},
        this_session=session,
        duties=duties_of(staff_of(request), deployment.regulation),
        done=DONE.get(request.query.get("xong", ""), ""),
        **await deployment.database.read(read),
    )


async def _device_page(
    request: web.Request, *, status: int = 200, errors: dict[str, str] | None = None
) -> web.Response:
    session = _session(request)
    user = await _user(request)
    enrolment = await second_factor_of(request).enrolment(user, session)
    return render(request, "auth/device.html", status=status, errors=errors or {}, enrolment=enrolment)


async def _prove_password(request: web.Request, password: str) -> UserRow | None:
    """The own account, if the password is right. Raises TooManyAttempts."""
    staff, now = staff_of(request), request.app[DEPLOYMENT].now()
    return await door_of(request).check(staff.login, password, client=request[CLIENT], now=now)


async def _user(request: web.Request) -> UserRow:
    return await request.app[DEPLOYMENT].database.read(partial(people.user_by_id, user_id=staff_of(request).id))


def _session(request: web.Request) -> SessionRow:
    """The browser's session: programs with a token have no account page. Raises NotAllowed."""
    session = staff_of(request).session
    if session is None:
        raise NotAllowed("only for a browser that is signed in")
    return session


def _go_on(request: web.Request, opened: Opened, *, done: str) -> web.Response:
    response = see_other(f"{ACCOUNT}?xong={done}")
    cookies.put(request, response, name=cookies.SESSION, value=opened.cookie)
    return response
