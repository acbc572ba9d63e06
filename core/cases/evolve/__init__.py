"""
Events folded into the case: `evolve(case, event)` is the case after one more event.

Reads neither pack nor actor nor calendar: whatever it needs stands in the event. So a stored case can be checked
against its events at any later time, whatever has become of the regulation.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.cases.events import CaseReceived, Event, Fact
from core.cases.evolve import after, agency, answer, clocks, handing, intake, moves
from core.cases.evolve.change import apply, change_dispatch
from core.cases.model import Case, Mark

__all__ = ["evolve", "fold"]

RULES = (intake, agency, answer, after, moves, clocks, handing)
"""The modules that say how each kind of event changes a case; importing them registers them."""


def evolve(case: Case | None, event: Event) -> Case:
    """
    The case after this event.

    Raises: ValueError: the first event is not a receipt, or a later one is.
    """
    if isinstance(event, CaseReceived):
        if case is not None:
            raise ValueError(f"case {case.id} is received already")
        return _marked(intake.receive(event), event)
    if case is None:
        raise ValueError(f"a case begins with case_received, not with {event.kind}")
    changed = apply(event, case)
    changed = changed.model_copy(update={"version": case.version + 1})
    return _marked(changed, event) if isinstance(event, Fact) else changed


def fold(events: Iterable[Event], case: Case | None = None) -> Case:
    """
    The case after all of these events, from nothing or from an earlier state.

    Raises: ValueError: there are none, or they do not begin with a receipt.
    """
    for event in events:
        case = evolve(case, event)
    if case is None:
        raise ValueError("no events: no case")
    return case


def _marked(case: Case, fact: Fact) -> Case:
    """Remember when each command was last carried out, on the case and on the dispatch it was about."""
    dispatch_id = getattr(fact, "dispatch_id", None)
    mark = Mark(at=fact.at, by=fact.by.id, dispatch_id=dispatch_id)
    case = case.model_copy(update={"marks": case.marks | {fact.command: mark}})
    if dispatch_id is None:
        return case
    return change_dispatch(case, dispatch_id, marks=case.dispatch(dispatch_id).marks | {fact.command: mark})
