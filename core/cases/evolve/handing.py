"""How a change of hands changes a case."""

from __future__ import annotations

from typing import Any

from core.cases.events import WorkHandedOver
from core.cases.evolve.change import apply, change, change_coordination, change_dispatch
from core.cases.model import Case, Coordination, Dispatch


@apply.register
def _(event: WorkHandedOver, case: Case) -> Case:
    for key in event.dispatches:
        case = change_dispatch(case, key, **_given(event, case.dispatch(key)))
    for key in event.coordinations:
        case = change_coordination(case, key, **_given(event, case.coordination(key)))
    return change(case, lead_agency=event.to_agency) if event.lead else case


def _given(event: WorkHandedOver, part: Dispatch | Coordination) -> dict[str, Any]:
    """Whom it belongs to now; a new agency names its own official."""
    if event.to_staff is not None:
        return {"staff_id": event.to_staff}
    places = {name: getattr(part, name, None) for name in ("agency_id", "unit_id")}
    moved = {name: event.to_agency for name, place in places.items() if place == event.from_agency}
    return {**moved, "staff_id": None}
