"""How entering a stage changes a case."""

from __future__ import annotations

from core.cases.events import CaseMoved, CoordinationMoved, DispatchMoved
from core.cases.evolve.change import apply, change, change_coordination, change_dispatch
from core.cases.model import Case, Visit


@apply.register
def _(event: CaseMoved, case: Case) -> Case:
    return change(case, stage=event.to, trail=(*case.trail, Visit(stage=event.to, at=event.at)))


@apply.register
def _(event: DispatchMoved, case: Case) -> Case:
    trail = (*case.dispatch(event.dispatch_id).trail, Visit(stage=event.to, at=event.at))
    return change_dispatch(case, event.dispatch_id, stage=event.to, trail=trail)


@apply.register
def _(event: CoordinationMoved, case: Case) -> Case:
    trail = (*case.coordination(event.coordination_id).trail, Visit(stage=event.to, at=event.at))
    return change_coordination(case, event.coordination_id, stage=event.to, trail=trail)
