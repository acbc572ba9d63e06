"""Below `/console/nguoi-dung/{user}`: whose account it is, who stands in for them, who takes over for good."""

from __future__ import annotations

from functools import partial

import structlog
from aiohttp import web

from core.contract.errors import NotFound
from core.service import offices as office
from core.service.actors import ADMIN
from core.service.offices import OfficeRefused, check_alone, identity_of
from core.storage import offices, people
from core.storage.database import Connection
from gateway.admin.services import successions_of
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.handing_over import give
from gateway.console.people import PAGE, person_page
from gateway.console.shared import day_in, line_of
from gateway.deployment import DEPLOYMENT

_NO_DAYS = "Ngày bắt đầu hoặc ngày kết thúc chưa đúng."

log = structlog.get_logger()


def mount(router: web.UrlDispatcher) -> None:
    """Every address of these acts."""
    user = f"{PAGE}/{{user:[0-9a-f]{{32}}}}"
    router.add_post(f"{user}/so-hieu", identify)
    router.add_post(f"{user}/nguoi-thay", add_deputy)
    router.add_post(f"{user}/nguoi-thay/ket-thuc", end_deputy)
    router.add_post(f"{user}/ban-giao", hand_over)


@require_staff(ADMIN)
async def identify(request: web.Request) -> web.StreamResponse:
    """Say whose account it is (LS-3.1); an official who has one already is refused."""
    deployment, user = request.app[DEPLOYMENT], request.match_info["user"]
    number = line_of((await request.post()).get("staff_number"))

    def write(connection: Connection) -> None:
        people.user_by_id(connection, user)
        identity = identity_of(deployment.safe.blind, number)
        check_alone(connection, identity, but=user)
        people.set_identity(connection, user, identity)

    try:
        await deployment.database.write(write)
    except OfficeRefused as refused:
        return await person_page(request, user, problem=refused.vi, status=422)
    log.info("user_identified", user=user, by=staff_of(request).id)
    return _back(user, "dinh-danh")


@require_staff(ADMIN)
async def add_deputy(request: web.Request) -> web.StreamResponse:
    """Somebody acts for them from the first to the last day; what they do is signed with both names."""
    deployment, form, user = request.app[DEPLOYMENT], await request.post(), request.match_info["user"]
    typed = {name: line_of(form.get(name)) for name in ("deputy", "first", "last")}
    first, last = day_in(typed["first"]), day_in(typed["last"])
    if first is None or last is None:
        return await person_page(request, user, problem=_NO_DAYS, typed=typed, status=422)
    make = partial(
        office.stand_in,
        away=user,
        deputy=typed["deputy"],
        first=first,
        last=last,
        by=staff_of(request).id,
        now=deployment.now(),
    )
    try:
        made = await deployment.database.write(make)
    except OfficeRefused as refused:
        return await person_page(request, user, problem=refused.vi, typed=typed, status=422)
    except NotFound:
        return await person_page(request, user, problem="Vui lòng chọn người thay.", typed=typed, status=422)
    log.info("stand_in_made", id=made, user=user, by=staff_of(request).id)
    return _back(user, "nguoi-thay")


@require_staff(ADMIN)
async def end_deputy(request: web.Request) -> web.StreamResponse:
    """They are back before their time."""
    deployment, user = request.app[DEPLOYMENT], request.match_info["user"]
    stand_in = line_of((await request.post()).get("id"))
    await deployment.database.write(partial(offices.end_stand_in, stand_in_id=stand_in, now=deployment.now()))
    log.info("stand_in_ended", id=stand_in, user=user, by=staff_of(request).id)
    return _back(user, "het-thay")


@require_staff(ADMIN)
async def hand_over(request: web.Request) -> web.StreamResponse:
    """Everything that was given to them by name goes to a colleague, with a reason in every case."""
    form, user = await request.post(), request.match_info["user"]
    work = await successions_of(request.app[DEPLOYMENT]).of_official(user)
    typed = {name: line_of(form.get(name)) for name in ("to", "reason")}
    whom = {"from_staff": user, "to_staff": typed["to"]}
    try:
        done = await give(request, work, reason=typed["reason"], **whom)
    except OfficeRefused as refused:
        return await person_page(request, user, problem=refused.vi, typed=typed, status=422)
    except NotFound:
        return await person_page(request, user, problem="Vui lòng chọn người nhận bàn giao.", typed=typed, status=422)
    if done.refused:
        return await person_page(request, user, problem=f"{len(done.refused)} hồ sơ chưa bàn giao được.", status=409)
    return _back(user, "ban-giao")


def _back(user: str, done: str) -> web.Response:
    return see_other(f"{PAGE}/{user}?xong={done}")
