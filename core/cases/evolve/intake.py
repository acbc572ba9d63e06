"""How facts of intake, distribution and flags change a case."""

from __future__ import annotations

from typing import Any

from core.cases.events import (
    BoardAsked,
    CaseAccepted,
    CaseCancelled,
    CaseClassified,
    CaseDeclined,
    CaseDispatched,
    CaseDiverted,
    CaseReceived,
    ConfidentialitySet,
    EmergencyDowngraded,
    EmergencyRaised,
    FlagCleared,
    LeadDecided,
    MarkedFalse,
    MarkedValuable,
    NoneDeclared,
    PlaceCorrected,
    ReputationConfirmed,
    ReputationFlagged,
    SecretFlagged,
    SupplementRequested,
    SupplementSupplied,
    VerificationCallLogged,
)
from core.cases.evolve.change import apply, change, open_dispatches
from core.cases.model import Case, Flags, Visit
from core.contract.schema import FieldState


def receive(event: CaseReceived) -> Case:
    """The case a report opens."""
    return Case(
        id=event.case_id,
        code=event.report.code,
        regulation=event.regulation,
        version=1,
        stage=event.stage,
        trail=(Visit(stage=event.stage, at=event.at),),
        received_at=event.report.received_at,
        reports=(event.report,),
        channel=event.report.channel,
        account=event.account,
        language=event.language,
        content=event.content,
        place=event.place,
        commune_code=event.commune_code,
        point=event.point,
        category=event.category,
        urgency=event.urgency,
        flags=Flags(confidential=event.confidential, out_of_scope=event.out_of_scope),
        completeness=dict(event.completeness),
        media=event.media,
    )


@apply.register
def _(event: CaseAccepted, case: Case) -> Case:
    return flag(case, out_of_scope=True) if event.out_of_scope else case


@apply.register
def _(event: CaseClassified, case: Case) -> Case:
    urgency, wording = event.urgency or case.urgency, event.wording or case.wording
    return change(case, category=event.category, urgency=urgency, wording=wording)


@apply.register
def _(event: VerificationCallLogged, case: Case) -> Case:
    return change(case, verification=event.outcome)


@apply.register
def _(event: NoneDeclared, case: Case) -> Case:
    return change(case, completeness=case.completeness | {event.field: FieldState.DECLARED_NONE})


@apply.register
def _(event: SupplementRequested, case: Case) -> Case:
    return change(case, asked_for=event.fields)


@apply.register
def _(event: SupplementSupplied, case: Case) -> Case:
    given = dict.fromkeys(event.fields or case.asked_for, FieldState.GIVEN)
    return change(case, completeness=case.completeness | given, asked_for=(), media=case.media + event.files)


@apply.register
def _(event: PlaceCorrected, case: Case) -> Case:
    return change(case, place=event.place, commune_code=event.commune_code, point=event.point)


@apply.register
def _(event: CaseDeclined, case: Case) -> Case:
    return change(case, decline_code=event.reason_code, decline_reason=event.reason)


@apply.register
def _(event: CaseCancelled, case: Case) -> Case:
    return change(case, cancel_code=event.reason_code)


@apply.register
def _(event: CaseDiverted, case: Case) -> Case:
    return change(case, diversion=event.diversion)


@apply.register
def _(event: CaseDispatched, case: Case) -> Case:
    """What the board decided is carried out with this: whoever distributes again may ask it again."""
    opened = open_dispatches(case, event.opened, event)
    return change(opened, urgency=event.urgency or case.urgency, lead_agency=None, board_asked=False)


@apply.register(EmergencyRaised)
@apply.register(EmergencyDowngraded)
def _(event: EmergencyRaised | EmergencyDowngraded, case: Case) -> Case:
    return change(case, urgency=event.urgency)


@apply.register
def _(event: BoardAsked, case: Case) -> Case:
    return change(case, board_asked=True)


@apply.register
def _(event: LeadDecided, case: Case) -> Case:
    return change(case, lead_agency=event.agency)


def flag(case: Case, **values: Any) -> Case:
    """A copy of the case with these flags."""
    return change(case, flags=case.flags.model_copy(update=values))


@apply.register
def _(event: ConfidentialitySet, case: Case) -> Case:
    return flag(case, confidential=event.confidential)


@apply.register
def _(event: ReputationFlagged, case: Case) -> Case:
    return flag(case, reputation="flagged")


@apply.register
def _(event: ReputationConfirmed, case: Case) -> Case:
    return flag(case, reputation="confirmed")


@apply.register
def _(event: SecretFlagged, case: Case) -> Case:
    return flag(case, secret=True)


@apply.register
def _(event: MarkedValuable, case: Case) -> Case:
    return flag(case, valuable=True)


@apply.register
def _(event: MarkedFalse, case: Case) -> Case:
    return flag(case, false_report=True)


@apply.register
def _(event: FlagCleared, case: Case) -> Case:
    return flag(case, **{event.flag: "none" if event.flag == "reputation" else False})
