"""
What others did with a case of ours, as commands in the name of the agency that has it, whichever steps there are.

Several roads lead from a case that was handed out to one that was answered: some regulations let the agency name unit
and person first, some ask when it was done, one has the agency answer by itself. All of them are tried, in this order;
what a regulation does not have there is passed over. A unit is named only by who holds a role in it as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.regulations.model import Pack
from core.service.actors import Member

Step = tuple[str, Mapping[str, Any]]
"""Name and payload."""


@dataclass(frozen=True)
class Hands:
    """By whom it is done here: for which agency, and whether in its unit's name too."""

    member: Member
    agency: str
    pack: Pack

    @property
    def in_unit(self) -> bool:
        """Whether a role was given that regulations keep for the unit that does the work."""
        roles = self.pack.roles
        return any(role in roles and roles[role].level == "unit" for role, _ in self.member.grants)


def taken(hands: Hands) -> Iterator[Step]:
    """They work on it."""
    yield "accept_dispatch", {}
    if hands.in_unit:
        yield "assign_unit", {"unit": hands.agency}
        yield "accept_dispatch", {}


def answered(hands: Hands, text: str, *, at: datetime, draft: str = "", files: Sequence[str] = ()) -> Iterator[Step]:
    """They are done, and say what they did; `draft`: what is proposed to the reporter, where it is not the same."""
    yield from taken(hands)
    yield "assign_staff", {"staff": hands.member.id}
    yield "submit_result", {"result": text, "draft_answer": draft or text, "handled_at": at, "evidence": tuple(files)}
    yield "approve", {}
    yield "answer_reporter", {"text": draft or text, "media": tuple(files)}


def returned(hands: Hands, why: str) -> Iterator[Step]:
    """It is not theirs. Where a unit has it already, it goes up two steps."""
    for _ in range(2 if hands.in_unit else 1):
        yield "send_back", {"reason": why, "agency_unknown": True}
