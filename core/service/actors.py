"""
Members of staff as the case core knows them: which of their roles hold, and for which agency they act.

A role of the centre belongs to no agency (""). A role of an agency holds only for the agency it was granted for; a
person with roles of several agencies acts for one at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from core.cases.agencies import AgencyTree
from core.cases.decide import Actor
from core.cases.model import Case
from core.cases.tasks import open_tasks
from core.regulations.model import Pack

Grants = tuple[tuple[str, str], ...]
"""(role, agency id) pairs; the agency is empty where the role belongs to none."""

ADMIN = "admin"
"""Runs the deployment: sees every case, masked; no regulation gives it a command."""


@dataclass(frozen=True)
class Member:
    """
    One official as far as cases are concerned: user id and what was granted.

    `borrowed`: grants that are a colleague's who is away, with that colleague's user id.
    """

    id: str
    grants: Grants
    borrowed: Mapping[tuple[str, str], str] = field(default_factory=dict, hash=False)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Every agency this person may act for, in order of the grants."""
        return tuple(dict.fromkeys(agency for _, agency in self.grants if agency))

    def holds(self, *roles: str) -> bool:
        """Whether one of these roles was granted, wherever."""
        return any(role in roles for role, _ in self.grants)

    def is_centre(self, pack: Pack) -> bool:
        """Whether this person works at the centre: sees every case and talks with its reporters."""
        return any(role in pack.roles and pack.roles[role].is_of_centre for role, _ in self.grants)


def actor_for(
    member: Member, case: Case | None, *, pack: Pack, agencies: AgencyTree, acting: str = "", about: str = ""
) -> Actor:
    """
    The actor that `decide` takes.

    Args:
        acting: the agency this person says to act for; empty: the one whose part of the case it is.
        about: id of the dispatch or request for help that is meant; empty: the one whose turn it is.
    Raises: ValueError: no role of the named agency was granted.
    """
    if acting and acting not in member.agencies:
        raise ValueError(f"no role of agency {acting}")
    chosen = acting or _fitting(member, case, pack=pack, agencies=agencies, about=about)
    held = [(role, agency) for role, agency in member.grants if agency in ("", chosen)]
    own = {role for role, agency in held if (role, agency) not in member.borrowed}
    lent = {pair[0]: member.borrowed[pair] for pair in held if pair in member.borrowed and pair[0] not in own}
    return Actor(member.id, frozenset(role for role, _ in held), chosen or None, lent)


def _fitting(member: Member, case: Case | None, *, pack: Pack, agencies: AgencyTree, about: str) -> str:
    """The agency that is meant, else one whose turn it is, else one with a part in the case, else the first."""
    own = member.agencies
    if case is None or len(own) < 2:
        return next(iter(own), "")
    meant = [place for part in _parts(case) if part[0] == about for place in part[1:]]
    turns = [task.agency_id for task in open_tasks(pack, case)]
    involved = [place for part in _parts(case) for place in part[1:]]
    held = frozenset(own)
    for places in (meant, turns, involved):
        for place in filter(None, places):
            if place in held:
                return place
    above = (agency for place in involved if place for agency in own if agencies.is_below(place, agency))
    return next(above, own[0])


def _parts(case: Case) -> list[tuple[str, str | None, str | None]]:
    """(id, unit, agency) of every dispatch and request for help."""
    sent = [(item.id, item.unit_id, item.agency_id) for item in case.dispatches]
    return [*sent, *((item.id, None, item.agency_id) for item in case.coordinations)]


def involved_agencies(case: Case) -> frozenset[str]:
    """Every agency and unit with a part in the case: asked to act, to lead or to help."""
    parts = [agency for item in case.dispatches for agency in (item.agency_id, item.unit_id)]
    helpers = [item.agency_id for item in case.coordinations]
    return frozenset(filter(None, [*parts, *helpers, case.lead_agency]))


def seats(grants: Iterable[tuple[str, str]], pack: Pack) -> Collection[tuple[str, str]]:
    """
    (role, agency) pairs whose work this person does, for queues.

    A role of an agency that was granted for none gives no seat: it would be a seat in every agency.
    """
    return frozenset(
        (role, agency)
        for role, agency in grants
        if role in pack.roles and (agency or not pack.roles[role].is_of_agency)
    )


def may_see(member: Member, case: Case, *, pack: Pack, agencies: AgencyTree) -> bool:
    """The centre and administrators see every case; an agency those it has a part in, and those of agencies below."""
    everything = member.holds(ADMIN) or member.is_centre(pack)
    return everything or has_part(member, case, pack=pack, agencies=agencies)


def has_part(member: Member, case: Case, *, pack: Pack, agencies: AgencyTree) -> bool:
    """Whether one of this person's agencies has a part in the case, or is above one that has."""
    involved = involved_agencies(case)
    return any(_reaches(role, agency, involved, pack=pack, agencies=agencies) for role, agency in member.grants)


def reach(member: Member, *, packs: Iterable[Pack], agencies: AgencyTree) -> frozenset[str] | None:
    """
    The agencies whose cases this person may see, as lists ask for them; None: all cases.

    Never less than `may_see` allows, under whichever pack a case goes on; that has the last word.
    """
    known = list(packs)
    if member.holds(ADMIN) or any(member.is_centre(pack) for pack in known):
        return None
    above = {name for pack in known for name, role in pack.roles.items() if role.level == "above"}
    own = {agency for _, agency in member.grants if agency}
    overseen = {agency for role, agency in member.grants if agency and role in above}
    return frozenset(own | {below.id for agency in overseen for below in agencies.descendants(agency)})


def _reaches(role: str, agency: str, involved: frozenset[str], *, pack: Pack, agencies: AgencyTree) -> bool:
    if not agency or role not in pack.roles:
        return False
    if agency in involved:
        return True
    return pack.roles[role].level == "above" and any(agencies.is_below(part, agency) for part in involved)
