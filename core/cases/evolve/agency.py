"""How an agency's work, its approval and the help of others change a case."""

from __future__ import annotations

from typing import Any

from core.cases.events import (
    CoordinationAccepted,
    CoordinationRefused,
    CoordinationRequested,
    DispatchEscalated,
    DispatchSentBack,
    InformationSupplied,
    InterimCommitted,
    LetterSent,
    ResultAmended,
    ResultApproved,
    ResultSubmitted,
    StaffAssigned,
    UnitAssigned,
)
from core.cases.evolve.change import add_coordination, apply, change_coordination, change_dispatch, open_dispatches
from core.cases.model import Case, Coordination, Resolution, Visit


@apply.register
def _(event: UnitAssigned, case: Case) -> Case:
    return _dispatch(case, event.dispatch_id, unit_id=event.unit, staff_id=None)


@apply.register
def _(event: StaffAssigned, case: Case) -> Case:
    return _dispatch(case, event.dispatch_id, staff_id=event.staff)


@apply.register
def _(event: DispatchSentBack, case: Case) -> Case:
    return _dispatch(case, event.dispatch_id, unit_id=None, staff_id=None, sent_back_to=event.suggested_agency)


@apply.register(DispatchEscalated)
@apply.register(LetterSent)
def _(event: DispatchEscalated | LetterSent, case: Case) -> Case:
    return open_dispatches(case, (event.opened,), event) if event.opened else case


@apply.register
def _(event: ResultSubmitted, case: Case) -> Case:
    made = Resolution(
        at=event.at,
        by=event.by.id,
        handled_at=event.handled_at,
        result=event.result,
        draft_answer=event.draft_answer,
        evidence=event.evidence,
    )
    return _resolved(case, event.dispatch_id, made)


@apply.register
def _(event: InterimCommitted, case: Case) -> Case:
    made = Resolution(
        at=event.at,
        by=event.by.id,
        interim=True,
        promised_date=event.promised_date,
        result=event.status,
        draft_answer=event.draft_answer,
        evidence=event.evidence,
    )
    return _resolved(case, event.dispatch_id, made)


@apply.register
def _(event: ResultApproved, case: Case) -> Case:
    return _approved(case, event.dispatch_id, approved_at=event.at)


@apply.register
def _(event: ResultAmended, case: Case) -> Case:
    return _approved(case, event.dispatch_id, approved_at=event.at, text=event.text)


@apply.register
def _(event: CoordinationRequested, case: Case) -> Case:
    item = Coordination(
        id=event.opened.id,
        dispatch_id=event.dispatch_id,
        agency_id=event.opened.agency_id,
        stage=event.opened.stage,
        opened_at=event.at,
        ask=event.ask,
        files=event.files,
        trail=(Visit(stage=event.opened.stage, at=event.at),),
    )
    return add_coordination(case, item)


@apply.register
def _(event: CoordinationAccepted, case: Case) -> Case:
    return change_coordination(case, event.coordination_id, staff_id=event.staff)


@apply.register
def _(event: InformationSupplied, case: Case) -> Case:
    return change_coordination(case, event.coordination_id, information=event.information, supplied=event.files)


@apply.register
def _(event: CoordinationRefused, case: Case) -> Case:
    return change_coordination(case, event.coordination_id, refusal=event.reason)


def _dispatch(case: Case, dispatch_id: str | None, **fields: Any) -> Case:
    """Some packs let these commands concern the case itself; then there is no dispatch to change."""
    return change_dispatch(case, dispatch_id, **fields) if dispatch_id else case


def _resolved(case: Case, dispatch_id: str | None, made: Resolution) -> Case:
    if dispatch_id is None:
        return case
    return change_dispatch(case, dispatch_id, resolutions=(*case.dispatch(dispatch_id).resolutions, made))


def _approved(case: Case, dispatch_id: str | None, **fields: Any) -> Case:
    made = case.dispatch(dispatch_id).resolutions if dispatch_id else ()
    if dispatch_id is None or not made:
        return case
    return change_dispatch(case, dispatch_id, resolutions=(*made[:-1], made[-1].model_copy(update=fields)))
