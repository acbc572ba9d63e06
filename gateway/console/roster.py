"""Who works here and as what: accounts as the pages show them, and what may be written into one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.storage import offices, people
from core.storage.database import Connection
from core.storage.people import SessionRow, UserRow
from gateway.auth import sessions
from gateway.deployment import Deployment
from gateway.roles import role_label, staff_roles, works_at_agency

LOGIN_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
WORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Grant:
    """One role as it is shown; `agency` is empty where the role belongs to none."""

    role: str
    agency_id: str
    label: str
    agency: str


@dataclass(frozen=True)
class Account:
    """One user with roles and living sessions."""

    user: UserRow
    grants: tuple[Grant, ...]
    sessions: tuple[SessionRow, ...] = ()


def grant_errors(deployment: Deployment, role: str, agency: str) -> dict[str, str]:
    """What is wrong with a role to be given, by field: unknown, or without the agency it is held at."""
    pack, agencies = deployment.regulation.current, deployment.regulation.agencies
    if role not in staff_roles(pack):
        return {"role": "Vui lòng chọn vai trò."}
    if works_at_agency(pack, role) and not agencies.is_active(agency):
        return {"agency": "Vai trò này thuộc một cơ quan: vui lòng chọn cơ quan."}
    return {}


def fresh_password() -> str:
    """Twenty random characters (about 99 bits) in five groups, easy to read out and to type."""
    groups = ("".join(secrets.choice(WORD_ALPHABET) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


def person_errors(login: str, name: str) -> dict[str, str]:
    """What is wrong with a new account, by field."""
    errors = {}
    if not login or set(login) - LOGIN_ALPHABET:
        errors["login"] = "Tên đăng nhập gồm chữ không dấu, chữ số, dấu chấm hoặc gạch nối. Ví dụ: an.nguyen."
    if not name:
        errors["name"] = "Vui lòng nhập họ và tên."
    return errors


def agency_of(deployment: Deployment, typed: dict[str, str]) -> str:
    """A role of the centre is held at no agency, whatever was chosen beside it."""
    return typed["agency"] if works_at_agency(deployment.regulation.current, typed["role"]) else ""


def everybody(connection: Connection, *, deployment: Deployment) -> list[Account]:
    """Every account, by log-in name."""
    rows = people.all_users(connection)
    return [Account(row, _shown(deployment, people.grants(connection, row.id))) for row in rows]


def somebody(connection: Connection, *, deployment: Deployment, user: str) -> Account:
    """One account with its living sessions. NotFound."""
    row = people.user_by_id(connection, user)
    living = sessions.living(connection, user, now=deployment.now())
    return Account(row, _shown(deployment, people.grants(connection, user)), tuple(living))


@dataclass(frozen=True)
class Absence:
    """A time in which somebody acts for somebody; `mine`: it is this account that is away."""

    id: str
    mine: bool
    other: str
    first: datetime
    last: datetime


def around(connection: Connection, *, user: str, now: datetime) -> tuple[list[Absence], list[tuple[str, str]]]:
    """Present and coming absences of an account and its colleagues, and everybody else who is active, as (id, name)."""
    rows = people.all_users(connection)
    names = {row.id: row.display_name for row in rows}
    absences = [
        Absence(
            one.id,
            one.user_id == user,
            names[one.deputy_id if one.user_id == user else one.user_id],
            one.since,
            one.until - timedelta(microseconds=1),
        )
        for one in offices.stand_ins(connection, now=now, user_id=user)
    ]
    return absences, sorted(
        ((row.id, names[row.id]) for row in rows if row.active and row.id != user), key=lambda x: x[1]
    )


def _shown(deployment: Deployment, grants: Sequence[tuple[str, str]]) -> tuple[Grant, ...]:
    pack, name = deployment.regulation.current, deployment.regulation.agencies.name
    return tuple(Grant(role, at, role_label(pack, role), name(at) if at else "") for role, at in grants)


def choices(deployment: Deployment) -> dict[str, list[tuple[str, str]]]:
    """Roles and agencies to choose from, as (id, label)."""
    pack = deployment.regulation.current
    active = deployment.regulation.agencies.of_kinds(())
    return {
        "roles": [(role, role_label(pack, role)) for role in staff_roles(pack)],
        "agencies": sorted(((one.id, one.name) for one in active), key=lambda pair: pair[1]),
    }
