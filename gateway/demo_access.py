"""Users and API tokens of a demo: one for every role, the same ones after every restart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.identity.passwords import Passwords
from core.regulations.model import Pack
from core.storage import people
from core.storage.database import Connection
from core.storage.people import UserRow
from gateway.auth import accounts, tokens
from gateway.auth.door import Hashing
from gateway.demo import fresh_password
from gateway.deployment import Deployment
from gateway.roles import role_label, staff_roles, works_at_agency

LABEL = "demo"


async def make_access(deployment: Deployment, *, known: Mapping[str, Any]) -> dict[str, Any]:
    """
    A user (log-in name: the role) and a token for every role.

    Args:
        known: an earlier demo.json, whose passwords and tokens go on working.
    Returns: `logins` (role → user, password) and `tokens` (role → secret).
    """
    hashing = Hashing(Passwords())
    logins, secrets = {}, {}
    for role in staff_roles(deployment.regulation.current):
        kept = known.get("logins", {}).get(role, {}).get("password")
        user, password = await _user(deployment, hashing, role, kept)
        await deployment.database.write(partial(_grant_all, user=user, role=role, agencies=_agencies(deployment, role)))
        logins[role] = {"user": user.login, "password": password}
        secrets[role] = await _token(deployment, user, known.get("tokens", {}).get(role))
    return {"logins": logins, "tokens": secrets}


async def _user(deployment: Deployment, hashing: Hashing, role: str, kept: str | None) -> tuple[UserRow, str]:
    """The role's user; a password that nobody knows any more is replaced."""
    database, now = deployment.database, deployment.now()
    password = kept or fresh_password()
    user = await database.read(partial(people.user_by_login, login=role))
    if user is None:
        name = f"{role_label(deployment.regulation.current, role)} (demo)"
        return await accounts.create_user(
            database, hashing, login=role, display_name=name, password=password, now=now
        ), password
    if kept is None or not (await hashing.check(kept, user.password_hash)).ok:
        await accounts.reset_password(database, hashing, user.id, password, now=now)
    return user, password


def _agencies(deployment: Deployment, role: str) -> tuple[str, ...]:
    """Where the role's user works: at every agency, so that one log-in can play whichever the case was sent to."""
    pack: Pack = deployment.regulation.current
    if not works_at_agency(pack, role):
        return ("",)
    return tuple(agency.id for agency in deployment.regulation.agencies.of_kinds(()))


def _grant_all(connection: Connection, *, user: UserRow, role: str, agencies: tuple[str, ...]) -> None:
    held = set(people.grants(connection, user.id))
    for agency in agencies:
        if (role, agency) not in held:
            people.grant(connection, user.id, role=role, agency_id=agency)


async def _token(deployment: Deployment, user: UserRow, kept: str | None) -> str:
    """The token of the last demo while it works, else a new one."""
    if kept:
        owner = await deployment.database.read(partial(tokens.owner, secret=kept, now=deployment.now()))
        if owner is not None and owner.id == user.id:
            return kept
    made = await tokens.create_token(deployment.database, user.id, name=LABEL, now=deployment.now())
    return made.secret
