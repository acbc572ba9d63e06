"""Which roles staff can hold here: those of the regulation in force, and the administrator, who belongs to none."""

from __future__ import annotations

from core.regulations.model import Pack
from core.service.actors import ADMIN, Member
from gateway.auth.staff import Staff

_NOT_STAFF = frozenset({"reporter", "system"})


def member_of(staff: Staff) -> Member:
    """Whoever is signed in, as the case service knows them."""
    return Member(staff.id, staff.grants, {(one.role, one.agency_id): one.of for one in staff.borrowed})


def staff_roles(pack: Pack) -> tuple[str, ...]:
    """Role ids in the order of the pack, `admin` last."""
    roles = (name for name, role in pack.roles.items() if role.level not in _NOT_STAFF)
    return (*(name for name in roles if name != ADMIN), ADMIN)


def works_at_agency(pack: Pack, role: str) -> bool:
    """Whether the role is always that of one agency."""
    return role in pack.roles and pack.roles[role].is_of_agency


def role_label(pack: Pack, role: str) -> str:
    """The role in the regulation's own words."""
    return pack.roles[role].label if role in pack.roles else "Quản trị hệ thống"
