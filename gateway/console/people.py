"""`/console/nguoi-dung`: accounts of staff, their roles, and the way back in for who has lost it."""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from core.service.actors import ADMIN
from core.service.offices import OfficeRefused, check_alone, identity_of
from core.storage import people
from core.storage.database import Connection
from gateway.admin.services import successions_of
from gateway.auth import accounts, require_staff, staff_of
from gateway.auth.door import HASHING, normal_login
from gateway.auth.ending import tell_ended
from gateway.auth.targets import see_other
from gateway.console.roster import (
    agency_of,
    around,
    choices,
    everybody,
    fresh_password,
    grant_errors,
    person_errors,
    somebody,
)
from gateway.console.shared import line_of, show
from gateway.deployment import DEPLOYMENT, Deployment

PAGE = "/console/nguoi-dung"
ONESELF = "Anh/chị không tự khóa tài khoản hoặc tự bỏ vai trò quản trị của mình; việc này do quản trị viên khác làm."

log = structlog.get_logger()


@require_staff(ADMIN)
async def show_people(request: web.Request) -> web.StreamResponse:
    """Every account, by log-in name."""
    deployment = request.app[DEPLOYMENT]
    return show(request, "people.html", rows=await deployment.database.read(partial(everybody, deployment=deployment)))


@require_staff(ADMIN)
async def show_new(request: web.Request) -> web.StreamResponse:
    """The form of a new account."""
    return _new_page(request)


@require_staff(ADMIN)
async def add(request: web.Request) -> web.StreamResponse:
    """A new account with a first role; its password is made here and shown once."""
    deployment, form = request.app[DEPLOYMENT], await request.post()
    typed = {name: line_of(form.get(name)) for name in ("login", "name", "staff_number", "role", "agency")}
    login = normal_login(typed["login"])
    errors = person_errors(login, typed["name"]) | grant_errors(deployment, typed["role"], typed["agency"])
    taken = await deployment.database.read(partial(people.user_by_login, login=login)) is not None
    if taken:
        errors |= {"login": "Tên đăng nhập này đã có người dùng."}
    identity = ""
    try:
        identity = identity_of(deployment.safe.blind, typed["staff_number"])
        await deployment.database.read(partial(check_alone, identity_blind=identity))
    except OfficeRefused as refused:
        errors |= {"staff_number": refused.vi}
    if errors:
        return _new_page(request, typed=typed, errors=errors, status=422)
    password = fresh_password()
    row = await accounts.create_user(
        deployment.database,
        request.app[HASHING],
        login=login,
        display_name=typed["name"],
        password=password,
        grants=[(typed["role"], agency_of(deployment, typed))],
        identity_blind=identity,
        now=deployment.now(),
    )
    log.info("user_added", user=row.id, by=staff_of(request).id)
    return await person_page(request, row.id, password=password)


@require_staff(ADMIN)
async def show_person(request: web.Request) -> web.StreamResponse:
    """One account."""
    return await person_page(request, request.match_info["user"])


@require_staff(ADMIN)
async def grant(request: web.Request) -> web.StreamResponse:
    """One more role."""
    deployment, form, user = request.app[DEPLOYMENT], await request.post(), request.match_info["user"]
    typed = {name: line_of(form.get(name)) for name in ("role", "agency")}
    if errors := grant_errors(deployment, typed["role"], typed["agency"]):
        return await person_page(request, user, errors=errors, typed=typed, status=422)
    held = typed["role"], agency_of(deployment, typed)

    def write(connection: Connection) -> None:
        people.user_by_id(connection, user)
        if held not in people.grants(connection, user):
            people.grant(connection, user, role=held[0], agency_id=held[1])

    await deployment.database.write(write)
    log.info("role_granted", user=user, role=held[0], agency=held[1], by=staff_of(request).id)
    return _back(user, "them-vai-tro")


@require_staff(ADMIN)
async def revoke(request: web.Request) -> web.StreamResponse:
    """Take a role away; the own administration is somebody else's to take."""
    deployment, form, user = request.app[DEPLOYMENT], await request.post(), request.match_info["user"]
    role, agency = line_of(form.get("role")), line_of(form.get("agency"))
    if user == staff_of(request).id and role == ADMIN:
        return await person_page(request, user, problem=ONESELF, status=409)
    await deployment.database.write(partial(people.revoke_grant, user_id=user, role=role, agency_id=agency))
    tell_ended(deployment, user)
    log.info("role_revoked", user=user, role=role, agency=agency, by=staff_of(request).id)
    return _back(user, "bot-vai-tro")


@require_staff(ADMIN)
async def reset_password(request: web.Request) -> web.StreamResponse:
    """A new password, shown once; every session ends."""
    deployment, user = request.app[DEPLOYMENT], request.match_info["user"]
    await _exists(deployment, user)
    password = fresh_password()
    await accounts.reset_password(deployment.database, request.app[HASHING], user, password, now=deployment.now())
    tell_ended(deployment, user)
    log.info("password_reset", user=user, by=staff_of(request).id)
    if user == staff_of(request).id:
        return show(request, "own_password.html", password=password)
    return await person_page(request, user, password=password)


@require_staff(ADMIN)
async def reset_second_factor(request: web.Request) -> web.StreamResponse:
    """After a lost phone: the next sign-in sets up a new second factor."""
    deployment, user = request.app[DEPLOYMENT], request.match_info["user"]
    await _exists(deployment, user)
    await accounts.reset_second_factor(deployment.database, user, now=deployment.now())
    tell_ended(deployment, user)
    log.info("second_factor_reset", user=user, by=staff_of(request).id)
    return _back(user, "lop-hai")


@require_staff(ADMIN)
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End every session of a user."""
    deployment, user = request.app[DEPLOYMENT], request.match_info["user"]
    await _exists(deployment, user)
    await deployment.database.write(partial(people.revoke_sessions, user_id=user, now=deployment.now()))
    tell_ended(deployment, user)
    log.info("sessions_revoked", user=user, outcome="by_admin", by=staff_of(request).id)
    return _back(user, "dang-xuat")


@require_staff(ADMIN)
async def switch(request: web.Request) -> web.StreamResponse:
    """Switch an account off or on again."""
    deployment, user = request.app[DEPLOYMENT], request.match_info["user"]
    await _exists(deployment, user)
    on = line_of((await request.post()).get("mo")) == "1"
    if user == staff_of(request).id:
        return await person_page(request, user, problem=ONESELF, status=409)
    if on:
        await deployment.database.write(partial(people.set_active, user_id=user, active=True))
    else:
        await accounts.deactivate(deployment.database, user, now=deployment.now())
        tell_ended(deployment, user)
    log.info("user_activated" if on else "user_deactivated", user=user, by=staff_of(request).id)
    return _back(user, "mo-khoa" if on else "khoa")


async def _exists(deployment: Deployment, user: str) -> None:
    await deployment.database.read(partial(people.user_by_id, user_id=user))


def _new_page(
    request: web.Request,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    given = dict.fromkeys(("login", "name", "staff_number", "role", "agency"), "") | (typed or {})
    return show(
        request,
        "person_new.html",
        status=status,
        typed=given,
        errors=errors or {},
        **choices(request.app[DEPLOYMENT]),
    )


_TYPED = ("role", "agency", "deputy", "first", "last", "to", "reason")


async def person_page(
    request: web.Request,
    user: str,
    *,
    status: int = 200,
    password: str = "",
    problem: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    """One account, with who stands in for it, its open work, and whom that can go to."""
    deployment = request.app[DEPLOYMENT]
    account = await deployment.database.read(partial(somebody, deployment=deployment, user=user))
    absences, colleagues = await deployment.database.read(partial(around, user=user, now=deployment.now()))
    return show(
        request,
        "person.html",
        status=status,
        account=account,
        oneself=user == staff_of(request).id,
        password=password,
        problem=problem,
        typed=dict.fromkeys(_TYPED, "") | (typed or {}),
        errors=errors or {},
        base=f"{PAGE}/{user}",
        absences=absences,
        colleagues=colleagues,
        work=await successions_of(deployment).of_official(user),
        **choices(deployment),
    )


def _back(user: str, done: str) -> web.Response:
    return see_other(f"{PAGE}/{user}?xong={done}")
