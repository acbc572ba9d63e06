"""Focal points, deputies, and open work that changes hands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.clock import VIETNAM
from core.contract.errors import ConfigError, NotFound
from core.identity.codes import format_code
from core.service import offices as office
from core.service.offices import OpenWork
from core.storage import offices, people
from core.storage.database import Connection
from core.storage.offices import PARTS
from gateway.admin.actions.agencies import OPERATOR
from gateway.admin.actions.days import day_of
from gateway.admin.actions.people import user_named
from gateway.admin.services import successions_of
from gateway.deployment import Deployment

log = structlog.get_logger()

Arguments = Mapping[str, Any]


async def list_focal_points(deployment: Deployment, _arguments: Arguments) -> Any:
    """Everybody who is registered at present."""
    tree = deployment.regulation.agencies
    rows = await deployment.database.read(offices.focal_points)
    return [{**row.__dict__, "agency": tree.name(row.agency_id), "since": row.since.isoformat()} for row in rows]


async def list_gaps(deployment: Deployment, _arguments: Arguments) -> Any:
    """Agencies without a focal point (TG-15.1), people whose agency is closed, and open work that was left there."""

    gaps = await deployment.database.read(partial(office.read_gaps, regulation=deployment.regulation))
    return [gap.__dict__ for gap in gaps]


async def set_focal_point(deployment: Deployment, arguments: Arguments) -> Any:
    """agency, leader and officer (log-in names; one of them may be missing), document. OfficeRefused."""
    named = {part: await user_named(deployment, arguments[part]) for part in PARTS if arguments.get(part)}
    if not named:
        raise ConfigError("focal", "whom?", example="focal set so_y_te --leader an --officer lan")

    appoint = partial(
        office.appoint_all,
        tree=deployment.regulation.agencies,
        agency_id=arguments["agency"],
        named={part: user.id for part, user in named.items()},
        document=arguments.get("document") or "",
        now=deployment.now(),
    )
    await deployment.database.write(appoint)
    log.info("focal_point_set", agency=arguments["agency"], users=[user.id for user in named.values()])


async def drop_focal_point(deployment: Deployment, arguments: Arguments) -> Any:
    """agency, part. NotFound."""
    drop = partial(offices.dismiss, agency_id=arguments["agency"], part=arguments["part"], now=deployment.now())
    if not await deployment.database.write(drop):
        raise NotFound(f"no {arguments['part']} is registered for {arguments['agency']}")


async def list_stand_ins(deployment: Deployment, _arguments: Arguments) -> Any:
    """Present and coming ones."""

    def read(connection: Connection) -> list[dict[str, Any]]:
        logins = {row.id: row.login for row in people.all_users(connection)}
        return [
            {
                "id": row.id,
                "away": logins[row.user_id],
                "deputy": logins[row.deputy_id],
                "from": _day(row.since),
                "to": _day(row.until - timedelta(microseconds=1)),
            }
            for row in offices.stand_ins(connection, now=deployment.now())
        ]

    return await deployment.database.read(read)


async def add_stand_in(deployment: Deployment, arguments: Arguments) -> Any:
    """away, deputy (log-in names), from, to (days, both included) → id. OfficeRefused."""
    away, deputy = [await user_named(deployment, arguments[name]) for name in ("away", "deputy")]
    if not arguments.get("to"):
        raise ConfigError("to", "until which day?", example="--to 2026-12-31")
    made = await deployment.database.write(
        partial(
            office.stand_in,
            away=away.id,
            deputy=deputy.id,
            first=day_of(deployment, arguments, "from"),
            last=day_of(deployment, arguments, "to"),
            by=OPERATOR,
            now=deployment.now(),
        )
    )
    log.info("stand_in_made", id=made, user=away.id, deputy=deputy.id)
    return {"id": made}


async def end_stand_in(deployment: Deployment, arguments: Arguments) -> Any:
    """id. NotFound."""
    end = partial(offices.end_stand_in, stand_in_id=arguments["id"], now=deployment.now())
    await deployment.database.write(end)


async def list_work(deployment: Deployment, arguments: Arguments) -> Any:
    """agency, or user (log-in name) → every case in which something of theirs is open."""
    return [
        {
            "code": format_code(one.code),
            "received": one.received_at.astimezone(VIETNAM).isoformat(timespec="minutes"),
            "stage": one.stage,
            "parts": list(one.stages),
        }
        for one in (await _work(deployment, arguments))[0]
    ]


async def hand_over(deployment: Deployment, arguments: Arguments) -> Any:
    """agency or user, to (agency or log-in name), reason → how many, and what was refused. OfficeRefused."""
    work, giver = await _work(deployment, arguments)
    heir = arguments["to"] if arguments.get("agency") else (await user_named(deployment, arguments["to"])).id
    kind = "agency" if arguments.get("agency") else "staff"
    whom = {f"from_{kind}": giver, f"to_{kind}": heir}
    done = await successions_of(deployment).hand_over(work, reason=arguments["reason"], by=OPERATOR, **whom)
    log.info("work_handed_over", cases=len(done.done), refused=len(done.refused), **whom)
    return {"done": len(done.done), "refused": [[format_code(code), text] for code, text in done.refused]}


async def _work(deployment: Deployment, arguments: Arguments) -> tuple[list[OpenWork], str]:
    """Open work, and whose it is (id)."""
    successions = successions_of(deployment)
    if agency := arguments.get("agency"):
        if agency not in deployment.regulation.agencies:
            raise NotFound(f"no agency {agency}")
        return await successions.of_agency(agency), agency
    if not arguments.get("user"):
        raise ConfigError("work", "whose?", example="work list --agency so_y_te")
    user = await user_named(deployment, arguments["user"])
    return await successions.of_official(user.id), user.id


def _day(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d}"
