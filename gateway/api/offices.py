"""For administrators: who speaks for an agency (TG-15.1), who acts for whom while somebody is away, what is missing."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Literal

import structlog
from pydantic import Field

from core.clock import local
from core.contract.errors import NotFound
from core.contract.schema import Model
from core.service import offices as office
from core.service.reading.views import Labelled
from core.storage import offices, people
from core.storage.database import Connection
from core.storage.offices import PARTS, StandIn
from gateway.api.operation import Answer, Call, Listing, Operation

TAG = "offices"
_POINT = "/agencies/{agency_id}/focal-points/{part}"
_USER = Field(min_length=1, max_length=64, description="Id of an account")

log = structlog.get_logger()


class FocalPointView(Model):
    """Who is registered. `serves`: the account is switched on and holds a role at the agency."""

    agency: Labelled
    part: Literal["leader", "officer"]
    user: Labelled
    document: str
    since: date
    serves: bool


class NewFocalPoint(Model):
    """Who speaks for the agency from now on."""

    user_id: str = _USER
    document: str = Field(default="", max_length=200, description="Number of the writing that registers them")


class DeputyView(Model):
    """Somebody acts for somebody, from the first day to the last."""

    id: str
    away: Labelled
    deputy: Labelled
    first_day: date
    last_day: date


class NewDeputy(Model):
    """Who acts for whom, and when; both days are included."""

    away: str = _USER
    deputy: str = _USER
    first_day: date
    last_day: date


class Made(Model):
    """The id of what was made."""

    id: str


class GapView(Model):
    """
    A missing focal point (leader, officer; TG-15.1), somebody whose agency is closed, or open work that was left there
    (work; `who`: how many cases).
    """

    agency: Labelled
    kind: str
    who: str


async def list_focal_points(call: Call) -> Answer:
    """Everybody who is registered at present."""
    call.need_admin()
    tree = call.deployment.regulation.agencies
    rows = await call.deployment.database.read(offices.focal_points)
    shown = (
        FocalPointView(
            agency=Labelled(id=one.agency_id, label=tree.name(one.agency_id)),
            part="leader" if one.part == "leader" else "officer",
            user=Labelled(id=one.user_id, label=one.name),
            document=one.document,
            since=local(one.since).date(),
            serves=one.serves,
        )
        for one in rows
    )
    return Answer(Listing[FocalPointView](items=tuple(shown)))


async def set_focal_point(call: Call) -> Answer:
    """One leader and one officer an agency; whoever was it before is it no more. 422 where it would not be right."""
    call.need_admin()
    agency, part = call.path("agency_id"), _part(call)
    appoint = partial(
        office.appoint_all,
        tree=call.deployment.regulation.agencies,
        agency_id=agency,
        named={part: call.body.user_id},
        document=call.body.document,
        now=call.deployment.now(),
    )
    await call.deployment.database.write(appoint)
    log.info("focal_point_set", agency=agency, users=[call.body.user_id], by=call.staff.id)
    return Answer(status=204)


async def drop_focal_point(call: Call) -> Answer:
    """A gap again. 404 where nobody is registered."""
    call.need_admin()
    agency, part = call.path("agency_id"), _part(call)
    drop = partial(offices.dismiss, agency_id=agency, part=part, now=call.deployment.now())
    if not await call.deployment.database.write(drop):
        raise NotFound("nobody is registered")
    log.info("focal_point_dropped", agency=agency, part=part, by=call.staff.id)
    return Answer(status=204)


async def list_deputies(call: Call) -> Answer:
    """Present and coming ones, the first to begin first."""
    call.need_admin()

    def read(connection: Connection) -> list[DeputyView]:
        names = {row.id: row.display_name for row in people.all_users(connection)}
        return [_deputy(row, names) for row in offices.stand_ins(connection, now=call.deployment.now())]

    return Answer(Listing[DeputyView](items=tuple(await call.deployment.database.read(read))))


async def add_deputy(call: Call) -> Answer:
    """What they do is signed with both names. 422 where it would not be right, 404 for an unknown account."""
    call.need_admin()
    make = partial(office.stand_in, **call.body.model_dump(exclude={"first_day", "last_day"}))
    days = {"first": call.body.first_day, "last": call.body.last_day}
    made = await call.deployment.database.write(partial(make, **days, by=call.staff.id, now=call.deployment.now()))
    log.info("stand_in_made", id=made, user=call.body.away, by=call.staff.id)
    return Answer(Made(id=made), status=201)


async def end_deputy(call: Call) -> Answer:
    """They are back before their time. 404 where it is over."""
    call.need_admin()
    named = call.path("deputy_id")
    await call.deployment.database.write(partial(offices.end_stand_in, stand_in_id=named, now=call.deployment.now()))
    log.info("stand_in_ended", id=named, by=call.staff.id)
    return Answer(status=204)


async def list_gaps(call: Call) -> Answer:
    """What is missing in the offices."""
    call.need_admin()
    gaps = await call.deployment.database.read(partial(office.read_gaps, regulation=call.deployment.regulation))
    shown = (GapView(agency=Labelled(id=one.agency_id, label=one.agency), kind=one.kind, who=one.who) for one in gaps)
    return Answer(Listing[GapView](items=tuple(shown)))


def _part(call: Call) -> str:
    part = call.path("part")
    if part not in PARTS:
        raise NotFound("neither leader nor officer")
    return part


def _deputy(row: StandIn, names: dict[str, str]) -> DeputyView:
    return DeputyView(
        id=row.id,
        away=Labelled(id=row.user_id, label=names[row.user_id]),
        deputy=Labelled(id=row.deputy_id, label=names[row.deputy_id]),
        first_day=local(row.since).date(),
        last_day=local(row.until - timedelta(microseconds=1)).date(),
    )


OPERATIONS = (
    Operation(
        "listFocalPoints",
        "GET",
        "/offices/focal-points",
        TAG,
        "Đầu mối của các cơ quan",
        list_focal_points,
        Listing[FocalPointView],
    ),
    Operation("setFocalPoint", "PUT", _POINT, TAG, "Đăng ký đầu mối", set_focal_point, body=NewFocalPoint, status=204),
    Operation("dropFocalPoint", "DELETE", _POINT, TAG, "Bỏ đầu mối", drop_focal_point, status=204),
    Operation(
        "listDeputies", "GET", "/offices/deputies", TAG, "Người thay khi vắng", list_deputies, Listing[DeputyView]
    ),
    Operation(
        "addDeputy", "POST", "/offices/deputies", TAG, "Cử người thay", add_deputy, Made, body=NewDeputy, status=201
    ),
    Operation("endDeputy", "DELETE", "/offices/deputies/{deputy_id}", TAG, "Hết thay", end_deputy, status=204),
    Operation("listGaps", "GET", "/offices/gaps", TAG, "Đầu mối còn thiếu", list_gaps, Listing[GapView]),
)
