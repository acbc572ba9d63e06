"""Who speaks for an agency (focal points, TG-15.1), and who acts for whom while somebody is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from core.contract.errors import NotFound
from core.contract.schema import new_id
from core.storage.tables import focal_point, role_grant, stand_in, user

LEADER, OFFICER = "leader", "officer"
PARTS = (LEADER, OFFICER)


@dataclass(frozen=True)
class FocalPoint:
    """
    One registered focal point.

    Args:
        part: leader or officer. `document`: the writing that registered them.
        serves: the account is switched on and holds a role at the agency.
    """

    agency_id: str
    part: str
    user_id: str
    name: str
    login: str
    document: str
    since: datetime
    serves: bool


@dataclass(frozen=True)
class StandIn:
    """Somebody acts for somebody who is away, from `since` until before `until`."""

    id: str
    user_id: str
    deputy_id: str
    since: datetime
    until: datetime
    made_by: str
    made_at: datetime
    ended_at: datetime | None


_STAND_IN = tuple(stand_in.c[name] for name in StandIn.__dataclass_fields__)


def focal_points(connection: Connection) -> list[FocalPoint]:
    """Everybody who is registered at present, by agency and part."""
    query = (
        select(
            focal_point.c.agency_id,
            focal_point.c.part,
            focal_point.c.user_id,
            user.c.display_name,
            user.c.login,
            focal_point.c.document,
            focal_point.c.since,
            user.c.active,
        )
        .join(user, user.c.id == focal_point.c.user_id)
        .where(focal_point.c.until.is_(None))
        .order_by(focal_point.c.agency_id, focal_point.c.part)
    )
    seats = {tuple(row) for row in connection.execute(select(role_grant.c.user_id, role_grant.c.agency_id))}
    rows = list(connection.execute(query))
    return [FocalPoint(*row[:-1], serves=row.active and (row.user_id, row.agency_id) in seats) for row in rows]


def appoint(connection: Connection, *, agency_id: str, part: str, user_id: str, document: str, now: datetime) -> None:
    """Register a focal point; whoever was it before is it no more."""
    dismiss(connection, agency_id=agency_id, part=part, now=now)
    values = {"id": new_id(), "agency_id": agency_id, "part": part, "user_id": user_id}
    connection.execute(insert(focal_point).values(**values, document=document, since=now))


def dismiss(connection: Connection, *, agency_id: str, part: str, now: datetime) -> bool:
    """End a registration; False where there was none."""
    present = update(focal_point).where(focal_point.c.agency_id == agency_id, focal_point.c.part == part)
    return connection.execute(present.where(focal_point.c.until.is_(None)).values(until=now)).rowcount == 1


def holds_role_at(connection: Connection, user_id: str, agency_id: str) -> bool:
    """Does this user hold any role of this agency?"""
    query = select(role_grant.c.role).where(role_grant.c.user_id == user_id, role_grant.c.agency_id == agency_id)
    return connection.execute(query.limit(1)).one_or_none() is not None


def seats(connection: Connection) -> list[tuple[str, str, str]]:
    """(agency id, user id, log-in name) of every active account's role at an agency, each once."""
    query = (
        select(role_grant.c.agency_id, user.c.id, user.c.login)
        .join(user, user.c.id == role_grant.c.user_id)
        .where(user.c.active, role_grant.c.agency_id != "")
        .distinct()
        .order_by(role_grant.c.agency_id, user.c.login)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def add_stand_in(connection: Connection, row: StandIn) -> None:
    """Somebody will act for somebody."""
    connection.execute(insert(stand_in).values(row.__dict__))


def end_stand_in(connection: Connection, stand_in_id: str, *, now: datetime) -> None:
    """They are back before their time. NotFound: there is none, or it is over."""
    open_one = update(stand_in).where(stand_in.c.id == stand_in_id, stand_in.c.ended_at.is_(None))
    if connection.execute(open_one.where(stand_in.c.until > now).values(ended_at=now)).rowcount != 1:
        raise NotFound("no such stand-in, or it is over")


def stand_ins(connection: Connection, *, now: datetime, user_id: str = "") -> list[StandIn]:
    """Present and coming ones, the first to begin first; of one user (away or deputy) where one is named."""
    query = select(*_STAND_IN).where(stand_in.c.ended_at.is_(None), stand_in.c.until > now)
    if user_id:
        query = query.where(or_(stand_in.c.user_id == user_id, stand_in.c.deputy_id == user_id))
    return [StandIn(*row) for row in connection.execute(query.order_by(stand_in.c.since, stand_in.c.id))]
