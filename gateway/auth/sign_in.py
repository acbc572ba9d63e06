"""Pages of the way in and out: password, second factor (and its first set-up), sign-out."""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from core.privacy.errors import Erased, Tampered
from core.storage import people
from core.storage.people import SessionRow, UserRow
from gateway.auth import cookies, sessions
from gateway.auth.door import HASHING, Door, normal_login
from gateway.auth.ending import tell_ended
from gateway.auth.errors import TooManyAttempts
from gateway.auth.limits import TURNSTILE
from gateway.auth.network import CLIENT
from gateway.auth.second_factor import SecondFactor
from gateway.auth.staff import PENDING, current_session, current_staff
from gateway.auth.targets import FIELD, HOME, SECOND_FACTOR, SIGN_IN, safe_target, see_other, with_target
from gateway.deployment import DEPLOYMENT
from gateway.pages import render

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
WRONG_CODE = "Mã xác thực không đúng hoặc đã được dùng. Vui lòng nhập mã mới trên điện thoại."
UNREADABLE = "Không đọc được thiết bị xác thực của tài khoản. Vui lòng đề nghị quản trị viên đặt lại."

log = structlog.get_logger()


def door_of(request: web.Request) -> Door:
    """The door of this deployment."""
    return Door(request.app[DEPLOYMENT].database, request.app[HASHING], request.app[TURNSTILE])


def second_factor_of(request: web.Request) -> SecondFactor:
    """The second factor of this deployment."""
    deployment = request.app[DEPLOYMENT]
    return SecondFactor(deployment.database, deployment.safe, request.app[TURNSTILE])


async def show_sign_in(request: web.Request) -> web.Response:
    """The form; who is signed in already goes on."""
    target = safe_target(request.query.get(FIELD, HOME))
    if current_staff(request) is not None:
        return see_other(target)
    return _form(request, target)


async def sign_in(request: web.Request) -> web.Response:
    """Check login and password; the same answer whatever was wrong with them."""
    form = await request.post()
    login, target = normal_login(text_of(form.get("login"))), safe_target(text_of(form.get(FIELD)))
    now = request.app[DEPLOYMENT].now()
    try:
        user = await door_of(request).check(login, text_of(form.get("password")), client=request[CLIENT], now=now)
    except TooManyAttempts as error:
        log.warning("sign_in_refused", outcome="waiting")
        return _form(request, target, login=login, status=429, error=error.vi)
    if user is None:
        log.info("sign_in_refused", outcome="wrong")
        return _form(request, target, login=login, status=422, error=WRONG)
    opened = await door_of(request).enter(user, now=now)
    required = request.app[DEPLOYMENT].settings.require_second_factor
    complete = not required and user.totp_sealed is None
    log.info("password_accepted", user=user.id, outcome="signed_in" if complete else "second_factor")
    response = see_other(target if complete else with_target(SECOND_FACTOR, target))
    cookies.put(request, response, name=cookies.SESSION, value=opened.cookie)
    return response


async def show_second_factor(request: web.Request) -> web.Response:
    """The form for the code, at the first time with the QR code."""
    session = request.get(PENDING)
    if session is None:
        return see_other(HOME if current_staff(request) else SIGN_IN)
    target = safe_target(request.query.get(FIELD, HOME))
    return await _second_form(request, await _user(request, session), session, target=target)


async def give_second_factor(request: web.Request) -> web.Response:
    """Check the code, or set the second factor up with it; then replace the session by a complete one."""
    session = request.get(PENDING)
    if session is None:
        return see_other(HOME if current_staff(request) else SIGN_IN)
    form, user = await request.post(), await _user(request, session)
    target, now = safe_target(text_of(form.get(FIELD))), request.app[DEPLOYMENT].now()
    factor, code = second_factor_of(request), text_of(form.get("code"))
    try:
        right = await (
            factor.check(user, code, now=now) if user.totp_sealed else factor.enrol(user, session, code, now=now)
        )
    except TooManyAttempts as error:
        log.warning("second_factor_refused", user=user.id, outcome="waiting")
        return await _second_form(request, user, session, target=target, status=429, error=error.vi)
    except (Erased, Tampered):
        log.exception("second_factor_unreadable", user=user.id)
        return await _second_form(request, user, session, target=target, status=422, error=UNREADABLE)
    if not right:
        log.info("second_factor_refused", user=user.id, outcome="wrong")
        return await _second_form(request, user, session, target=target, status=422, error=WRONG_CODE)
    opened = await request.app[DEPLOYMENT].database.write(
        partial(sessions.replace_session, old=session, second_factor=True, now=now)
    )
    log.info("staff_signed_in", user=user.id)
    response = see_other(target)
    cookies.put(request, response, name=cookies.SESSION, value=opened.cookie)
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End this session, complete or not."""
    session = current_session(request)
    if session is not None:
        deployment = request.app[DEPLOYMENT]
        await deployment.database.write(partial(people.revoke_session, id_hash=session.id_hash, now=deployment.now()))
        tell_ended(deployment, session.user_id)
    response = see_other(SIGN_IN)
    cookies.drop(request, response, name=cookies.SESSION)
    return response


def _form(request: web.Request, target: str, *, login: str = "", status: int = 200, error: str = "") -> web.Response:
    return render(request, "auth/sign_in.html", status=status, target=target, login=login, error=error)


async def _second_form(
    request: web.Request, user: UserRow, session: SessionRow, *, target: str, status: int = 200, error: str = ""
) -> web.Response:
    enrolment = None if user.totp_sealed else await second_factor_of(request).enrolment(user, session)
    return render(
        request, "auth/second_factor.html", status=status, target=target, user=user, enrolment=enrolment, error=error
    )


async def _user(request: web.Request, session: SessionRow) -> UserRow:
    return await request.app[DEPLOYMENT].database.read(partial(people.user_by_id, user_id=session.user_id))


def text_of(value: object) -> str:
    """A form field's text; a missing field or a file is an empty one."""
    return value if isinstance(value, str) else ""
