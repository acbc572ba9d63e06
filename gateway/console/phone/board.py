"""What supervisors see of the floor, with people's names; whom they listen to is written down."""

from __future__ import annotations

from functools import partial
from typing import Any

from channels.call_center.agents.messages import Command, Supervise, Watch
from channels.call_center.agents.news import Board
from core.service.actors import ADMIN
from core.storage import people
from gateway.auth import Staff
from gateway.deployment import Deployment
from gateway.settings import Settings


def supervises(staff: Staff, settings: Settings) -> bool:
    """Whether somebody may see the whole floor and take part in calls: holders of these roles, and administrators."""
    return not staff.roles.isdisjoint({*settings.call_center.agents.supervisors, ADMIN})


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
