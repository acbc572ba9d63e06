"""
How a rule of folding is registered, and the small copies they are made of.

An event that no rule is registered for changes nothing but the version and its mark: many facts only need remembering.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from core.cases.events import Event, Opened
from core.cases.model import Case, Coordination, Dispatch, Visit


@singledispatch
def apply(event: Event, case: Case) -> Case:
    """The case changed as this kind of event says; registered per class with `@apply.register`."""
    return case


def change(case: Case, **fields: Any) -> Case:
    """A copy of the case with these fields."""
    return case.model_copy(update=fields)


def change_dispatch(case: Case, dispatch_id: str, **fields: Any) -> Case:
    """A copy of the case in which one dispatch has these fields."""
    changed = (item.model_copy(update=fields) if item.id == dispatch_id else item for item in case.dispatches)
    return change(case, dispatches=tuple(changed))


def change_coordination(case: Case, coordination_id: str, **fields: Any) -> Case:
    """A copy of the case in which one request for help has these fields."""
    changed = (item.model_copy(update=fields) if item.id == coordination_id else item for item in case.coordinations)
    return change(case, coordinations=tuple(changed))


def open_dispatches(case: Case, opened: tuple[Opened, ...], event: Event) -> Case:
    """A copy of the case with these dispatches added."""
    new = tuple(
        Dispatch(
            id=item.id,
            agency_id=item.agency_id,
            stage=item.stage,
            opened_at=event.at,
            trail=(Visit(stage=item.stage, at=event.at),),
        )
        for item in opened
    )
    return change(case, dispatches=case.dispatches + new)


def add_coordination(case: Case, item: Coordination) -> Case:
    """A copy of the case with one more request for help."""
    return change(case, coordinations=(*case.coordinations, item))
