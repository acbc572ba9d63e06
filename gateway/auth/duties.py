"""What somebody does here, in the words of the regulation in force."""

from __future__ import annotations

from dataclasses import dataclass

from core.service.regulation import Regulation
from gateway.auth.staff import Staff
from gateway.roles import role_label

SHOWN = 3


@dataclass(frozen=True)
class Duty:
    """One role, and the agencies where it is held: the first few by name, `more` further ones."""

    label: str
    agencies: tuple[str, ...]
    more: int


def duties_of(staff: Staff, regulation: Regulation) -> list[Duty]:
    """Each role once, in the order of the grants."""
    roles = dict.fromkeys(role for role, _ in staff.grants)
    return [_duty(role, sorted(staff.agencies(role)), regulation) for role in roles]


def _duty(role: str, agency_ids: list[str], regulation: Regulation) -> Duty:
    names = tuple(regulation.agencies.name(one) for one in agency_ids[:SHOWN])
    return Duty(role_label(regulation.current, role), names, len(agency_ids) - len(names))
