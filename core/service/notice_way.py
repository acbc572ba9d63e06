"""
Whose hands a notice to everybody goes through, from its draft on (TG-P1.I). Pure.

A unit's specialist drafts, the unit's content manager approves it or gives it back, and the centre reviews it: it is
published, or goes back the same way. Units on the automatic list go out with their own manager's approval. What the
centre writes itself it publishes itself. Where the regulation names no units, only the centre writes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.contract.errors import VersionConflict
from core.regulations.model import Pack
from core.storage.public_notices import CHECKING, DRAFT, PUBLISHED, REVIEWING, WITHDRAWN, NoticeRow

Grants = Sequence[tuple[str, str]]


class NoticeAct(StrEnum):
    """What can be done with a notice that is written."""

    REWRITE = "rewrite"
    HAND_IN = "hand_in"
    APPROVE = "approve"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


_LEADS_TO = MappingProxyType(
    {
        (DRAFT, NoticeAct.REWRITE): DRAFT,
        (CHECKING, NoticeAct.REWRITE): CHECKING,
        (DRAFT, NoticeAct.HAND_IN): CHECKING,
        (CHECKING, NoticeAct.APPROVE): REVIEWING,
        (CHECKING, NoticeAct.RETURN): DRAFT,
        (REVIEWING, NoticeAct.RETURN): CHECKING,
        (DRAFT, NoticeAct.PUBLISH): PUBLISHED,
        (CHECKING, NoticeAct.PUBLISH): PUBLISHED,
        (REVIEWING, NoticeAct.PUBLISH): PUBLISHED,
        (PUBLISHED, NoticeAct.WITHDRAW): WITHDRAWN,
    }
)


def leads_to(state: str, act: NoticeAct) -> str:
    """Where a notice stands after an act. VersionConflict: it stands elsewhere than whoever acts has seen."""
    if (state, act) not in _LEADS_TO:
        raise VersionConflict("the notice went on meanwhile")
    return _LEADS_TO[state, act]


@dataclass(frozen=True)
class NoticeRoles:
    """Roles by the hand they lend: a unit's drafters and checkers, the centre's reviewers."""

    draft: frozenset[str]
    check: frozenset[str]
    review: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Whoever has anything to do with notices."""
        return self.draft | self.check | self.review


def notice_roles(pack: Pack) -> NoticeRoles:
    """As the regulation says; reviewers are those of the centre who publish results where it does not (A-TG-12)."""
    named = {step: frozenset(hands.by) for step, hands in pack.notices.items()}
    none: frozenset[str] = frozenset()
    return NoticeRoles(named.get("draft", none), named.get("check", none), named.get("review") or publishers(pack))


def publishers(pack: Pack) -> frozenset[str]:
    """Roles of the centre that publish results; where the regulation names none, every role of the centre."""
    centre = {name for name, role in pack.roles.items() if role.level == "centre"}
    named = {role for move in pack.moves_for("publish") for role in move.by}
    return frozenset(centre & named or centre)


def topics(pack: Pack) -> dict[str, str]:
    """Fields that a notice may be about, with their names: groups of the regulation's categories, or these."""
    active = {key: one for key, one in pack.intake.categories.items() if one.active}
    groups = {one.group: pack.intake.groups.get(one.group, one.group) for one in active.values() if one.group}
    return groups or {key: one.label for key, one in active.items()}


def writes_for(grants: Grants, roles: NoticeRoles) -> tuple[str, ...]:
    """The units in whose name this person may write; "" is the centre itself."""
    centre = ("",) if any(role in roles.review for role, _ in grants) else ()
    units = (agency for role, agency in grants if agency and role in roles.draft | roles.check)
    return (*centre, *dict.fromkeys(units))


def acts(row: NoticeRow, grants: Grants, *, roles: NoticeRoles, straight: Collection[str]) -> frozenset[NoticeAct]:
    """What this person may do with this notice now; `straight`: units that need no review."""
    reviews = any(role in roles.review for role, _ in grants)
    inside = {role for role, agency in grants if agency and agency == row.agency}
    drafts, checks = bool(inside & (roles.draft | roles.check)), bool(inside & roles.check)
    may: dict[str, set[NoticeAct]] = {DRAFT: set(), CHECKING: set(), REVIEWING: set(), PUBLISHED: set()}
    if reviews:
        may[DRAFT] |= {NoticeAct.REWRITE, NoticeAct.PUBLISH} if not row.agency else set()
        may[REVIEWING] |= {NoticeAct.PUBLISH, NoticeAct.RETURN}
        may[PUBLISHED] |= {NoticeAct.WITHDRAW}
    if drafts:
        may[DRAFT] |= {NoticeAct.REWRITE, NoticeAct.HAND_IN}
    if checks:
        passes_on = NoticeAct.PUBLISH if row.agency in straight else NoticeAct.APPROVE
        may[CHECKING] |= {NoticeAct.REWRITE, passes_on, NoticeAct.RETURN}
        may[PUBLISHED] |= {NoticeAct.WITHDRAW}
    return frozenset(may.get(row.state, ()))
