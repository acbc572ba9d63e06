"""Accounts, roles, tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import structlog

from core.contract.errors import ConfigError, NotFound
from core.identity.passwords import Passwords, weakness
from core.service.offices import check_alone, identity_of
from core.storage import people
from core.storage.database import Connection
from core.storage.people import UserRow
from gateway.admin.services import successions_of
from gateway.auth import accounts, tokens
from gateway.auth.door import Hashing, normal_login
from gateway.deployment import Deployment
from gateway.roles import staff_roles, works_at_agency

log = structlog.get_logger()

Arguments = Mapping[str, Any]


async def add_user(deployment: Deployment, arguments: Arguments) -> Any:
    """
    login, name, staff_number, password, grants [(role, agency)] → id.

    ConfigError: taken, weak, unknown role or agency; OfficeRefused: this official has an account (LS-3.1).
    """
    login, name = normal_login(arguments["login"]), arguments["name"].strip()
    if not login or not name:
        raise ConfigError("login", "login and name may not be empty", example="user add lan --name 'Trần Thị Lan'")
    grants = [checked_grant(deployment, role, agency) for role, agency in arguments["grants"]]
    _check_password(arguments["password"], login=login, name=name)
    identity = identity_of(deployment.safe.blind, arguments["staff_number"])
    await deployment.database.read(partial(check_alone, identity_blind=identity))
    if await deployment.database.read(partial(people.user_by_login, login=login)) is not None:
        raise ConfigError("login", f"{login} is taken", example=f"{login}2")
    row = await accounts.create_user(
        deployment.database,
        Hashing(Passwords()),
        login=login,
        display_name=name,
        password=arguments["password"],
        grants=grants,
        identity_blind=identity,
        now=deployment.now(),
    )
    log.info("user_added", user=row.id)
    return {"id": row.id}


async def identify(deployment: Deployment, arguments: Arguments) -> Any:
    """login, staff_number: says whose account it is. OfficeRefused: this official has another."""
    user = await user_named(deployment, arguments["login"])
    identity = identity_of(deployment.safe.blind, arguments["staff_number"])

    def write(connection: Connection) -> None:
        check_alone(connection, identity, but=user.id)
        people.set_identity(connection, user.id, identity)

    await deployment.database.write(write)
    log.info("user_identified", user=user.id)


async def list_users(deployment: Deployment, _arguments: Arguments) -> Any:
    """Every account with its grants."""

    def read(connection: Connection) -> list[dict[str, Any]]:
        return [_shown(row, people.grants(connection, row.id)) for row in people.all_users(connection)]

    return await deployment.database.read(read)


async def grant(deployment: Deployment, arguments: Arguments) -> Any:
    """login, role, agency: given, once."""
    user = await user_named(deployment, arguments["login"])
    role, agency = checked_grant(deployment, arguments["role"], arguments["agency"])

    def write(connection: Connection) -> None:
        if (role, agency) not in people.grants(connection, user.id):
            people.grant(connection, user.id, role=role, agency_id=agency)

    await deployment.database.write(write)
    log.info("role_granted", user=user.id, role=role, agency=agency)


async def revoke(deployment: Deployment, arguments: Arguments) -> Any:
    """login, role, agency: taken. NotFound where it was not held."""
    user = await user_named(deployment, arguments["login"])
    held = arguments["role"], arguments["agency"]

    def write(connection: Connection) -> None:
        if held not in people.grants(connection, user.id):
            raise NotFound(f"{user.login} does not hold {'@'.join(filter(None, held))}")
        people.revoke_grant(connection, user.id, role=held[0], agency_id=held[1])

    await deployment.database.write(write)
    log.info("role_revoked", user=user.id, role=held[0], agency=held[1])


async def set_password(deployment: Deployment, arguments: Arguments) -> Any:
    """login, password: every session ends."""
    user = await user_named(deployment, arguments["login"])
    _check_password(arguments["password"], login=user.login, name=user.display_name)
    await accounts.reset_password(
        deployment.database, Hashing(Passwords()), user.id, arguments["password"], now=deployment.now()
    )
    log.info("password_reset", user=user.id)


async def reset_totp(deployment: Deployment, arguments: Arguments) -> Any:
    """login: the next sign-in sets up a new second factor."""
    user = await user_named(deployment, arguments["login"])
    await accounts.reset_second_factor(deployment.database, user.id, now=deployment.now())
    log.info("second_factor_reset", user=user.id)


async def deactivate(deployment: Deployment, arguments: Arguments) -> Any:
    """login: switched off → how many cases wait for them by name."""
    user = await user_named(deployment, arguments["login"])
    await accounts.deactivate(deployment.database, user.id, now=deployment.now())
    log.info("user_deactivated", user=user.id)
    return {"open_work": len(await successions_of(deployment).of_official(user.id))}


async def add_token(deployment: Deployment, arguments: Arguments) -> Any:
    """login, name → id and secret; the secret is stored nowhere."""
    user = await user_named(deployment, arguments["login"])
    made = await tokens.create_token(deployment.database, user.id, name=arguments["name"], now=deployment.now())
    log.info("api_access_added", user=user.id, id=made.id)
    return {"id": made.id, "secret": made.secret}


async def revoke_token(deployment: Deployment, arguments: Arguments) -> Any:
    """id: ended. NotFound: whoever types another one would think that a token is dead which still opens the door."""
    await tokens.revoke_token(deployment.database, arguments["id"], now=deployment.now())
    log.info("api_access_revoked", id=arguments["id"])


def checked_grant(deployment: Deployment, role: str, agency: str) -> tuple[str, str]:
    """A role of the regulation in force (or admin), and an agency that works. ConfigError otherwise."""
    known = staff_roles(deployment.regulation.current)
    if role not in known:
        raise ConfigError("role", f"no role {role}", example=", ".join(known))
    if agency and not deployment.regulation.agencies.is_active(agency):
        raise ConfigError("agency", f"no agency {agency} at work", example="langnghe agency list")
    if works_at_agency(deployment.regulation.current, role) and not agency:
        raise ConfigError("role", f"{role} works at an agency", example=f"{role}@AGENCY; see langnghe agency list")
    return role, agency


def _check_password(password: str, *, login: str, name: str) -> None:
    problem = weakness(password, login=login, display_name=name)
    if problem:
        raise ConfigError("password", problem)


async def user_named(deployment: Deployment, login: str) -> UserRow:
    """The account with this log-in name. NotFound."""
    user = await deployment.database.read(partial(people.user_by_login, login=normal_login(login)))
    if user is None:
        raise NotFound(f"no user {login}")
    return user


def _shown(row: UserRow, grants: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "login": row.login,
        "name": row.display_name,
        "active": row.active,
        "identified": row.identity_blind is not None,
        "second_factor": row.totp_sealed is not None,
        "grants": [list(pair) for pair in grants],
    }
