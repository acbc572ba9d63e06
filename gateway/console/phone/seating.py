"""`/console/tong-dai/nhom`: who answers which queue, and with which skills."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import structlog
from aiohttp import web

from channels.call_center.agents.messages import SignIn
from channels.call_center.flow.skills import skills_of
from core.contract.schema import Model
from core.service.actors import Member
from core.storage import people, settings
from core.storage.database import Connection
from core.storage.people import UserRow
from gateway.auth import NotAllowed, Staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.phone.board import supervises
from gateway.console.shared import line_of, reader_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT, Deployment

PAGE = "/console/tong-dai/nhom"
NAMES: Mapping[str, str] = MappingProxyType(
    {"reports": "Phản ánh", "urgent": "Khẩn cấp", "english": "Tiếng Anh", "en": "Tiếng Anh"}
)
"""Of the standard flow's queues and skills; a province's own are shown as they are written there."""
_SEATS = "seat:"

log = structlog.get_logger()


class Seat(Model):
    """Whose callers somebody answers (none named: all there are), and what they can do beside Vietnamese."""

    queues: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offered:
    """What the flow in force knows."""

    queues: tuple[str, ...]
    skills: tuple[str, ...]


async def sign_in_of(deployment: Deployment, staff: Staff) -> SignIn:
    """How somebody's page signs in."""
    told = await deployment.database.read(partial(settings.get, key=f"{_SEATS}{staff.id}"))
    seat = Seat.model_validate(told or {})
    queues, skills = frozenset(seat.queues), frozenset(seat.skills)
    return SignIn(agent=staff.id, name=staff.display_name, queues=queues, skills=skills)


@require_caretaker
async def show_seats(request: web.Request) -> web.StreamResponse:
    """Everybody who may answer calls."""
    _for_supervisors(request)
    deployment = request.app[DEPLOYMENT]
    seats = await deployment.database.read(partial(settings.under, prefix=_SEATS))
    rows = [(user, Seat.model_validate(seats.get(user.id, {}))) for user in await _answering(request)]
    return show(request, "seats.html", rows=rows, offered=await _offered(deployment), names=NAMES)


@require_caretaker
async def set_seat(request: web.Request) -> web.StreamResponse:
    """Somebody's queues and skills; in force when they open their telephone the next time."""
    _for_supervisors(request)
    deployment, form = request.app[DEPLOYMENT], await request.post()
    user = line_of(form.get("nguoi"))
    if user not in {one.id for one in await _answering(request)}:
        raise web.HTTPNotFound
    offered = await _offered(deployment)
    seat = Seat(
        queues=tuple(name for name in offered.queues if name in form.getall("hang-doi", [])),
        skills=tuple(name for name in offered.skills if name in form.getall("ky-nang", [])),
    )
    write = partial(settings.put, key=f"{_SEATS}{user}", value=seat.model_dump(mode="json"))
    await deployment.database.write(write)
    log.info("seat_set", user=user, by=staff_of(request).id, queues=seat.queues, skills=seat.skills)
    return see_other(f"{PAGE}?xong=cho-truc")


def _for_supervisors(request: web.Request) -> None:
    if not supervises(staff_of(request), request.app[DEPLOYMENT].settings):
        raise NotAllowed("for supervisors")


async def _answering(request: web.Request) -> list[UserRow]:
    """Whoever may open the telephone, by name."""
    reader = reader_of(request)

    def read(connection: Connection) -> list[tuple[UserRow, Member]]:
        users = [user for user in people.all_users(connection) if user.active]
        return [(user, Member(user.id, tuple(people.grants(connection, user_id=user.id)))) for user in users]

    found = await request.app[DEPLOYMENT].database.read(read)
    return sorted((user for user, member in found if reader.hears(member)), key=lambda user: user.display_name)


async def _offered(deployment: Deployment) -> Offered:
    def read() -> Offered:
        # Only here: whoever shows no such page needs none of what answers calls.
        from gateway.telephony.building import flow_of
        from gateway.telephony.sentences import catalogue_of

        flow = flow_of(deployment.settings, catalogue_of(deployment.settings)).flow
        return Offered(tuple(flow.queues), skills_of(flow))

    return await asyncio.to_thread(read)
