"""
The facts that a pack's conditions speak of, read off a case, a dispatch and a command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.cases.agencies import AgencyTree
from core.cases.commands import Command
from core.cases.model import Case, Dispatch
from core.contract.schema import FieldState, Urgency
from core.regulations.model import Pack
from core.regulations.sections import RequiredField
from core.regulations.words import Condition

COMMAND_FACTS = ("reason_code", "field_check", "outcome", "undo")


def facts_of(
    pack: Pack,
    agencies: AgencyTree,
    case: Case,
    *,
    dispatch: Dispatch | None = None,
    command: Command | None = None,
) -> Mapping[str, Any]:
    """Every fact that is known; a condition on one that is not (no command yet) does not stand in the way."""
    category = pack.intake.categories.get(case.category or "")
    facts: dict[str, Any] = {
        "stage": case.stage,
        "answered": any(made.kind != "withheld" for made in case.publications),
        "urgency": case.urgency,
        "emergency": is_emergency(pack, case.urgency),
        "handed_over": "hand_over_emergency" in case.marks,
        "channel": case.channel,
        "confidential": case.flags.confidential,
        "reputation": case.flags.reputation,
        "secret": case.flags.secret,
        "marked": case.flags.valuable or case.flags.false_report,
        "out_of_scope": case.flags.out_of_scope,
        "complete": not any(missing_fields(pack, case)),
        "classified": case.category is not None,
        "automatic": bool(category and category.automatic),
        "via_board": case.board_asked,
        "interim": answer_is_interim(pack, case),
        "verification": case.verification,
        "merged": bool(case.merged_cases),
        "cancel_reason": case.cancel_code,
        "late": _is_late(case, dispatch),
    }
    if dispatch is not None:
        agency = agencies.get(dispatch.agency_id)
        facts |= {"agency_kind": agency.kind if agency else None, "unit_named": dispatch.unit_id is not None}
    if command is not None:
        facts |= {name: getattr(command, name) for name in COMMAND_FACTS if hasattr(command, name)}
    return facts


def _is_late(case: Case, dispatch: Dispatch | None) -> bool:
    """Was a limit missed, of this dispatch or of the case itself?"""
    about = dispatch.id if dispatch else None
    own = (clock for clock in case.clocks.values() if clock.dispatch_id == about and clock.purpose != "wait")
    return any(clock.breached_at is not None or clock.late_s for clock in own)


def is_emergency(pack: Pack, urgency: str) -> bool:
    """Is this tier one that cannot wait?"""
    tier = pack.intake.urgencies.get(urgency)
    return tier.emergency if tier else urgency == Urgency.EMERGENCY.value


def missing_fields(pack: Pack, case: Case) -> Iterator[RequiredField]:
    """What the regulation requires on this channel, and the case neither has nor is declared to lack (A-8)."""
    for required in pack.intake.required.values():
        given = case.completeness.get(required.field, FieldState.MISSING)
        if required.applies_on(case.channel) and given is FieldState.MISSING:
            yield required


def unmet(condition: Condition, facts: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The first fact that stands against a condition, with its value; None: it holds."""
    for name, allowed in condition.stated:
        if name in facts and facts[name] not in allowed:
            return name, facts[name]
    return None


def holds(condition: Condition, facts: Mapping[str, Any]) -> bool:
    """Does nothing stand against it?"""
    return unmet(condition, facts) is None


def answer_is_interim(pack: Pack, case: Case) -> bool:
    """
    Is the latest word of any agency only a dated promise (QB-IV.3b, DL-II.2.2c)? Not every pack has approval.

    What an agency promised before the case was taken from it binds nobody.
    """
    stages = pack.stages.dispatch
    at_work = (item for item in case.dispatches if stages[item.stage].kind != "closed")
    return any(item.latest.interim for item in at_work if item.latest is not None)


def taking_part(pack: Pack, case: Case) -> tuple[Dispatch, ...]:
    """The dispatches that count: not those sent back, redirected or passed on."""
    stages = pack.stages.dispatch
    return tuple(item for item in case.dispatches if stages[item.stage].kind in ("open", "done"))
