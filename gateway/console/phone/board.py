"""What supervisors see of the floor, with people's names; whom they listen to is written down."""

from __future__ import annotations

from functools import partial
from typing import Any

from channels.call_center.agents.messages import Board, Command, Supervise, Watch
from core.service.actors import ADMIN
from core.storage import people
from gateway.auth import Staff
from gateway.deployment import Deployment

SUPERVISORS = frozenset({"distributor", ADMIN})
"""Roles of the centre whose holders look after the floor: whoever hands work out, and the administrator."""


def supervises(staff: Staff) -> bool:
    """Whether somebody may see the whole floor and take part in calls."""
    return bool(staff.roles & SUPERVISORS)


def for_supervisors(command: Command) -> bool:
    """Whether a command needs that."""
    return isinstance(command, Supervise | Watch)


async def with_names(board: Board, deployment: Deployment) -> dict[str, Any]:
    """The board for the page."""
    users = await deployment.database.read(people.all_users)
    names = {user.id: user.display_name for user in users}
    told = board.model_dump(mode="json", exclude={"agent"})
    for line in told["agents"]:
        line["name"] = names.get(line["agent"], "")
        line["watched_by"] = [names.get(one, "") for one in line["watched_by"]]
    return told


async def note(command: Supervise, deployment: Deployment) -> None:
    """Listening to a call is an access like any other: it is logged before it begins."""
    if command.part != "leave":
        write = partial(
            people.log_access,
            user_id=command.agent,
            what=f"call_{command.part}",
            ref=command.call,
            now=deployment.now(),
        )
        await deployment.database.write(write)
